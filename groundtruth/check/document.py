"""A JSON file with the line on which each of its values stands."""

import bisect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path

from groundtruth.check import rules
from groundtruth.check.finding import Finding
from groundtruth.check.model import member
from groundtruth.errors import RequestError

_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class JsonDocument:
    """A parsed JSON file. lines: JSON path to line. problems: what is wrong with it as JSON; `value` is None when it is none."""

    file: str
    value: object
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()

    def located(self, finding: Finding) -> Finding:
        """The finding with this file and, by its path, the line; a missing member's line is that of the object it misses in."""
        path = finding.path
        while path not in self.lines and path:
            path = re.sub(r"(?:^|\.)[^.\[]+$|\[\d+]$", "", path)
        return replace(finding, file=self.file, line=self.lines.get(path))


def read_text(path: Path) -> str:
    """A file's text. Raises RequestError when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RequestError(f"{path}: the file cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise RequestError(f"{path}: is not UTF-8 at byte {error.start}. Save the file as UTF-8.") from error


def parse_document(text: str, file: str) -> JsonDocument:
    """Parse a JSON file's text."""
    twice: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        twice.extend({name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ())
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=unique)
        lines = dict(_lines(text))
    except json.JSONDecodeError as error:
        message = f"Not JSON: {error.msg} (column {error.colno})."
        return JsonDocument(file, None, {}, (rules.JSON.finding(message, "Correct it.", line=error.lineno, file=file),))
    except (ValueError, RecursionError) as error:
        message = f"Not JSON that can be read: {error}."
        return JsonDocument(file, None, {}, (rules.JSON.finding(message, "Correct it.", file=file),))
    problems = tuple(
        rules.JSON_DUPLICATE_KEY.finding(
            f'The key "{name}" stands twice in one object.',
            "Keep one of them.",
            file=file,
            line=_line_of_key(text, name),
        )
        for name in twice
    )
    return JsonDocument(file, value, lines, problems)


def _line_of_key(text: str, name: str) -> int | None:
    """The line on which a key stands for the second time at least."""
    found = list(re.finditer(rf"{re.escape(json.dumps(name, ensure_ascii=False))}\s*:", text))
    return text.count("\n", 0, found[-1].start()) + 1 if found else None


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """The path and the line of every value of a text that is JSON."""
    breaks = [found.start() for found in re.finditer("\n", text)]
    scalar = json.JSONDecoder()
    end = 0

    def skip(at: int) -> int:
        found = _SPACE.match(text, at)
        return found.end() if found else at

    def value(at: int, path: str) -> Iterator[tuple[str, int]]:
        nonlocal end
        yield path, bisect.bisect_left(breaks, at) + 1
        if text[at] not in "{[":
            _, end = scalar.raw_decode(text, at)
            return
        is_object, index, end = text[at] == "{", 0, skip(at + 1)
        while text[end] not in "}]":
            inner = f"{path}[{index}]"
            if is_object:
                name, end = scanstring(text, end + 1)
                inner, end = member(path, name), skip(skip(end) + 1)
            yield from value(end, inner)
            end, index = skip(end), index + 1
            if text[end] == ",":
                end = skip(end + 1)
        end += 1

    return value(skip(0), "")
