"""Measures our consolidation beside the libraries people would otherwise use, each chapter in one run on the same data.

    .venv/bin/python benchmarks/quality               # prints Markdown, and writes it into docs/quality.md
    .venv/bin/python benchmarks/quality boxes texts   # these chapters alone; the page keeps its others

Every setting of ours is the default that a user gets.
"""

import platform
import re
import sys

import boxes
import categorical
import numpy
import streaming
import texts
from crowds import DataMissingError
from methods import ROOT, Peers, PeersMissingError, peers

DATA = ROOT.parent / "shared" / "data" / "consolidation"
PAGE = ROOT / "docs" / "quality.md"
CHAPTERS = {
    "categorical": ("Categorical answers", categorical.chapter, DATA / "categorical"),
    "boxes": ("Boxes", boxes.chapter, DATA / "boxes"),
    "texts": ("Texts", texts.chapter, DATA / "text"),
    "streaming": ("Streams", streaming.chapter, DATA / "categorical"),
}
INTRODUCTION = """# Quality

What consolidation makes of real answers, beside the libraries people would otherwise use. Written by `make bench-quality`
(`benchmarks/quality`), each chapter in one run on one machine; every setting of ours is the default. The best of each column is in bold."""


def main(names: list[str]) -> int:
    """Measures the chapters called so, all without any. Exit status: 0, or 2 when one is unknown, or the data or the peers' environment is missing."""
    unknown = [name for name in names if name not in CHAPTERS]
    if unknown:
        _tell(f"{', '.join(unknown)}: no such chapter. There are {', '.join(CHAPTERS)}.")
        return 2
    try:
        with peers() as libraries:
            measured = {name: _measured(name, libraries) for name in names or CHAPTERS}
    except (DataMissingError, PeersMissingError) as error:
        _tell(str(error))
        return 2
    kept = _chapters(PAGE.read_text()) if PAGE.exists() else {}
    written = [measured.get(name) or kept.get(title) for name, (title, _, _) in CHAPTERS.items()]
    PAGE.write_text("\n\n".join([INTRODUCTION, *filter(None, written)]) + "\n")
    print("\n\n".join(measured.values()))
    return 0


def _measured(name: str, libraries: Peers) -> str:
    _, chapter, folder = CHAPTERS[name]
    paragraphs = list(chapter(folder, libraries, _tell))
    versions = ", ".join(f"{library} {version}" for library, version in libraries.versions().items())
    python = f"Python {platform.python_version()}, numpy {numpy.__version__}, {platform.machine()}"
    return "\n\n".join([*paragraphs, f"Measured with {versions}; {python}."])


def _chapters(page: str) -> dict[str, str]:
    """The chapters of a page, by title."""
    return {part.split("\n", 1)[0]: f"## {part.strip()}" for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]}


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
