"""What the workers answered, small enough for one attribute of a manifest line: the expert's page shows it side by side.

    {"attribute": "invoice-fields", "line": 3, "reasons": ["..."], "disputed": ["total_amount"],
     "fields": {"total_amount": [{"value": "1,204.50", "by": "ABD"}, {"absent": true, "by": "C"}, {"blank": true, "by": "E"}]}}
    {... "types": [{"label": "invoice", "by": "AB"}, {"label": "receipt", "by": "C"}]}
    {... "labels": ["total_amount"], "boxes": [{"by": "A", "boxes": [[0, 911, 1402, 149, 37]]}]}

Workers are letters, not ids: the expert judges answers, not people. Letters follow the order of the ids, as in the report.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from groundtruth.export.model import Kind
from groundtruth.report.model import Document, Report
from groundtruth.review.reasons import Reason

KEY = "review"
"""The key of the manifest line."""
MOST_CHARACTERS = 19_000
"""Of the attribute as JSON: Ground Truth takes 20,000."""
_LENGTHS = (1_000, 300, 100, 40)
_LONGEST_REASON = 300


def candidates(document: Document, report: Report, reasons: Sequence[Reason], most: int) -> dict[str, Any]:
    """The value under `review`, at most `most` characters as JSON: long texts are cut, then the rarest answers left out.

    A cut text says `"cut": true`; a value with less than all answers says `"shortened": true`.
    """
    head = {
        "attribute": report.attribute,
        "line": document.line,
        "reasons": [reason.text[:_LONGEST_REASON] for reason in reasons[:20]],
        "disputed": [report.categories[position].name for position in _disputed(document, report, reasons)],
    }
    answers: dict[str, Any] = {}
    for answers in _smaller_and_smaller(document, report):
        value = head | answers
        if size(value) <= most:
            return value
    return _without_rarest(head, answers, most)


def size(value: Any) -> int:
    """Characters of the JSON as `groundtruth check` counts them: with a space after commas and colons, so that it fits however it is written again."""
    return len(json.dumps(value, ensure_ascii=False))


def _disputed(document: Document, report: Report, reasons: Sequence[Reason]) -> list[int]:
    """What the expert must decide: what a reason names, where answers differ, all of it when a reviewer rejected the label."""
    everything = range(len(report.categories))
    if report.kind is Kind.TYPE or document.label is None or any(reason.code == "rejected" for reason in reasons):
        return list(everything)
    found = {position for reason in reasons for position in reason.categories}
    for answer in document.answers:
        found |= answer.against_label.differs if answer.against_label is not None else set()
    return [position for position in everything if position in found]


def _smaller_and_smaller(document: Document, report: Report) -> Iterator[dict[str, Any]]:
    if report.kind is Kind.FIELDS:
        for length in _LENGTHS:
            yield {"fields": _fields(document, report, length)}
    elif report.kind is Kind.BOXES:
        yield _boxes(document, report)
    else:
        yield {"types": _types(document, report)}


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"({index + 1})"


def _fields(document: Document, report: Report, longest: int) -> dict[str, list[dict[str, Any]]]:
    fields = {}
    for position, category in enumerate(report.categories):
        groups: dict[tuple[str, ...] | None, str] = {}
        for index, answer in enumerate(document.answers):
            said = (answer.content.fields or {}).get(position)
            groups[said] = groups.get(said, "") + _letter(index)
        ordered = sorted(groups.items(), key=lambda group: (group[0] is None, -len(group[1]), group[1]))
        fields[category.name] = [_field(said, by, longest) for said, by in ordered]
    return fields


def _field(said: tuple[str, ...] | None, by: str, longest: int) -> dict[str, Any]:
    if said is None:
        return {"blank": True, "by": by}
    if not said:
        return {"absent": True, "by": by}
    text = said[0]
    return {"value": text, "by": by} if len(text) <= longest else {"value": text[:longest], "cut": True, "by": by}


def _types(document: Document, report: Report) -> list[dict[str, Any]]:
    groups: dict[int | None, str] = {}
    for index, answer in enumerate(document.answers):
        choice = answer.content.choice
        groups[choice] = groups.get(choice, "") + _letter(index)
    ordered = sorted(groups.items(), key=lambda group: (group[0] is None, -len(group[1]), group[1]))
    return [
        {"blank": True, "by": by} if choice is None else {"label": report.categories[choice].name, "by": by}
        for choice, by in ordered
    ]


def _boxes(document: Document, report: Report) -> dict[str, Any]:
    return {
        "labels": [category.name for category in report.categories],
        "boxes": [
            {
                "by": _letter(index),
                "boxes": [
                    [box.category, *(round(side) for side in (box.left, box.top, box.width, box.height))]
                    for box in answer.content.boxes
                ],
            }
            for index, answer in enumerate(document.answers)
        ],
    }


def _without_rarest(head: dict[str, Any], answers: dict[str, Any], most: int) -> dict[str, Any]:
    """Leaves out from the end of the longest list, where the rarest stand, until it fits; in the end even the reasons."""
    lists: list[list[Any]] = list(answers.get("fields", {}).values())
    lists += [answers["types"]] if "types" in answers else []
    lists += [answer["boxes"] for answer in answers.get("boxes", [])]
    value = head | answers | {"shortened": True}
    surplus = size(value) - most
    sizes = [size(one) for one in lists]
    while surplus > 0 and any(lists):
        longest = max((at for at, one in enumerate(lists) if one), key=sizes.__getitem__)
        freed = size(lists[longest].pop()) + (2 if lists[longest] else 0)
        sizes[longest] -= freed
        surplus -= freed
    if size(value) > most:
        value = {"attribute": head["attribute"], "line": head["line"], "shortened": True}
    return value
