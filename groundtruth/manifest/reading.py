"""Reads an input manifest line by line, and refuses what Ground Truth would not take (contract section 5)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groundtruth.errors import InputError, ManifestError
from groundtruth.storage.location import S3Location

LONGEST_LINE = 100_000
LONGEST_ATTRIBUTE = 20_000
"""Characters of a line, and of one attribute's value (developer guide, sms-data-input)."""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One data object. `number` counts from 1; `dataset_object_id` is Ground Truth's id of it, counted from 0."""

    number: int
    data_object: dict[str, object]

    @property
    def dataset_object_id(self) -> str:
        """The zero-based line index, as Ground Truth gives it in practice."""
        return str(self.number - 1)

    @property
    def source_ref(self) -> str | None:
        """The object's S3 URI; None when the line holds its text in `source`."""
        value = self.data_object.get("source-ref")
        return value if isinstance(value, str) else None


class _DuplicateKeyError(ValueError):
    pass


def read_manifest(lines: Iterable[bytes], name: str) -> Iterator[ManifestLine]:
    """Parse and check the lines of the manifest called `name`, one at a time.

    Blank lines at the end are fine. Raises ManifestError naming the line, the key and the remedy.
    """
    blank: int | None = None
    number = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            blank = blank or number
            continue
        if blank is not None:
            raise ManifestError(f"{name}, line {blank}: the line is blank. Remove it: every line is one JSON object.")
        yield ManifestLine(number, _data_object(line, f"{name}, line {number}"))
    if number == 0 or blank == 1:
        raise ManifestError(f"{name}: the manifest is empty. Write one JSON object a line.")


def _data_object(line: bytes, place: str) -> dict[str, object]:
    text = _text(line, place)
    try:
        data_object = json.loads(text, object_pairs_hook=_without_duplicates)
    except _DuplicateKeyError as error:
        raise ManifestError(f'{place}: the key "{error}" stands twice. Keep one of them.') from None
    except ValueError as error:
        raise ManifestError(f"{place}: not JSON: {error}.{_syntax_hint(text)}") from error
    if not isinstance(data_object, dict):
        raise ManifestError(
            f"{place}: not a JSON object. A manifest is JSON Lines: one object a line, no array around them."
        )
    _check_source(data_object, place)
    for key, value in data_object.items():
        if key.startswith("$"):
            raise ManifestError(f'{place}: the key "{key}" begins with "$", which Ground Truth reserves. Rename it.')
        if len(line) > LONGEST_ATTRIBUTE and len(json.dumps(value, ensure_ascii=False)) > LONGEST_ATTRIBUTE:
            raise ManifestError(
                f'{place}: "{key}" has more than {LONGEST_ATTRIBUTE:,} characters. Put it into S3 and name its URI here.'
            )
    return data_object


def _text(line: bytes, place: str) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"{place}: not UTF-8 ({error.reason} at byte {error.start}). Save the manifest as UTF-8."
        ) from error
    if text.startswith("\ufeff"):
        raise ManifestError(f"{place}: begins with a byte order mark. Save the manifest as UTF-8 without BOM.")
    if len(text) > LONGEST_LINE:
        raise ManifestError(f"{place}: {len(text):,} characters; Ground Truth takes at most {LONGEST_LINE:,} a line.")
    return text


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [key for key, _ in pairs]
        raise _DuplicateKeyError(next(key for key in names if names.count(key) > 1))
    return result


def _syntax_hint(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith("{'"):
        return " Use double quotes."
    if stripped in {"{", "[", "[{"} or stripped.endswith(("{", "[", ",")):
        return " Each line must be one whole JSON object: no pretty-printing, no array."
    return ""


def _check_source(data_object: dict[str, object], place: str) -> None:
    present = [key for key in ("source-ref", "source") if key in data_object]
    if len(present) != 1:
        having = 'both "source-ref" and "source"' if present else 'neither "source-ref" nor "source"'
        raise ManifestError(f"{place}: {having}. A line needs exactly one: an S3 URI, or the text itself.")
    key = present[0]
    value = data_object[key]
    if not isinstance(value, str) or not value:
        raise ManifestError(f'{place}: "{key}" is not a text ({json.dumps(value)[:60]}).')
    if key == "source-ref":
        try:
            location = S3Location.parse(value)
        except InputError as error:
            raise ManifestError(
                f'{place}: "source-ref" is not an S3 URI ("{value}"). Write s3://bucket/key.'
            ) from error
        if not location.key:
            raise ManifestError(
                f'{place}: "source-ref" names a bucket and no object ("{value}"). Write s3://bucket/key.'
            )
