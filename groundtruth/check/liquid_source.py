"""A template's Liquid, found in its source and taken out of it, so that the rest can be read as HTML.

Every output becomes one placeholder character and padding of the same length, every tag becomes form feeds, which HTML takes as space: what
stands after keeps its line and its offset.
"""

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\{\{-?(?P<output>.*?)-?}}|\{%-?\s*(?P<tag>\w+|#)?(?P<rest>.*?)-?%}", re.DOTALL)
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_ROOT = re.compile(r"\s*([A-Za-z_][\w-]*)")
_FIRST_PLACEHOLDER = 0xF0000
_PADDING = "\ue000"
_TAG = "\f"
_LOOPS = {"for", "tablerow"}
_BLOCKS = {"if", "unless", "case", "capture", "ifchanged", *_LOOPS}
_BRANCHES = {"else", "elsif", "when"}

READ_ACCESS = ("grant_read_access", "s3_presign")
"""The filters that make a URL of an S3 URI."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output tag: its text, its line, what stands before its filters, their names, and the variable it begins with ("" for a literal)."""

    text: str
    line: int
    path: str
    filters: tuple[str, ...]
    root: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A Liquid block that something stands in, and which of its branches."""

    block: int
    number: int
    is_loop: bool


@dataclass(frozen=True)
class LiquidSource:
    """masked: the source without its Liquid, of the same length. outputs: by placeholder. assigned: what `assign` and `capture` set a variable to."""

    masked: str
    outputs: Mapping[str, Output]
    assigned: Mapping[str, str]
    _offsets: tuple[int, ...]
    _paths: tuple[tuple[Branch, ...], ...]

    def branches(self, offset: int) -> tuple[Branch, ...]:
        """The blocks that a place stands in, outermost first."""
        return self._paths[bisect.bisect_right(self._offsets, offset) - 1]

    def outputs_in(self, text: str) -> tuple[Output, ...]:
        """The outputs whose placeholders stand in a piece of `masked`."""
        return tuple(self.outputs[character] for character in text if character in self.outputs)

    def shown(self, text: str) -> str:
        """A piece of `masked` as the template's author wrote it."""
        written = "".join(f"{{{{ {self.outputs[c].text} }}}}" if c in self.outputs else c for c in text)
        return written.replace(_PADDING, "").replace(_TAG, "")

    def is_made(self, text: str) -> bool:
        """Whether Liquid makes a piece of `masked`, or some of it: then what stands there is not what a page has."""
        return any(character in self.outputs or character in {_PADDING, _TAG} for character in text)

    def grants_read_access(self, output: Output) -> bool:
        """Whether an output is made by a read-access filter, also through a variable."""
        seen: set[str] = set()
        texts = [output.text]
        while texts:
            text = texts.pop()
            if any(name in text for name in READ_ACCESS):
                return True
            root = _ROOT.match(text)
            if root and root[1] in self.assigned and root[1] not in seen:
                seen.add(root[1])
                texts.append(self.assigned[root[1]])
        return False


def scan(source: str) -> LiquidSource:
    """Take the Liquid out of a template."""
    return _Scanner(source).scan()


class _Scanner:
    def __init__(self, source: str) -> None:
        own = {_PADDING: "?", _TAG: " "}
        self._source = "".join("?" if ord(c) >= _FIRST_PLACEHOLDER else own.get(c, c) for c in source)
        self._pieces: list[str] = []
        self._at = 0
        self._outputs: dict[str, Output] = {}
        self._assigned: dict[str, str] = {}
        self._stack: list[Branch] = []
        self._captures: list[tuple[str, int]] = []
        self._offsets = [0]
        self._paths: list[tuple[Branch, ...]] = [()]
        self._blocks = 0

    def scan(self) -> LiquidSource:
        while found := _TOKEN.search(self._source, self._at):
            self._pieces.append(self._source[self._at : found.start()])
            self._at = found.end()
            if found["output"] is not None:
                self._output(found)
            else:
                self._pieces.append(_blank(found[0]))
                self._tag(found)
        self._pieces.append(self._source[self._at :])
        return LiquidSource(
            "".join(self._pieces), self._outputs, self._assigned, tuple(self._offsets), tuple(self._paths)
        )

    def _output(self, found: re.Match[str]) -> None:
        text = found["output"].strip()
        placeholder = chr(_FIRST_PLACEHOLDER + len(self._outputs))
        parts = _without_strings(text).split("|")
        root = _ROOT.match(parts[0])
        filters = tuple(name[1] for part in parts[1:] if (name := _ROOT.match(part)))
        line = self._source.count("\n", 0, found.start()) + 1
        self._outputs[placeholder] = Output(text, line, text[: len(parts[0])].strip(), filters, root[1] if root else "")
        self._pieces.append(placeholder + re.sub(r"[^\n]", _PADDING, found[0][1:]))

    def _tag(self, found: re.Match[str]) -> None:
        name, rest = found["tag"] or "", found["rest"].strip()
        if name in {"raw", "comment"}:
            self._skip(name)
        elif name in _BLOCKS:
            if name == "capture":
                self._captures.append((rest, found.end()))
            self._stack.append(Branch(self._blocks, 0, name in _LOOPS))
            self._blocks += 1
            self._note(found.end())
        elif name in _BRANCHES and self._stack:
            current = self._stack.pop()
            self._stack.append(Branch(current.block, current.number + 1, current.is_loop))
            self._note(found.end())
        elif name.removeprefix("end") in _BLOCKS and name.startswith("end") and self._stack:
            if name == "endcapture" and self._captures:
                variable, start = self._captures.pop()
                self._assigned[variable] = self._source[start : found.start()].strip("{ }\n")
            self._stack.pop()
            self._note(found.end())
        elif name == "assign":
            variable, _, value = rest.partition("=")
            self._assigned[variable.strip()] = value.strip()

    def _skip(self, name: str) -> None:
        """Pass over what Liquid does not read: kept where it reaches the page (raw), blank where it does not (comment)."""
        end = re.compile(rf"\{{%-?\s*end{name}\s*-?%}}").search(self._source, self._at)
        if end is None:
            return
        content = self._source[self._at : end.start()]
        self._pieces += [content if name == "raw" else _blank(content), _blank(end[0])]
        self._at = end.end()

    def _note(self, offset: int) -> None:
        self._offsets.append(offset)
        self._paths.append(tuple(self._stack))


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", _TAG, text)


def _without_strings(text: str) -> str:
    return _STRING.sub(lambda found: "\0" * len(found[0]), text)
