"""Measures our consolidation beside the libraries people would otherwise use, in one run on the same data.

    .venv/bin/python benchmarks/quality      # prints Markdown, and writes it into docs/quality.md

Every setting of ours is the default that a user gets.
"""

import platform
import sys

import boxes
import categorical
import numpy
import texts
from crowds import DataMissingError
from methods import ROOT, PeersMissingError, peers

DATA = ROOT.parent / "shared" / "data" / "consolidation"
PAGE = ROOT / "docs" / "quality.md"
INTRODUCTION = """# Quality

What consolidation makes of real answers, beside the libraries people would otherwise use. Written by `make bench-quality`
(`benchmarks/quality`), in one run on one machine; every setting of ours is the default. The best of each column is in bold."""


def main() -> int:
    """Exit status: 0, or 2 when the data or the peers' environment is missing."""
    try:
        with peers() as libraries:
            paragraphs = [
                INTRODUCTION,
                *categorical.chapter(DATA / "categorical", libraries, _tell),
                *boxes.chapter(DATA / "boxes", libraries, _tell),
                *texts.chapter(DATA / "text", libraries, _tell),
            ]
            versions = ", ".join(f"{name} {version}" for name, version in libraries.versions().items())
    except (DataMissingError, PeersMissingError) as error:
        _tell(str(error))
        return 2
    paragraphs.append(
        f"Measured with {versions}; Python {platform.python_version()}, numpy {numpy.__version__}, {platform.machine()}."
    )
    text = "\n\n".join(paragraphs) + "\n"
    PAGE.write_text(text)
    print(text)
    return 0


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
