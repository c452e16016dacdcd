"""What a report shows: the documents of one labeling job with their label, every worker's answer and, where it is known, the truth.

Labels, answers and truth are held in one form, their *content*, so that any of them can be compared with any other. Categories (document
types, kinds of box, fields) and workers are positions in `Report.categories` and `Report.workers`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from groundtruth.export.model import Kind


class DrawnBox(NamedTuple):
    """A box of one category, in pixels of the page image from its top left corner."""

    category: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Content:
    """What a label, an answer or the truth says of one document; by the job's kind one of the three is filled.

    choice: the document type's category, None when there is none. boxes: in the order of the label. fields: by category the ways the value
    is written, of which an empty tuple says that the field is not on the document; a category that is missing was left open.
    """

    choice: int | None = None
    boxes: tuple[DrawnBox, ...] = ()
    fields: Mapping[int, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A document type, a kind of box or a field. type: of a field, as in the label category config; None when it is not known."""

    name: str
    display_name: str
    type: str | None = None
    date_order: str | None = None
    description: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """How sure the label is of one thing it says: of a field by its category, of a box by its position, of the document type at 0."""

    confidence: float | None
    votes: int | None
    status: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one content agrees with another, its reference.

    right, total: right / total is the share that agrees, for boxes the F1 at IoU 0.5; total is 0 when there was nothing to compare. differs:
    the categories that do not agree. compared: the categories that were looked at. matched: the positions of the boxes, the categories of the
    fields, or 0 for the type, that agree.
    """

    right: float = 0.0
    total: float = 0.0
    differs: frozenset[int] = frozenset()
    compared: frozenset[int] = frozenset()
    matched: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """One worker's answer. submitted: seconds since 1970, UTC. seconds: the worker's time on the task.

    against_label, against_truth: None where there is nothing to compare with.
    """

    worker: int
    submitted: float | None
    seconds: float | None
    content: Content
    against_label: Comparison | None
    against_truth: Comparison | None


@dataclass(frozen=True, slots=True)
class Document:
    """One line of the output manifest.

    line: its number from 0, which is Ground Truth's id of the object. status: the label's own, or `failed` for a line without a label.
    label: None without one. items: how sure the label is of what it says. size: of the page image in pixels, when it is known.
    image: the address of the page image, empty when there is none to show. text: of an object of inline text.
    """

    line: int
    name: str
    source: str
    vendor: str
    page: int
    status: str
    reason: str
    confidence: float | None
    label: Content | None
    items: Mapping[int, Item]
    answers: tuple[Answer, ...]
    truth: Content | None = None
    against_truth: Comparison | None = None
    size: tuple[int, int] | None = None
    image: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that is shown. digest: tells this manifest's state from another's. sample: the positions of the documents drawn for a check by eye.

    notes: what the reader should know of how the report came about.
    """

    job: str
    attribute: str
    kind: Kind
    digest: str
    created: str
    categories: tuple[Category, ...]
    workers: tuple[str, ...]
    documents: tuple[Document, ...]
    sample: tuple[int, ...]
    has_truth: bool
    notes: tuple[str, ...] = ()
