"""What is done, written beside the manifest, so that a command that was interrupted goes on where it stopped.

One line a document. A document that has changed since, or that was prepared with other settings, is prepared anew.
"""

import base64
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from groundtruth.errors import RequestError
from groundtruth.prepare.model import Document, PageImage, Problem

_VERSION = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Finished:
    """What a document came to."""

    pages: tuple[PageImage, ...]
    problems: tuple[Problem, ...]


class Journal:
    """A file of finished documents, appended to as they finish. Use as a context manager.

    settings: everything that decides what a document comes to. A journal of other settings is begun anew.
    """

    def __init__(self, path: Path, settings: Mapping[str, object]) -> None:
        self.path = path
        self._header = {"groundtruth-prepare": _VERSION, **settings}
        self._finished: dict[str, tuple[list[object], Finished]] = {}

    def __enter__(self) -> Self:
        lines = self._read()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial = self.path.with_name(self.path.name + ".part")
            partial.write_text("".join(f"{line}\n" for line in [json.dumps(self._header), *lines]), encoding="utf-8")
            partial.replace(self.path)
            self._file = self.path.open("a", encoding="utf-8")
        except OSError as error:
            raise RequestError(f"{self.path}: cannot be written: {error.strerror}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read(self) -> list[str]:
        """The lines of an earlier run that can be used, the last of each document; a line cut off by a crash is dropped."""
        try:
            header, *lines = self.path.read_text(encoding="utf-8").splitlines()
            if json.loads(header) != self._header:
                return []
        except (OSError, ValueError):
            return []
        kept: dict[str, str] = {}
        for line in lines:
            try:
                entry = json.loads(line)
                self._finished[entry["document"]] = (entry["state"], _finished(entry))
            except (ValueError, KeyError, TypeError):
                continue
            kept[entry["document"]] = line
        return list(kept.values())

    def finished(self, document: Document) -> Finished | None:
        """What the document came to when it was last prepared; None when it was not, or has changed since."""
        state, finished = self._finished.get(document.name, ([], None))
        return finished if state == _state(document) else None

    def add(self, document: Document, finished: Finished) -> None:
        """Note that a document and all its objects are done."""
        entry = {
            "document": document.name,
            "state": _state(document),
            "pages": [_page_entry(page) for page in finished.pages],
            "problems": [dataclasses.asdict(problem) for problem in finished.problems],
        }
        self._file.write(json.dumps(entry, separators=(",", ":")) + "\n")
        self._file.flush()


def _state(document: Document) -> list[object]:
    return [document.slug, document.size, document.modified]


def _page_entry(page: PageImage) -> dict[str, Any]:
    # Not asdict: it would copy the fingerprint and the paths only to drop them.
    return {
        **{name: getattr(page, name) for name in _PLAIN},
        "fingerprint": base64.b64encode(page.fingerprint).decode(),
    }


_PLAIN = ("page", "extension", "sha256", "size", "width", "height", "has_words", "note")


def _finished(entry: Mapping[str, Any]) -> Finished:
    pages = (
        PageImage(
            content=None,
            fingerprint=base64.b64decode(page["fingerprint"]),
            **{name: page[name] for name in _PLAIN},
        )
        for page in entry["pages"]
    )
    return Finished(tuple(pages), tuple(Problem(**problem) for problem in entry["problems"]))
