"""Where page images and other files come from: S3, or a folder that holds what S3 does."""

from pathlib import Path

from groundtruth.errors import InputError, StorageError
from groundtruth.storage import S3Location, Storage


class Sources:
    """Reads objects by their S3 URI: from the source folder when there is one, from S3 otherwise.

    In a folder an object is the file whose path is the longest end of `bucket/key` that is there, and that lies in the folder.
    """

    def __init__(self, storage: Storage, folder: Path | None = None) -> None:
        self._storage = storage
        self._folder = folder

    def file(self, uri: str) -> Path:
        """The object's file in the source folder. Raises StorageError when it is not there."""
        if self._folder is None:
            raise StorageError(f"{uri}: there is no source folder to find it in.")
        rest = uri.rpartition("://")[2]
        segments = [segment for segment in rest.split("/") if segment not in {"", "."}]
        if ".." not in segments and "\0" not in uri:
            for start in range(len(segments)):
                path = self._folder.joinpath(*segments[start:])
                if path.is_file() and path.resolve().is_relative_to(self._folder.resolve()):
                    return path
        raise StorageError(f"{uri}: no end of it is a file in {self._folder}.")

    def read(self, uri: str) -> bytes:
        """The object's bytes. Raises StorageError or InputError naming the URI."""
        if self._folder is not None:
            return self.file(uri).read_bytes()
        location = S3Location.parse(uri)
        if not location.key:
            raise InputError(f'"{uri}" names no object.')
        return self._storage.get(location)
