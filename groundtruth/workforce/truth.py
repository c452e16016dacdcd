"""What each document really says: the truth file that simulated workers read and that accuracy is measured against.

JSON Lines, one document a line; its shape is in docs/architecture.md, "Truth files". A line belongs to a data object
when its `source-ref` is the object's, or when its `image` is the end of the object's `source-ref`, cut between path
segments. Lines are checked once and then read again when asked for, so a file of 100,000 documents costs an index and
not its content.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundtruth.errors import TruthError

_SHAPE = (
    '{"image": "page.png", "width": 1240, "height": 1754, "document_type": "invoice", "boxes": [...], "fields": {...}}'
)


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A labelled rectangle in pixels of the image, origin top left."""

    label: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What one document says. A field that is None or missing is not on the document."""

    document_type: str | None
    width: int
    """Of the image, in pixels; 0 when the line has no boxes and gives no size."""
    height: int
    boxes: tuple[Box, ...] = ()
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line begins in its file."""

    line: int
    offset: int


class TruthFile:
    """The documents of one truth file, by the data objects they belong to. Made by `TruthFile.read`."""

    def __init__(self, path: Path, images: Mapping[str, _Place], document_types: tuple[str, ...]) -> None:
        self.path = path
        self.document_types = document_types
        """Every document type in the file, in order of first appearance."""
        self._images = images

    def __len__(self) -> int:
        return len({place.line for place in self._images.values()})

    @classmethod
    def read(cls, path: Path | str) -> "TruthFile":
        """Check every line of a truth file and index it. Raises TruthError with file, line and key."""
        path = Path(path)
        images: dict[str, _Place] = {}
        document_types: dict[str, None] = {}
        offset = 0
        try:
            with path.open("rb") as lines:
                for number, raw in enumerate(lines, start=1):
                    place, offset = _Place(number, offset), offset + len(raw)
                    if not raw.strip():
                        continue
                    where = f"{path}, line {number}"
                    document = _document(raw, where)
                    truth = _truth(document, where)
                    if truth.document_type is not None:
                        document_types[truth.document_type] = None
                    for name in _names(document, where):
                        if name in images:
                            raise TruthError(
                                f"{where}: {name!r} was already on line {images[name].line}. Keep one of the two."
                            )
                        images[name] = place
        except OSError as error:
            raise TruthError(f"{path}: the truth file cannot be read ({error.strerror}). Check the path.") from error
        return cls(path, images, tuple(document_types))

    def of(self, data_object: Mapping[str, object]) -> Truth | None:
        """The truth of a data object (a parsed manifest line), or None when the file has none.

        Raises TruthError when more than one line could be meant.
        """
        reference = data_object.get("source-ref")
        if not isinstance(reference, str):
            return None
        places = {place.line: place for place in map(self._images.get, _endings(reference)) if place is not None}
        if len(places) > 1:
            lines = ", ".join(str(line) for line in sorted(places))
            raise TruthError(
                f"{self.path}, lines {lines}: each of them could be {reference}. "
                'Write the whole path as "source-ref" into these lines.'
            )
        return next((self._at(place) for place in places.values()), None)

    def missing(self, data_objects: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
        """The `source-ref` (or the start of the `source`) of each data object that the file lacks, in order."""
        return tuple(
            str(data_object.get("source-ref") or data_object.get("source") or "")[:200]
            for data_object in data_objects
            if self.of(data_object) is None
        )

    def _at(self, place: _Place) -> Truth:
        where = f"{self.path}, line {place.line}"
        try:
            with self.path.open("rb") as lines:
                lines.seek(place.offset)
                return _truth(_document(lines.readline(), where), where)
        except OSError as error:
            raise TruthError(f"{where}: cannot be read any more ({error.strerror}).") from error


def _endings(reference: str) -> Iterable[str]:
    """The reference itself, then every end of its path: of s3://bucket/a/b.png, `a/b.png` and `b.png`."""
    yield reference
    _, scheme, rest = reference.partition("://")
    path = rest.partition("/")[2] if scheme else reference.lstrip("/")
    while path:
        yield path
        path = path.partition("/")[2]


def _document(raw: bytes, where: str) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise TruthError(f"{where}: not JSON ({error}). Write one document a line, as {_SHAPE}.") from error
    if not isinstance(document, dict):
        raise TruthError(f"{where}: not a JSON object. Write one document a line, as {_SHAPE}.")
    return document


def _names(document: Mapping[str, Any], where: str) -> set[str]:
    names = set()
    for key in ("source-ref", "image"):
        name = document.get(key)
        if name is None:
            continue
        if not isinstance(name, str) or not name.strip("/. "):
            raise TruthError(f'{where}: "{key}" must be the path of an image, not {name!r}.')
        names.add(name if "://" in name else name.removeprefix("./").lstrip("/"))
    if not names:
        raise TruthError(f'{where}: neither "image" nor "source-ref". Name the image the line is about, as {_SHAPE}.')
    return names


def _truth(document: Mapping[str, Any], where: str) -> Truth:
    document_type = document.get("document_type")
    if document_type is not None and not isinstance(document_type, str):
        raise TruthError(f'{where}: "document_type" must be a label such as "invoice", not {document_type!r}.')
    boxes = document.get("boxes") or []
    if not isinstance(boxes, list):
        raise TruthError(f'{where}: "boxes" must be a list of {{"label", "left", "top", "width", "height"}}.')
    return Truth(
        document_type=document_type,
        width=_size(document, "width", where, needed=bool(boxes)),
        height=_size(document, "height", where, needed=bool(boxes)),
        boxes=tuple(_box(box, f'{where}, "boxes" item {number}') for number, box in enumerate(boxes, start=1)),
        fields=_fields(document.get("fields") or {}, where),
    )


def _size(document: Mapping[str, Any], key: str, where: str, *, needed: bool) -> int:
    size = document.get(key)
    if size is None and not needed:
        return 0
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise TruthError(f'{where}: "{key}" must be the image\'s {key} in whole pixels, not {size!r}.')
    return size


def _box(box: object, where: str) -> Box:
    if not isinstance(box, dict) or not isinstance(box.get("label"), str):
        raise TruthError(f'{where}: must be {{"label", "left", "top", "width", "height"}} with the label as text.')
    left, top, width, height = (_pixels(box.get(key), key, where) for key in ("left", "top", "width", "height"))
    if width <= 0 or height <= 0:
        raise TruthError(f'{where}: "width" and "height" must be more than 0 pixels.')
    return Box(box["label"], left, top, width, height)


def _pixels(number: object, key: str, where: str) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise TruthError(f'{where}: "{key}" must be a number of pixels, not {number!r}.')
    return number


def _fields(fields: object, where: str) -> Mapping[str, str | None]:
    if not isinstance(fields, dict):
        raise TruthError(f'{where}: "fields" must be an object of values by label.')
    for label, value in fields.items():
        if value is not None and not isinstance(value, str):
            raise TruthError(f'{where}: field "{label}" is {value!r}. Write the value as printed, in quotes, or null.')
    return fields
