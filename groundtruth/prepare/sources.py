"""Finds the documents of a folder: filtered, sampled, in an order that is the same every time."""

import fnmatch
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundtruth.errors import RequestError
from groundtruth.prepare.model import Document, Problem
from groundtruth.prepare.naming import shown_name, slugs

_SAMPLE = re.compile(r"(\d+)|(\d+(?:\.\d+)?)%")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents of a folder are wanted. filters, gold: patterns such as `acme/*.pdf`, of the whole path or the file's name, any case.

    sample: `200` documents or `5%` of them, drawn by `seed`; gold documents come in any case.
    """

    filters: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    sample: str | None = None
    seed: int = 0


def find_documents(folder: Path, selection: Selection) -> tuple[list[Document], list[Problem]]:
    """The documents, ordered by path, and the files that are none. Hidden files and folders are passed over.

    Raises RequestError when the folder is none or nothing in it is wanted.
    """
    if not folder.is_dir():
        raise RequestError(f"{folder}: there is no such folder.")
    root = folder.resolve()
    found = sorted(_files(root))
    documents, problems = [], []
    for parts, slug in zip(found, slugs(found), strict=True):
        name = shown_name(parts)
        if selection.filters and not _matches(name, selection.filters):
            continue
        path = root.joinpath(*parts)
        problem = _reason_against(path, root)
        if problem is not None:
            problems.append(Problem(name, *problem))
            continue
        about = path.stat()
        documents.append(Document(path, name, slug, about.st_size, about.st_mtime_ns, _matches(name, selection.gold)))
    if not documents and not problems:
        wanted = f" that match {', '.join(selection.filters)}" if selection.filters else ""
        raise RequestError(f"{folder}: there are no files{wanted} in this folder.")
    return _sampled(documents, selection), problems


def _files(root: Path) -> Iterator[tuple[str, ...]]:
    """The parts of each file's path below the root. Links to folders are not followed."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not name.startswith(".")]
        parts = Path(folder).relative_to(root).parts
        yield from ((*parts, name) for name in files if not name.startswith(".") and name != "Thumbs.db")


def _reason_against(path: Path, root: Path) -> tuple[str, str] | None:
    """The kind of problem and the reason why a file is not even opened; None when it can be."""
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            return "link", "a link to a file outside the folder. Copy the file into it."
        about = path.stat()
    except (OSError, RuntimeError) as error:
        return "unreadable", f"cannot be read: {error.strerror if isinstance(error, OSError) else 'a link to itself'}."
    if not stat.S_ISREG(about.st_mode):
        return "unsupported", "not a regular file."
    if about.st_size == 0:
        return "empty", "the file is empty."
    if not os.access(path, os.R_OK):
        return "unreadable", "cannot be read: permission denied."
    return None


def _matches(name: str, patterns: Sequence[str]) -> bool:
    lowered = name.lower()
    file = lowered.rpartition("/")[2]
    return any(
        fnmatch.fnmatchcase(lowered, pattern.lower()) or fnmatch.fnmatchcase(file, pattern.lower())
        for pattern in patterns
    )


def _sampled(documents: list[Document], selection: Selection) -> list[Document]:
    if selection.sample is None:
        return documents
    count = sample_size(selection.sample, len(documents))
    # By digest, not by drawing: a folder that grows keeps most of its sample.
    ranked = sorted(documents, key=lambda document: _rank(document, selection.seed))
    chosen = {document.name for document in ranked[:count]}
    return [document for document in documents if document.name in chosen or document.is_gold]


def _rank(document: Document, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}/{document.name}".encode()).digest()


def sample_size(sample: str, count: int) -> int:
    """How many of `count` documents a sample is. sample: `200` or `5%`. Raises RequestError when it is neither."""
    match = _SAMPLE.fullmatch(sample.strip())
    if match is None or (match[2] and float(match[2]) > 100):
        raise RequestError(f'--sample "{sample}": write a number of documents, such as 200, or a share, such as 5%.')
    return int(match[1]) if match[1] else max(1, round(count * float(match[2]) / 100))
