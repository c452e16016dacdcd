"""A labelled document: what every export format writes, read once from a line of an output manifest.

All coordinates are pixels of the page image, from its top left corner; a box covers `left` to `left + width`. What a manifest has hundreds of thousands of
is a named tuple: immutable like a frozen dataclass, and made in a quarter of the time.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What a label attribute holds."""

    TYPE = "document type"
    BOXES = "boxes"
    FIELDS = "fields"


class ImageSize(NamedTuple):
    """Of the page image, in pixels."""

    width: int
    height: int
    depth: int = 3


class Box(NamedTuple):
    """A labelled box. confidence: 0 to 1, None when the label has none."""

    label: str
    left: float
    top: float
    width: float
    height: float
    confidence: float | None


class Field(NamedTuple):
    """The value of a field as it is printed, and its normal form. value: None when it is absent, unanswered or an unresolved tie."""

    name: str
    value: str | None
    normalized: str | None
    is_absent: bool
    confidence: float | None
    status: str


class Word(NamedTuple):
    """A word of the page's text and where it stands."""

    text: str
    left: float
    top: float
    width: float
    height: float


class DocumentType(NamedTuple):
    """The class of the whole page."""

    name: str
    confidence: float | None


class Label(NamedTuple):
    """The value under one label attribute. status: the project's own, `agreed` for built-in labels, which have none.

    problems: what of the value could not be read, as (reason, detail).
    """

    kind: Kind
    document_type: DocumentType | None = None
    boxes: tuple[Box, ...] = ()
    fields: tuple[Field, ...] = ()
    size: ImageSize | None = None
    confidence: float | None = None
    status: str = "agreed"
    problems: tuple[tuple[str, str], ...] = ()


class LabelledDocument(NamedTuple):
    """One page with its labels. words: None when no text of the page is known.

    data_object: the manifest line. labels: the selected label attributes of the line. source_ref: the page image's S3 URI, empty for inline text.
    """

    line: int
    data_object: Mapping[str, Any]
    labels: Mapping[str, Label]
    source_ref: str
    document: str
    page: int
    vendor: str
    size: ImageSize | None
    document_type: DocumentType | None
    boxes: tuple[Box, ...]
    fields: tuple[Field, ...]
    confidence: float | None
    status: str
    words: tuple[Word, ...] | None = None

    @property
    def text(self) -> str:
        """The inline text of the object, empty for an image."""
        value = self.data_object.get("source")
        return value if isinstance(value, str) else ""
