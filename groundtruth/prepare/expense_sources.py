"""Where Textract's responses come from: Textract itself, asked page by page, or files of earlier calls."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from groundtruth.errors import RequestError, StorageError
from groundtruth.prepare.bucket import Bucket
from groundtruth.prepare.limits import LARGEST_IMAGE_PIXELS
from groundtruth.prepare.model import Document, PageImage, content_bytes

_LARGEST_BYTES = 10_000_000
_LONGEST_SIDE = 10_000
"""What Textract takes in one call: bytes, and pixels of a side (developer guide, "Set quotas")."""

_OF_THE_PAGE = {"BadDocumentException", "UnsupportedDocumentException", "DocumentTooLargeException"}
"""Errors that tell of one page. Others (no permission, wrong region) hold for all, and end the command."""


class NoResponseError(Exception):
    """Why a page has no response."""


class ExpenseSource(Protocol):
    """Gives the response for a page."""

    def response(self, document: Document, page: PageImage) -> tuple[object, int | None]:
        """The response, and which of its pages is meant: None when it is of this page alone. Raises NoResponseError without one."""

    def has(self, document: Document, page: PageImage) -> bool:
        """Whether the response is there without the page's image."""


class SavedResponses:
    """Files of a folder: `<page name>.json` (`INV-1-p002.json`) for a page, else `<document>.json` or `<document>.pdf.json` for the whole document."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise RequestError(f"--textract-responses: there is no folder {folder}.")
        self._folder = folder

    def response(self, document: Document, page: PageImage) -> tuple[object, int | None]:
        """See `ExpenseSource`."""
        stem = document.name.removesuffix(document.path.suffix)
        candidates = (
            (f"{document.page_name(page.page)}.json", None),
            (f"{document.name}.json", page.page),
            (f"{stem}.json", page.page),
        )
        for name, number in candidates:
            path = self._folder / name
            if path.is_file():
                return self._read(path), number
        raise NoResponseError(f"no response in {self._folder} (looked for {candidates[0][0]} and {candidates[2][0]})")

    def _read(self, path: Path) -> object:
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise NoResponseError(f"{path} cannot be read: {error}") from error

    def has(self, document: Document, page: PageImage) -> bool:  # noqa: ARG002  the same for every page
        """See `ExpenseSource`."""
        return True


class TextractCalls:
    """Asks Textract, once a page: each response is kept in S3 below `textract/` and read from there the next time."""

    def __init__(self, bucket: Bucket, connections: int) -> None:
        self._bucket = bucket
        try:
            # Textract takes a few calls a second by default: the client waits by itself.
            config = Config(max_pool_connections=connections, retries={"mode": "adaptive", "max_attempts": 10})
            self._client: Any = boto3.client("textract", config=config)
        except (BotoCoreError, ValueError) as error:
            raise RequestError(f"Textract cannot be asked: {error}") from error

    def response(self, document: Document, page: PageImage) -> tuple[object, int | None]:
        """See `ExpenseSource`."""
        name = self._name(document, page)
        kept = self._bucket.get(name, page.sha256)
        if kept is not None:
            return json.loads(kept), None
        if page.content is None:
            raise NoResponseError("the page's image is no longer at hand")
        answer = self._call(_within_limits(content_bytes(page.content), page.size, page.width, page.height))
        self._bucket.put(name, json.dumps(answer, separators=(",", ":")).encode(), page.sha256)
        return answer, None

    def _call(self, image: bytes) -> Mapping[str, Any]:
        try:
            answer: dict[str, Any] = self._client.analyze_expense(Document={"Bytes": image})
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _OF_THE_PAGE:
                raise NoResponseError(f"Textract refused the page: {code}") from error
            raise StorageError(f"Textract refused the call: {error}") from error
        except BotoCoreError as error:
            raise StorageError(f"Textract cannot be reached: {error}") from error
        answer.pop("ResponseMetadata", None)
        return answer

    def has(self, document: Document, page: PageImage) -> bool:
        """See `ExpenseSource`."""
        return self._bucket.size(self._name(document, page)) is not None

    def _name(self, document: Document, page: PageImage) -> str:
        return f"textract/{document.page_name(page.page)}.json"


def _within_limits(image: bytes, size: int, width: int, height: int) -> bytes:
    """The image's bytes, or a smaller copy that Textract takes: its answer is in shares of the page, so it fits both."""
    if size <= _LARGEST_BYTES and max(width, height) <= _LONGEST_SIDE:
        return image
    if width * height > LARGEST_IMAGE_PIXELS:
        raise NoResponseError("the image is too large")
    with Image.open(io.BytesIO(image), formats=("PNG", "JPEG")) as opened:
        smaller = opened.convert("RGB")
    smaller.thumbnail((5_000, 5_000))
    buffer = io.BytesIO()
    smaller.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
