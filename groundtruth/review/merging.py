"""Puts the decisions of a review job into the manifest that was reviewed: one final manifest, in which the expert's answer wins.

A reviewed label says so: `"reviewed": true`, and under `"previous"` the status, confidence and workers it had, or that it had none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from groundtruth.errors import ManifestError, RequestError
from groundtruth.export.json_lines import dumps
from groundtruth.export.labels import read_label
from groundtruth.export.lines import METADATA, parsed
from groundtruth.export.model import Kind, Label
from groundtruth.export.survey import survey
from groundtruth.manifest.checking import LONGEST_ATTRIBUTE, LONGEST_LINE
from groundtruth.review.candidates import KEY, size

_DECIDED = "agreed"
_KEPT = ("status", "confidence", "workers", "reason")


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """reviewed: labels that are now the expert's; changed: those of them that say something else than before. undecided: objects of the
    review that have no usable answer of the expert, so that the former label stays. too_long: lines whose label is longer than Ground Truth takes
    in the manifest of another job, or that are so themselves, although everything the merge adds was left out.
    """

    documents: int
    reviewed: int
    changed: int
    undecided: int
    too_long: int = 0


@dataclass(frozen=True, slots=True)
class _Reviewed:
    number: int
    source: str
    value: Any
    metadata: Mapping[str, Any]


def merge_review(
    original: IO[bytes],
    name: str,
    review: IO[bytes],
    review_name: str,
    out: IO[bytes],
    review_attribute: str | None = None,
) -> MergeSummary:
    """Write the original's lines, reviewed labels replaced; a line that was not reviewed stays as it is, byte for byte.

    original, review: output manifests that can be read twice. review_attribute: the review job's label; None takes the one that the
    original does not have. Raises RequestError when the review is of another manifest, ManifestError for unusable lines.
    """
    chosen = _review_attribute(original, name, review, review_name, review_attribute)
    attribute, reviewed = _reviews(review, review_name, chosen)
    documents = merged = changed = undecided = too_long = 0
    original.seek(0)
    for number, line in enumerate(original, 1):
        if not line.strip():
            continue
        entry = reviewed.pop(documents, None)
        documents += 1
        if entry is None:
            out.write(line.rstrip(b"\r\n") + b"\n")
            continue
        data_object = parsed(line, name, number)
        _check_same(data_object, entry, f"{review_name}, line {entry.number}", name, number)
        label = read_label(entry.value, entry.metadata)
        if label is None or label.status != _DECIDED:
            undecided += 1
            out.write(line.rstrip(b"\r\n") + b"\n")
            continue
        before = _label(data_object, attribute)
        changed += before is None or _said(before) != _said(label)
        merged += 1
        final = _fitting(data_object, attribute, entry)
        too_long += not _fits(final, attribute)
        out.write(dumps(final) + b"\n")
    if reviewed:
        entry = next(iter(reviewed.values()))
        raise RequestError(f"{review_name}, line {entry.number}: it reviews a line that {name} does not have.")
    return MergeSummary(documents, merged, changed, undecided, too_long)


def _review_attribute(
    original: IO[bytes], name: str, review: IO[bytes], review_name: str, requested: str | None
) -> str:
    original.seek(0)
    review.seek(0)
    found = survey(review, review_name).attributes
    if requested is not None:
        if requested not in found:
            raise RequestError(f'{review_name}: no line carries the label "{requested}". There is: {", ".join(found)}.')
        return requested
    new = [attribute for attribute in found if attribute not in survey(original, name).attributes]
    if len(new) != 1:
        raise RequestError(
            f"{review_name}: which label did the review job write? It must be one that {name} does not have; found: "
            f"{', '.join(new) or 'none'}. Name it with --review-attribute."
        )
    return new[0]


def _reviews(review: IO[bytes], name: str, attribute: str) -> tuple[str, dict[int, _Reviewed]]:
    """The label that was reviewed, and the expert's values by the line they are about."""
    reviewed: dict[int, _Reviewed] = {}
    attributes = set()
    review.seek(0)
    for number, line in enumerate(review, 1):
        if not line.strip():
            continue
        data_object = parsed(line, name, number)
        origin = data_object.get(KEY)
        at = origin.get("line") if isinstance(origin, dict) else None
        if not isinstance(at, int) or not isinstance(origin, dict) or not isinstance(origin.get("attribute"), str):
            raise ManifestError(
                f'{name}, line {number}: it has no "{KEY}" that says which line it reviews. '
                "Take the output of a job over a manifest that groundtruth review made."
            )
        if at in reviewed:
            raise ManifestError(f"{name}, line {number}: line {reviewed[at].number} reviews the same line. Keep one.")
        metadata = data_object.get(attribute + METADATA)
        attributes.add(origin["attribute"])
        reviewed[at] = _Reviewed(
            number, _source(data_object), data_object.get(attribute), metadata if isinstance(metadata, dict) else {}
        )
    if len(attributes) != 1:
        raise ManifestError(
            f"{name}: its lines review {len(attributes)} labels ({', '.join(sorted(attributes))}), not one."
        )
    return attributes.pop(), reviewed


def _source(data_object: Mapping[str, Any]) -> str:
    return str(data_object.get("source-ref") or data_object.get("source") or "")


def _check_same(data_object: Mapping[str, Any], entry: _Reviewed, where: str, name: str, number: int) -> None:
    if _source(data_object) != entry.source:
        raise RequestError(
            f"{where}: it reviews {entry.source[:200]}, but line {number} of {name} is {_source(data_object)[:200]}. "
            "The review belongs to another manifest."
        )


def _label(data_object: Mapping[str, Any], attribute: str) -> Label | None:
    metadata = data_object.get(attribute + METADATA)
    return read_label(data_object.get(attribute), metadata if isinstance(metadata, dict) else {})


def _said(label: Label) -> object:
    """What a label says, without how sure it is."""
    if label.kind is Kind.BOXES:
        return sorted((box.label, box.left, box.top, box.width, box.height) for box in label.boxes)
    if label.kind is Kind.FIELDS:
        return {field.name: (field.value, field.is_absent) for field in label.fields}
    return label.document_type.name if label.document_type else None


def _fitting(data_object: dict[str, Any], attribute: str, entry: _Reviewed) -> dict[str, Any]:
    """The line with the expert's label, and as much of what was before as Ground Truth's limits leave room for."""
    before, metadata = data_object.get(attribute), data_object.get(attribute + METADATA)
    kept = {key: before[key] for key in _KEPT if key in before} if isinstance(before, dict) else {"status": "failed"}
    if isinstance(metadata, dict) and isinstance(metadata.get("job-name"), str):
        kept["job-name"] = metadata["job-name"]
    brief = {key: kept[key] for key in ("status",) if key in kept}
    for added in ({"reviewed": True, "previous": kept}, {"reviewed": True, "previous": brief}, {"reviewed": True}, {}):
        value = {**entry.value, **added}
        final = {**data_object, attribute: value, attribute + METADATA: dict(entry.metadata)}
        if _fits(final, attribute):
            break
    return final


def _fits(data_object: Mapping[str, Any], attribute: str) -> bool:
    return size(data_object[attribute]) < LONGEST_ATTRIBUTE and size(data_object) < LONGEST_LINE
