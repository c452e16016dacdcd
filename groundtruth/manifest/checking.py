"""What is wrong with one line of an input manifest (contract section 5): all of it, each with its remedy."""

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundtruth.errors import InputError
from groundtruth.storage.location import S3Location

LONGEST_LINE = 100_000
LONGEST_ATTRIBUTE = 20_000
"""Characters of a line, and of one attribute's value (developer guide, sms-data-input)."""

_BOM = "\ufeff"

_RARE = re.compile(rb'\\|"\$|NaN|Infinity')
_END_OF_KEY = re.compile(rb'"\s*:')
_OBJECT_URI = re.compile(r"s3://[^/]+/.+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One thing that is wrong with a line. `rule` is its stable id in docs/check.md."""

    rule: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line's data object, None where it has none, and everything that is wrong with it."""

    data_object: dict[str, object] | None
    problems: tuple[LineProblem, ...] = ()


class _Duplicates:
    """A JSON object's keys that stand twice, noted while it is parsed."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def __call__(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [key for key, _ in pairs]
            self.keys += [key for key in result if names.count(key) > 1]
        return result


def check_line(line: bytes) -> CheckedLine:
    """Parse one line, without its line end, and find everything that Ground Truth would not take about it."""
    if (data_object := _plain_object(line)) is not None:
        return CheckedLine(data_object)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 ({error.reason} at byte {error.start})."
        return _unreadable("manifest-encoding", message, "Save the manifest as UTF-8.")
    problems = []
    if text.startswith(_BOM):
        text = text.removeprefix(_BOM)
        problems.append(
            LineProblem("manifest-bom", "begins with a byte order mark.", "Save the manifest as UTF-8 without BOM.")
        )
    if len(text) > LONGEST_LINE:
        message = f"{len(text):,} characters; Ground Truth takes at most {LONGEST_LINE:,} a line."
        problems.append(
            LineProblem("manifest-line-length", message, "Put large values into S3 and name their URI here.")
        )
    duplicates = _Duplicates()
    try:
        data_object = json.loads(text, object_pairs_hook=duplicates, parse_constant=_refuse_constant)
        if "\\u" in text:
            json.dumps(data_object, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        reason = f"{error.msg} (column {error.colno})" if isinstance(error, json.JSONDecodeError) else str(error)
        problem = LineProblem("manifest-json", f"not JSON: {reason}.", _syntax_remedy(text))
        return CheckedLine(None, (*problems, problem))
    if not isinstance(data_object, dict):
        problem = LineProblem(
            "manifest-object",
            "not a JSON object.",
            "A manifest is JSON Lines: one object a line, no array around them.",
        )
        return CheckedLine(None, (*problems, problem))
    problems += (
        LineProblem("manifest-duplicate-key", f'the key "{key}" stands twice.', "Keep one of them.")
        for key in duplicates.keys
    )
    problems += _source_problems(data_object)
    problems += _key_problems(data_object, len(text))
    return CheckedLine(data_object, tuple(problems))


def _plain_object(line: bytes) -> dict[str, object] | None:
    """The data object of a line that is right at first sight, as nearly all are; None when it takes a closer look.

    Without a backslash every quote begins or ends a string. So a key that stands twice shows: there are more ends of keys than keys.
    """
    if len(line) > LONGEST_ATTRIBUTE or _RARE.search(line):
        return None
    try:
        data_object = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(data_object, dict) or len(_END_OF_KEY.findall(line)) != _count_keys(data_object):
        return None
    if "source-ref" in data_object:
        uri = data_object["source-ref"]
        is_right = "source" not in data_object and isinstance(uri, str) and _OBJECT_URI.fullmatch(uri)
    else:
        is_right = isinstance(data_object.get("source"), str) and data_object["source"]
    return data_object if is_right else None


def _count_keys(value: dict[str, object] | list[object]) -> int:
    """The keys of all JSON objects in a value."""
    count, inner = 0, value
    if isinstance(value, dict):
        count, inner = len(value), list(value.values())
    for item in inner:
        if isinstance(item, dict | list):
            count += _count_keys(item)
    return count


def _unreadable(rule: str, message: str, remedy: str) -> CheckedLine:
    return CheckedLine(None, (LineProblem(rule, message, remedy),))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _syntax_remedy(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith("{'"):
        return "Use double quotes."
    if is_part_of_document(stripped) or stripped.endswith(("{", "[", ",")):
        return "Each line must be one whole JSON object: no pretty-printing, no array."
    return "Write one JSON object on the line."


def is_part_of_document(text: str) -> bool:
    """Whether a first line begins a JSON document over several lines: an array, or a pretty-printed object."""
    return text.strip() in {"{", "[", "[{"}


def _source_problems(data_object: dict[str, object]) -> Iterator[LineProblem]:
    present = [key for key in ("source-ref", "source") if key in data_object]
    if len(present) != 1:
        having = 'both "source-ref" and "source".' if present else 'neither "source-ref" nor "source".'
        remedy = "A line needs exactly one: an S3 URI, or the text itself."
        if not present:
            lowered = {key.lower().replace("_", "-"): key for key in data_object}
            close = difflib.get_close_matches("source-ref", lowered, n=1, cutoff=0.8)
            remedy += f' Rename "{lowered[close[0]]}".' if close else ""
        yield LineProblem("manifest-source", having, remedy)
    for key in present:
        value = data_object[key]
        if not isinstance(value, str) or not value:
            message = f'"{key}" is not a text ({json.dumps(value, ensure_ascii=False)[:60]}).'
            yield LineProblem(
                "manifest-source",
                message,
                "Write s3://bucket/key, or the text." if key == "source" else "Write s3://bucket/key.",
            )
        elif key == "source-ref":
            yield from _uri_problems(value)


def _uri_problems(uri: str) -> Iterator[LineProblem]:
    try:
        location = S3Location.parse(uri)
    except InputError:
        yield LineProblem("manifest-uri", f'"source-ref" is not an S3 URI ("{uri[:200]}").', "Write s3://bucket/key.")
        return
    if not location.key:
        message = f'"source-ref" names a bucket and no object ("{uri}").'
        yield LineProblem("manifest-uri", message, "Write s3://bucket/key.")


def _key_problems(data_object: dict[str, object], length: int) -> Iterator[LineProblem]:
    for key, value in data_object.items():
        if key.startswith("$"):
            message = f'the key "{key}" begins with "$", which Ground Truth reserves.'
            yield LineProblem("manifest-reserved-key", message, "Rename it.")
        if length > LONGEST_ATTRIBUTE and len(json.dumps(value, ensure_ascii=False)) > LONGEST_ATTRIBUTE:
            message = f'"{key}" has more than {LONGEST_ATTRIBUTE:,} characters.'
            yield LineProblem("manifest-attribute-length", message, "Put it into S3 and name its URI here.")
