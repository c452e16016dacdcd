"""What a format is: which labels it can hold, and a writer that takes one page after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from groundtruth.export.folder import OutputFolder
from groundtruth.export.model import Kind, LabelledDocument
from groundtruth.export.summary import Findings


class Classes(dict[str, int]):
    """The positions of class names, from 0 without gaps. A name that was not listed comes after all others."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__({name: position for position, name in enumerate(dict.fromkeys(names))})

    def __missing__(self, name: str) -> int:
        self[name] = position = len(self)
        return position

    @property
    def names(self) -> list[str]:
        """All names in order."""
        return list(self)


class Page(NamedTuple):
    """A document on its way out. stem, suffix: the name of its files and the ending of its image.

    part: its side of the split. group: the number of the group that is kept together with it, 0 without a split.
    """

    document: LabelledDocument
    part: str
    group: int
    stem: str
    suffix: str

    @property
    def image_name(self) -> str:
        """The name of the page's image file."""
        return self.stem + self.suffix


@dataclass(frozen=True)
class Target:
    """What a writer works with. kinds: of the labels; box_classes, type_classes: names in order; with_images: whether images lie in the export."""

    folder: OutputFolder
    kinds: frozenset[Kind]
    parts: tuple[str, ...]
    box_classes: Classes
    type_classes: Classes
    field_names: tuple[str, ...]
    label_attributes: frozenset[str]
    with_images: bool
    changed: Findings


class Writer(Protocol):
    """Writes one export."""

    def write(self, page: Page) -> None:
        """Add a page that the format does not refuse."""

    def close(self) -> None:
        """Write what can only be written at the end."""


def refuses_nothing(document: LabelledDocument) -> str:  # noqa: ARG001 (the signature of a refusal)
    """For formats that can hold every document."""
    return ""


@dataclass(frozen=True)
class Format:
    """A format. kinds: the labels it holds; refusal: why it cannot hold a document, empty when it can; image_folder: where images lie."""

    name: str
    kinds: frozenset[Kind]
    writer: Callable[[Target], Writer]
    refusal: Callable[[LabelledDocument], str] = refuses_nothing
    image_folder: str = "images/{part}"
    needs_size: bool = False
    needs_image: bool = False
    wants_words: bool = False
    wants_field_names: bool = False
