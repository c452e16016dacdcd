"""The folder that an export is written into: checked paths, and no mixture of two exports.

A file `export.json` in it says which manifest (by its hash) and which settings it was made with. Starting again with the same ones goes on in the folder and
keeps the images that are there; anything else needs another folder, or leave to empty this one.
"""

import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from groundtruth.errors import RequestError, StorageError

MARKER = "export.json"
PARTIAL = ".part"
"""The ending of a file that is still being written."""
_BATCH = 400
"""Small files that go to the disk together, while the next pages are being read."""


def claim(folder: Path, settings: Mapping[str, Any], overwrite: bool) -> None:
    """Make the folder this export's own.

    Raises RequestError when it holds something else: another export, unless `overwrite`, which empties it, or files that are no export, which are
    never removed.
    """
    marker = folder / MARKER
    text = json.dumps({"made_by": "groundtruth export", "settings": settings}, indent=1, sort_keys=True)
    try:
        found = marker.read_text() if marker.is_file() else None
        if found is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RequestError(f"{folder}: there is something here that is no export. Choose another folder with -o.")
        if found is not None and found != text:
            if not overwrite:
                raise RequestError(
                    f"{folder}: holds an export of another manifest or with other settings. Choose another folder with -o, or replace it with --overwrite."
                )
            if '"made_by": "groundtruth export"' not in found:
                raise RequestError(f"{marker}: was not made by an export. Choose another folder with -o.")
            _empty(folder)
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text(text)
    except OSError as error:
        raise RequestError(f"{folder}: cannot be written ({error.strerror}).") from error


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


class OutputFolder:
    """Writes files below one folder. Use as a context manager: leaving it waits for the files and closes those that are open."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self._root = folder.resolve()
        self._made: dict[str, str] = {}
        self._open: list[IO[bytes]] = []
        self._batch: list[tuple[str, bytes]] = []
        self._writer = ThreadPoolExecutor(1, "export-files")
        self._writing: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self._writer.shutdown()
            for file in self._open:
                file.close()

    def place(self, relative: str) -> Path:
        """The path of a file in the folder, whose own folder is made. Raises StorageError when it would lie outside."""
        return Path(self._place(relative))

    def _place(self, relative: str) -> str:
        parent, _, name = relative.rpartition("/")
        if name in {"", ".", ".."} or "\0" in relative or os.sep in name:
            raise StorageError(f"{relative!r}: is no name of a file.")
        made = self._made.get(parent)
        if made is None:
            folder = self._root / parent
            if ".." in folder.parts or not folder.resolve().is_relative_to(self._root):
                raise StorageError(f"{relative}: would lie outside {self.path}.")
            folder.mkdir(parents=True, exist_ok=True)
            made = self._made[parent] = f"{folder}{os.sep}"
        return made + name

    def stream(self, relative: str) -> IO[bytes]:
        """A new file to write to as the export goes."""
        file = self.place(relative).open("w+b", buffering=1 << 18)
        self._open.append(file)
        return file

    def scratch(self, relative: str) -> IO[bytes]:
        """A file to write to and read back, with no name once it is open."""
        path = self.place(relative + PARTIAL)
        file = path.open("w+b", buffering=1 << 18)
        self._open.append(file)
        path.unlink()
        return file

    def write(self, relative: str, body: bytes) -> None:
        """Write a small file, soon."""
        self._batch.append((self._place(relative), body))
        if len(self._batch) >= _BATCH:
            self._hand_over()

    def flush(self) -> None:
        """Wait until every small file is written. Raises StorageError when the disk would not take them."""
        self._hand_over()
        self._wait()

    def _hand_over(self) -> None:
        self._wait()
        self._writing = self._writer.submit(_write_all, self._batch)
        self._batch = []

    def _wait(self) -> None:
        if self._writing is None:
            return
        try:
            self._writing.result()
        except OSError as error:
            raise StorageError(f"{error.filename}: cannot be written ({error.strerror}).") from error


def _write_all(batch: list[tuple[str, bytes]]) -> None:
    for path, body in batch:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
        try:
            view = memoryview(body)
            while view:
                view = view[os.write(number, view) :]
        finally:
            os.close(number)
