"""Token classification as LayoutLM learns it from FUNSD: words, their boxes on a scale of 0 to 1000, and BIO tags.

The words are those of the page. Each belongs to the smallest labelled box that covers its centre; the words of one box stand together, as in
FUNSD, at the place of the first of them. A page whose text is not known gets the words of its field values, set into the boxes of the same label:
such a page has no words outside the boxes, which is told. A page with neither is left out.
"""

from collections.abc import Sequence
from typing import IO

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.json_lines import dumps
from groundtruth.export.model import Box, ImageSize, Kind, LabelledDocument, Word
from groundtruth.export.words import words_by_box

BOX_WITHOUT_WORDS = "box without words"
WORDS_OF_FIELDS = "words taken from field values"
_SCALE = 1000
_OUTSIDE = "O"


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._files: dict[str, IO[bytes]] = {part: target.folder.stream(f"{part}.jsonl") for part in target.parts}

    def write(self, page: Page) -> None:
        document, size = page.document, page.document.size
        assert size is not None  # the format needs sizes
        words, owners = self._words(document)
        order = _in_order(owners)
        row = {
            "id": page.stem,
            "words": [words[position].text for position in order],
            "bboxes": [_scaled(words[position], size) for position in order],
            "ner_tags": _tags([owners[position] for position in order], document.boxes),
            "image": page.image_name,
            "source_ref": document.source_ref,
            "document": document.document,
            "page": document.page,
            "vendor": document.vendor,
        }
        self._files[page.part].write(dumps(row) + b"\n")

    def close(self) -> None:
        names = self._target.box_classes.names
        tags = [_OUTSIDE, *(f"{begins}-{name}" for name in names for begins in "BI")]
        self._target.folder.write("labels.txt", "".join(f"{tag}\n" for tag in tags).encode("utf-8", "replace"))

    def _words(self, document: LabelledDocument) -> tuple[Sequence[Word], list[int | None]]:
        where = (document.line, document.source_ref)
        if document.words is not None:
            words: Sequence[Word] = [word for word in document.words if word.text.strip()]
            owners = words_by_box(words, document.boxes)
        else:
            words, owners = words_of_fields(document)
            self._target.changed.add(WORDS_OF_FIELDS, *where)
        missing = set(range(len(document.boxes))) - set(owners)
        for position in sorted(missing):
            self._target.changed.add(BOX_WITHOUT_WORDS, *where, document.boxes[position].label)
        return words, owners


def words_of_fields(document: LabelledDocument) -> tuple[list[Word], list[int | None]]:
    """The words of the field values, each in its label's box with a share of the width by its length, and the position of that box."""
    values = {field.name: field.value for field in document.fields if field.value}
    words: list[Word] = []
    owners: list[int | None] = []
    for position, box in enumerate(document.boxes):
        texts = values.pop(box.label, "").split()
        letter = box.width / max(sum(map(len, texts)) + len(texts) - 1, 1)
        left = box.left
        for text in texts:
            words.append(Word(text, left, box.top, letter * len(text), box.height))
            owners.append(position)
            left += letter * (len(text) + 1)
    return words, owners


def _in_order(owners: Sequence[int | None]) -> list[int]:
    """The words' positions, those of one box together at the first of them."""
    first: dict[int, int] = {}
    for position, owner in enumerate(owners):
        if owner is not None:
            first.setdefault(owner, position)
    return sorted(range(len(owners)), key=lambda p: (p if (owner := owners[p]) is None else first[owner], p))


def _tags(owners: Sequence[int | None], boxes: Sequence[Box]) -> list[str]:
    tags = []
    before: int | None = None
    for owner in owners:
        tags.append(_OUTSIDE if owner is None else f"{'I' if owner == before else 'B'}-{boxes[owner].label}")
        before = owner
    return tags


def _scaled(word: Word, size: ImageSize) -> list[int]:
    """Left, top, right and bottom from 0 to 1000, in order whatever the word's box was."""
    right, bottom = word.left + word.width, word.top + word.height
    edges = (word.left / size.width, word.top / size.height, right / size.width, bottom / size.height)
    left, top, right, bottom = (min(max(round(edge * _SCALE), 0), _SCALE) for edge in edges)
    return [left, top, max(left, right), max(top, bottom)]


def _refusal(document: LabelledDocument) -> str:
    if document.words is not None:
        return "" if any(word.text.strip() for word in document.words) else "no words"
    return "" if words_of_fields(document)[0] else "no words"


FUNSD = Format(
    "funsd",
    frozenset({Kind.BOXES, Kind.FIELDS}),
    _Writer,
    _refusal,
    needs_size=True,
    needs_image=True,
    wants_words=True,
)
