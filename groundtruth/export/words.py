"""The words of a page and where they stand, from what the manifest line carries or points at.

A line carries them under a key of its own (`words` unless told otherwise): a list of `{"text", "left", "top", "width", "height"}` in pixels, an object
with such a list under `words`, a Textract response (its `WORD` blocks), or the `s3://` URI or the file name, below the source folder, of a JSON file
with one of these. The same key with `-ref` at its end is looked at too.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from groundtruth.errors import GroundTruthError, RequestError
from groundtruth.export.labels import finite
from groundtruth.export.model import Box, ImageSize, Word
from groundtruth.export.sources import Sources


class WordsError(RequestError):
    """The words of a page cannot be read."""


def read_words(data_object: Mapping[str, Any], key: str, size: ImageSize, sources: Sources) -> tuple[Word, ...] | None:
    """The words of a page in their own order; None when the line has none. Raises WordsError when it has and they cannot be read."""
    value = data_object.get(key)
    if value is None:
        value = data_object.get(f"{key}-ref")
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = json.loads(sources.read(value))
        except (GroundTruthError, ValueError) as error:
            raise WordsError(f"the words cannot be read: {error}") from error
    return _words(value, size)


def _words(value: Any, size: ImageSize) -> tuple[Word, ...]:
    if isinstance(value, dict) and isinstance(blocks := value.get("Blocks"), list):
        words = [_textract_word(block, size) for block in blocks if isinstance(block, dict)]
        return tuple(word for word in words if word is not None)
    listed = value.get("words") if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise WordsError('the words are no list of {"text", "left", "top", "width", "height"} and no Textract response')
    return tuple(_word(entry) for entry in listed)


def _word(entry: Any) -> Word:
    if isinstance(entry, dict) and isinstance(text := entry.get("text"), str):
        numbers = [finite(entry.get(side)) for side in ("left", "top", "width", "height")]
        left, top, width, height = numbers
        if left is not None and top is not None and width is not None and height is not None:
            return Word(text, left, top, width, height)
    raise WordsError(f"{entry!r:.120} is no word. A word has text, left, top, width and height, in pixels.")


def _textract_word(block: dict[str, Any], size: ImageSize) -> Word | None:
    if block.get("BlockType") != "WORD":
        return None
    try:
        box = block["Geometry"]["BoundingBox"]
        return Word(
            str(block["Text"]),
            box["Left"] * size.width,
            box["Top"] * size.height,
            box["Width"] * size.width,
            box["Height"] * size.height,
        )
    except (KeyError, TypeError) as error:
        raise WordsError(f"a WORD block of the Textract response has no {error}") from error


def words_by_box(words: Sequence[Word], boxes: Sequence[Box]) -> list[int | None]:
    """For every word the position of the box that it belongs to: the smallest one that covers the word's centre; None outside all."""
    smallest_first = sorted(range(len(boxes)), key=lambda position: boxes[position].width * boxes[position].height)
    return [next((p for p in smallest_first if _covers(boxes[p], word)), None) for word in words]


def _covers(box: Box, word: Word) -> bool:
    x, y = word.left + word.width / 2, word.top + word.height / 2
    return box.left <= x <= box.left + box.width and box.top <= y <= box.top + box.height
