"""Read access without S3: the documents that a task names, taken from a folder."""

import base64
import mimetypes
from collections.abc import Callable
from pathlib import Path

from groundtruth.errors import TemplateError


def find_document(uri: str, folder: Path) -> Path | None:
    """The file in `folder` that an S3 URI stands for; None for an https URL.

    `s3://bucket/a/b.png` is the folder's `bucket/a/b.png`, else `a/b.png`, else `b.png`. Raises TemplateError when there
    is none of them, or the URI is no S3 URI.
    """
    if uri.startswith("https://"):
        return None
    if not uri.startswith("s3://"):
        raise TemplateError(f'"{uri}" is neither an S3 URI nor an https URL. Write s3://bucket/key')
    parts = uri.removeprefix("s3://").split("/")
    root = folder.resolve()
    for start in range(len(parts)):
        file = root.joinpath(*parts[start:]).resolve()
        if file.is_file() and file.is_relative_to(root):
            return file
    raise TemplateError(f'"{uri}" is not in {folder}. Put the document there as {parts[-1] or "its file name"}')


def embedded(folder: Path) -> Callable[[str], str]:
    """A signer that puts each document into the page itself, as a data URL."""

    def sign(uri: str) -> str:
        file = find_document(uri, folder)
        if file is None:
            return uri
        content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return f"data:{content_type};base64,{base64.b64encode(file.read_bytes()).decode()}"

    return sign
