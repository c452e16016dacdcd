"""Writes the new output manifest: the job's own lines, each with its new label.

The labels are spooled to a temporary file; what stays in memory is where each object's label stands in it.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson

from groundtruth.errors import ManifestError, RequestError, StorageError
from groundtruth.jobs import lines
from groundtruth.jobs.output import manifest_line
from groundtruth.reconsolidate.on_this_machine import Failure
from groundtruth.reconsolidate.parts import Part, read_part
from groundtruth.reconsolidate.run import Run
from groundtruth.reconsolidate.trees import MANIFEST, Tree

_METADATA = "-metadata"
_MOST_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Assembled:
    """What became of the lines. statuses: labels by status. failed: lines whose part has no labels. untouched: lines that were never the job's to
    label, and stay as they were."""

    lines: int
    statuses: Mapping[str, int]
    failed: int
    untouched: int


def label_attribute(tree: Tree, requested: str | None) -> str:
    """The job's label attribute: the one requested, else the one whose metadata name the job, else the only one of the manifest's first lines.

    Raises RequestError when that leaves none or several, ManifestError at a line that is no JSON object.
    """
    if requested:
        return requested
    named: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for number, line in enumerate(tree.lines(MANIFEST), 1):
        if number > _MOST_LOOKED_AT:
            break
        for key, metadata in _parsed(tree, line, number).items():
            if key.endswith(_METADATA) and isinstance(metadata, dict):
                named[key.removesuffix(_METADATA)] += 1
                job = str(metadata.get("job-name", "")).rpartition("/")[2]
                own[key.removesuffix(_METADATA)] += job.lower() == tree.name.lower()
    found = [name for name, count in own.items() if count] or list(named)
    if len(found) == 1:
        return found[0]
    several = f"the lines carry several labels: {', '.join(found)}" if found else "no line carries a label"
    raise RequestError(f"{tree.address(MANIFEST)}: {several}. Name the job's own with --label-attribute.")


@dataclass(slots=True)
class _Labels:
    """Where the labels stand in the spool. at: offset of each object's, None of one whose part failed. sources: hash of the object's S3 URI."""

    spool: IO[bytes]
    at: dict[str, int | None] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    ids: dict[int, str] | None = None

    def id_of(self, number: int, data_object: Mapping[str, Any]) -> str:
        """The id of a line's object: its number from 0, unless a request says that this was another object's."""
        object_id = str(number - 1)
        named = self.sources.get(object_id)
        source = data_object.get("source-ref")
        if named is None or not isinstance(source, str) or named == hash(source):
            return object_id
        if self.ids is None:
            self.ids = {digest: one for one, digest in self.sources.items()}
        return self.ids.get(hash(source), "")

    def label(self, offset: int) -> Any:
        """The label that stands there."""
        self.spool.seek(offset)
        return orjson.loads(self.spool.readline())


def assemble(source: Tree, target: Tree, parts: Sequence[Part], failures: Sequence[Failure], run: Run) -> Assembled:
    """Write the new tree's output manifest from the labels of its parts. Raises ManifestError or StorageError."""
    created = datetime.fromisoformat(run.created)
    failed = {failure.part.name for failure in failures}
    statuses: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    with (
        tempfile.TemporaryFile(prefix="groundtruth-") as spool,
        tempfile.NamedTemporaryFile(suffix=".manifest", delete_on_close=False) as manifest,
    ):
        labels = _Labels(spool)
        for part in parts:
            _add(labels, source, target, part, part.name in failed, run.label_attribute)
        for number, line in enumerate(source.lines(MANIFEST), 1):
            if not line.strip():
                continue
            data_object = _parsed(source, line, number)
            counts["lines"] += 1
            object_id = labels.id_of(number, data_object)
            offset = labels.at.get(object_id)
            if offset is not None:
                value = labels.label(offset)
                if isinstance(value, dict):
                    statuses[str(value.get("status", "none"))] += 1
                data_object = lines.labeled(data_object, run.label_attribute, value, target.name, created)
            elif object_id in labels.at or _is_labelled_by(data_object, run):
                counts["failed"] += 1
                data_object = lines.failed(data_object, run.label_attribute, lines.UNUSABLE)
            else:
                counts["untouched"] += 1
            manifest.write(manifest_line(data_object))
        manifest.close()
        target.write_file(MANIFEST, Path(manifest.name))
    return Assembled(counts["lines"], dict(sorted(statuses.items())), counts["failed"], counts["untouched"])


def _add(labels: _Labels, source: Tree, target: Tree, part: Part, has_failed: bool, attribute: str) -> None:
    """Adds a part's labels to the spool; of a part that failed, that its objects have none."""
    if has_failed:
        for object_id in _ids(source, part):
            labels.at.setdefault(object_id, None)
        return
    try:
        entries = orjson.loads(target.read(part.labels))
        summary = json.loads(target.read(part.summary))
        labels.sources.update((object_id, hash(uri)) for object_id, uri in summary["sources"].items())
        for entry in entries:
            labels.at[entry["datasetObjectId"]] = labels.spool.tell()
            value = entry["consolidatedAnnotation"]["content"][attribute]
            labels.spool.write(orjson.dumps(value) + b"\n")
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{target.address(part.labels)}: cannot be used ({type(error).__name__}: {error}). Remove it, and run the command again."
        ) from error


def _ids(source: Tree, part: Part) -> list[str]:
    """The ids of the objects of a part that failed; none when the part itself cannot be read."""
    try:
        entries = read_part(source, part)
    except StorageError:
        return []
    return [
        str(entry["datasetObjectId"]) for entry in entries if isinstance(entry, dict) and "datasetObjectId" in entry
    ]


def _is_labelled_by(data_object: Mapping[str, Any], run: Run) -> bool:
    """Whether the line has the old label of the job, which must not pass for a new one."""
    metadata = data_object.get(run.label_attribute + _METADATA)
    job = str(metadata.get("job-name", "")).rpartition("/")[2] if isinstance(metadata, dict) else ""
    return run.label_attribute in data_object and job.lower() == run.job_name.lower()


def _parsed(tree: Tree, line: bytes, number: int) -> dict[str, Any]:
    try:
        data_object = json.loads(line) if line.strip() else {}
    except (ValueError, RecursionError):
        data_object = None
    if not isinstance(data_object, dict):
        raise ManifestError(f"{tree.address(MANIFEST)}, line {number}: the line is no JSON object.")
    return data_object
