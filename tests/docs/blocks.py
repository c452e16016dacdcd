"""The fenced blocks of the documentation's pages."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "events/README.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
)
_FENCE = re.compile(
    r"^(?:<!-- saved as (?P<saved_as>[\w.-]+) -->\n)?(?P<indent> *)```(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_LABELING = re.compile(r"<!-- people label (?P<job>[\w-]+)(?: as (?P<name>[\w ]+))? -->")
_ENDS = {"&&", "||", ";", "|", "&", "(", ")"}
"""What ends a command; parentheses are those of `$(...)`."""


@dataclass(frozen=True)
class Block:
    """A fenced block. page: its path in the project; line: where it begins, from 1.

    saved_as: the file that it is to be saved as, by `<!-- saved as NAME -->` before it.
    """

    page: str
    line: int
    language: str
    text: str
    saved_as: str | None = None

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}"

    @property
    def is_shell(self) -> bool:
        """Whether it is what a reader types."""
        return self.language in {"sh", "console"}

    @property
    def shell(self) -> str:
        """What a reader types: the block itself, of a console block the lines behind the prompts."""
        if self.language != "console":
            return self.text
        lines, is_typed = [], False
        for line in self.text.splitlines():
            is_typed = line.startswith("$ ") or (is_typed and bool(lines) and lines[-1].endswith("\\"))
            if is_typed:
                lines.append(line.removeprefix("$ "))
        return "\n".join(lines) + "\n"

    @property
    def commands(self) -> list[list[str]]:
        """Every simple command of a shell block as its words, without assignments before it and redirections."""
        reader = shlex.shlex(self.shell.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=True)
        reader.whitespace_split = True
        commands: list[list[str]] = [[]]
        words = iter(reader)
        for word in words:
            if word in _ENDS:
                commands.append([])
            elif word in {">", ">>", "<", "2>"}:
                next(words)
            elif commands[-1] or not re.fullmatch(r"\w+=.*", word):
                commands[-1].append(word)
        return [command for command in commands if command]

    @property
    def values(self) -> list[Any]:
        """The values of a JSON block, one after another. Raises ValueError."""
        decoder, values, rest = json.JSONDecoder(), [], self.text.strip()
        while rest:
            value, end = decoder.raw_decode(rest)
            values.append(value)
            rest = rest[end:].strip()
        return values


@dataclass(frozen=True)
class Labeling:
    """`<!-- people label JOB -->`, or `JOB as NAME`: here a reader labels in the browser, and the tests' people do it instead."""

    page: str
    line: int
    job: str
    name: str | None = None


def read(page: str) -> Iterator[Block | Labeling]:
    """What a page has to be done or checked, in its order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found: list[Block | Labeling] = []
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, match["language"], dedent(match["text"]), match["saved_as"]))
    found += [
        Labeling(page, text.count("\n", 0, match.start()) + 1, match["job"], match["name"])
        for match in _LABELING.finditer(text)
    ]
    yield from sorted(found, key=lambda each: each.line)


BLOCKS = [each for page in PAGES for each in read(page) if isinstance(each, Block)]
