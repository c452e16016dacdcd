"""Reads an output manifest: its lines from a file or from S3, and the labelled document of each."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from groundtruth.errors import ManifestError, RequestError
from groundtruth.export.json_lines import loads
from groundtruth.export.labels import clipped, read_label, worst
from groundtruth.export.model import ImageSize, Label, LabelledDocument
from groundtruth.manifest.checking import check_line
from groundtruth.storage import S3Location, Storage

METADATA = "-metadata"
"""The ending of the key that Ground Truth writes beside a label attribute."""


@contextmanager
def opened(manifest: str, storage: Storage) -> Iterator[IO[bytes]]:
    """The manifest as a file that can be read twice: an `s3://` URI is fetched into a temporary one. Raises RequestError or StorageError."""
    if not manifest.startswith("s3://"):
        try:
            file = Path(manifest).open("rb")  # noqa: SIM115 (closed below, where errors are the reader's)
        except OSError as error:
            raise RequestError(f"{manifest}: the manifest cannot be read ({error.strerror}).") from error
        with file:
            yield file
        return
    with tempfile.TemporaryFile(prefix="groundtruth-") as copy:
        for line in storage.lines(S3Location.parse(manifest)):
            copy.write(line + b"\n")
        copy.seek(0)
        yield copy


def parsed(line: bytes, name: str, number: int) -> dict[str, Any]:
    """The JSON object of a line. Raises ManifestError naming the place and what is wrong."""
    try:
        data_object = loads(line)
    except (ValueError, RecursionError):
        data_object = None
    if isinstance(data_object, dict):
        return data_object
    problem = next(iter(check_line(line).problems), None)
    why = f"{problem.message} {problem.remedy}" if problem else "the line is no JSON object."
    raise ManifestError(f"{name}, line {number}: {why}")


def read_labels(data_object: Mapping[str, Any], attributes: Sequence[str]) -> dict[str, Label]:
    """The labels that the line has of these attributes; none of a value that is of no exported kind."""
    labels = {}
    for attribute in attributes:
        metadata = data_object.get(attribute + METADATA)
        if attribute not in data_object or data_object[attribute] is None:
            continue
        label = read_label(data_object[attribute], metadata if isinstance(metadata, dict) else {})
        if label is not None:
            labels[attribute] = label
    return labels


def labelled_document(line: int, data_object: Mapping[str, Any], labels: dict[str, Label]) -> LabelledDocument:
    """The labels of one line (one at least, no two of one kind) as one document."""
    found = list(labels.values())
    first = found[0]
    merged = first if len(found) == 1 else _merged(found)
    page, source_ref = data_object.get("page", 1), data_object.get("source-ref")
    return LabelledDocument(
        line,
        data_object,
        labels,
        source_ref if source_ref.__class__ is str else "",
        _text(data_object.get("document")),
        page if page.__class__ is int else 1,
        _text(data_object.get("vendor")),
        merged.size,
        merged.document_type,
        merged.boxes,
        merged.fields,
        merged.confidence,
        merged.status,
    )


def _merged(labels: Sequence[Label]) -> Label:
    """Labels of different kinds as one: as sure as the least sure, with the status of the worst."""
    confidences = [label.confidence for label in labels if label.confidence is not None]
    return Label(
        labels[0].kind,
        document_type=next((label.document_type for label in labels if label.document_type is not None), None),
        boxes=next((label.boxes for label in labels if label.boxes), ()),
        fields=next((label.fields for label in labels if label.fields), ()),
        size=next((label.size for label in labels if label.size is not None), None),
        confidence=min(confidences, default=None),
        status=worst([label.status for label in labels]),
    )


def with_size(document: LabelledDocument, size: ImageSize, problems: list[tuple[str, str]]) -> LabelledDocument:
    """The document with the size of its image, its boxes cut to it."""
    boxes = [clipped(box, size, problems) for box in document.boxes]
    return document._replace(size=size, boxes=tuple(box for box in boxes if box is not None))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
