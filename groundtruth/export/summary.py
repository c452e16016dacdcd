"""What an export tells of itself: counts for people and scripts, and a list of everything that it left out or changed.

The list is a file, `left-out.jsonl`, written as the export goes: one JSON object a finding, with the manifest's line, the page, the reason and
the detail. The summary keeps counts and the first few lines of each reason.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any

FIRST = 20
"""Lines that the summary names of each reason."""


@dataclass(frozen=True)
class Finding:
    """How often something was left out or changed, and the lines of the first of them."""

    count: int
    lines: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        return {"count": self.count, "lines": list(self.lines)}


@dataclass(frozen=True)
class Part:
    """One side of the split. groups: groups of documents that are kept together, None without a split."""

    pages: int
    boxes: int
    groups: int | None

    def as_json(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        counts = {"pages": self.pages, "boxes": self.boxes}
        return counts if self.groups is None else {**counts, "groups": self.groups}


@dataclass(frozen=True)
class Summary:
    """The result of an export. boxes and fields are counted by class and by name; missing_keys: pages that lack a key they are split by.

    left_out: whole pages. left_out_details: boxes of exported pages. renamed: pages whose files could not have the name of their S3 key alone."""

    format: str
    manifest: str
    label_attributes: tuple[str, ...]
    lines: int
    parts: dict[str, Part]
    classes: dict[str, int]
    document_types: dict[str, int]
    fields: dict[str, int]
    left_out: dict[str, Finding]
    left_out_details: dict[str, Finding]
    changed: dict[str, Finding]
    missing_keys: dict[str, int]
    renamed: int

    @property
    def pages(self) -> int:
        """How many pages were exported."""
        return sum(part.pages for part in self.parts.values())

    def as_json(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        return {
            "format": self.format,
            "manifest": self.manifest,
            "label_attributes": list(self.label_attributes),
            "lines": self.lines,
            "pages": self.pages,
            "parts": {name: part.as_json() for name, part in self.parts.items()},
            "classes": self.classes,
            "document_types": self.document_types,
            "fields": self.fields,
            "left_out": {reason: finding.as_json() for reason, finding in self.left_out.items()},
            "left_out_of_pages": {reason: finding.as_json() for reason, finding in self.left_out_details.items()},
            "changed": {reason: finding.as_json() for reason, finding in self.changed.items()},
            "pages_without_key": self.missing_keys,
            "renamed_pages": self.renamed,
        }


@dataclass(slots=True)
class Findings:
    """Counts what is left out or changed, and lists it in a file."""

    file: IO[bytes]
    kind: str
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[int]] = field(default_factory=dict)

    def add(self, reason: str, line: int, page: str, detail: str = "") -> None:
        """One finding at a line of the manifest. page: its S3 URI, empty without one."""
        self.counts[reason] += 1
        lines = self.first.setdefault(reason, [])
        if len(lines) < FIRST and line not in lines:
            lines.append(line)
        entry = {"what": self.kind, "reason": reason, "line": line, "page": page, "detail": detail}
        self.file.write(json.dumps({key: value for key, value in entry.items() if value}).encode() + b"\n")

    def found(self) -> dict[str, Finding]:
        """All findings by reason, the most frequent first."""
        return {reason: Finding(count, tuple(self.first[reason])) for reason, count in self.counts.most_common()}
