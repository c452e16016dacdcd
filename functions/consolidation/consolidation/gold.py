"""Gold objects: data objects whose truth is known, mixed in among the others to see how good workers and labels are.

Ground Truth's payload says of an object only where it lies, so their truth comes from a gold file beside the label category config: a truth file
(docs/architecture.md), joined by `source-ref`, else by `image`, the end of the object's S3 URI, or by `source`, its text.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

MOST_CHARACTERS = 200
"""Of a truth that a label value quotes."""


class GoldTruths:
    """The lines of a gold file. notes: what of it could not be used."""

    def __init__(self, lines: Iterator[Mapping[str, Any]] | None = None, notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        self._by_source: dict[str, Mapping[str, Any]] = {}
        self._by_image: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for line in lines or ():
            self._add(line)

    def __bool__(self) -> bool:
        return bool(self._by_source or self._by_image)

    def of(self, source: str) -> Mapping[str, Any] | None:
        """The truth of the object at an S3 URI, or with that text; None when it is not gold."""
        if not source:
            return None
        line = self._by_source.get(source)
        if line is not None or not source.startswith("s3://"):
            return line
        path = "/" + source.removeprefix("s3://")
        same_name = self._by_image.get(path.rpartition("/")[2], ())
        return max(
            (entry for entry in same_name if path.endswith(entry[0])), key=lambda e: len(e[0]), default=("", None)
        )[1]

    def _add(self, line: Mapping[str, Any]) -> None:
        for key in ("source-ref", "source"):
            if isinstance(line.get(key), str):
                self._by_source.setdefault(line[key], line)
                return
        image = line.get("image")
        if isinstance(image, str) and image.strip("/"):
            end = "/" + image.removeprefix("s3://").lstrip("/")
            self._by_image.setdefault(end.rpartition("/")[2], []).append((end, line))


def gold_truths(body: bytes, uri: str) -> GoldTruths:
    """The truths of a gold file. A line that cannot be used is left out and noted: it costs no label."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return GoldTruths(notes=(f"gold file {uri} is not UTF-8",))
    lines: list[Mapping[str, Any]] = []
    unusable: list[int] = []
    for number, each in enumerate(text.split("\n"), 1):
        line = _parsed(each) if each.strip() else {}
        if line is None or (
            line and not any(isinstance(line.get(key), str) for key in ("source-ref", "source", "image"))
        ):
            unusable.append(number)
        elif line:
            lines.append(line)
    notes: tuple[str, ...] = ()
    if unusable:
        notes = (
            f"gold file {uri}, line {unusable[0]}: no JSON object with source-ref, source or image ({len(unusable)} such lines)",
        )
    return GoldTruths(iter(lines), notes)


def _parsed(line: str) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
