"""The file of decisions that a report saves: which documents a reviewer accepted or rejected.

{"format": "groundtruth-decisions", "version": 1, "job": ..., "labelAttribute": ..., "manifestDigest": ..., "savedAt": ...,
 "decisions": [{"line": 3, "source": "s3://...", "decision": "rejected", "note": "..."}]}
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundtruth.errors import RequestError

FORMAT = "groundtruth-decisions"
ACCEPTED, REJECTED = "accepted", "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """On one document. source: its source-ref, empty for inline text."""

    source: str
    is_accepted: bool
    note: str


@dataclass(frozen=True)
class Decisions:
    """By the number of the line, from 0. name: of the file, for messages."""

    name: str
    attribute: str
    by_line: Mapping[int, Decision]

    def of(self, line: int, source: str) -> Decision | None:
        """The decision on a line. Raises RequestError when it was made on another document."""
        decision = self.by_line.get(line)
        if decision is not None and decision.source != source:
            raise RequestError(
                f"{self.name}: line {line} is {decision.source or 'a text'} there, and {source or 'a text'} in the manifest. "
                "The decisions were made on a report of another manifest: make a new report."
            )
        return decision


NO_DECISIONS = Decisions("", "", {})


def read_decisions(path: Path) -> Decisions:
    """Read a file that a report saved. Raises RequestError when it is none."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise RequestError(f"{path}: the decisions cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{path}: the decisions are not JSON. Save them in the report again.") from error
    entries = content.get("decisions") if isinstance(content, dict) and content.get("format") == FORMAT else None
    if not isinstance(entries, list):
        raise RequestError(f'{path}: no file of decisions. Take the one that "Save decisions" in a report makes.')
    attribute = content.get("labelAttribute")
    by_line = dict(_decision(entry, f"{path}, decision {number}") for number, entry in enumerate(entries, 1))
    return Decisions(str(path), attribute if isinstance(attribute, str) else "", by_line)


def _decision(entry: Any, where: str) -> tuple[int, Decision]:
    line = entry.get("line") if isinstance(entry, dict) else None
    if not isinstance(line, int) or isinstance(line, bool) or entry.get("decision") not in {ACCEPTED, REJECTED}:
        raise RequestError(f'{where}: write {{"line": 3, "source": "s3://...", "decision": "rejected"}}.')
    source, note = entry.get("source"), entry.get("note")
    return line, Decision(
        source if isinstance(source, str) else "",
        entry["decision"] == ACCEPTED,
        note[:300] if isinstance(note, str) else "",
    )
