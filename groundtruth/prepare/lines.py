"""Stores a page's objects and writes its manifest line."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundtruth.prepare.bucket import Bucket
from groundtruth.prepare.expense_sources import ExpenseSource, NoResponseError
from groundtruth.prepare.gold import GOLD_KEY, GoldTruth
from groundtruth.prepare.model import Content, Document, PageImage
from groundtruth.prepare.textract import FieldTable, expense_documents, predictions
from groundtruth.storage import S3Location

WORDS_KEY = "words-ref"


@dataclass(frozen=True, slots=True)
class Line:
    """A manifest line and what belongs to it. truth: of a gold page whose truth is known. notes: what a reader should know of the page."""

    data_object: dict[str, Any]
    truth: dict[str, Any] | None
    notes: tuple[str, ...]
    has_predictions: bool


class LineMaker:
    """Makes lines, from several threads at once. bucket: None to send nothing. vendor: of a document's name."""

    def __init__(
        self,
        destination: S3Location,
        bucket: Bucket | None,
        *,
        vendor: Callable[[str], str | None],
        gold_truth: GoldTruth,
        with_words: bool,
        expenses: ExpenseSource | None,
        fields: FieldTable,
        minimum_confidence: float,
    ) -> None:
        self._destination = destination
        self._bucket = bucket
        self._vendor = vendor
        self._gold_truth = gold_truth
        self._with_words = with_words
        self._expenses = expenses
        self._fields = fields
        self._minimum_confidence = minimum_confidence
        self._lock = threading.Lock()
        self.uploaded = 0
        self.skipped = 0

    def image_name(self, document: Document, page: PageImage) -> str:
        """The page's image below the destination."""
        return f"pages/{document.page_name(page.page)}{page.extension}"

    def words_name(self, document: Document, page: PageImage) -> str:
        """The page's words below the destination."""
        return f"words/{document.page_name(page.page)}.json"

    def lies_there(self, document: Document, page: PageImage) -> bool:
        """Whether everything that a page of an earlier run needs is in S3 still."""
        if self._bucket is None:
            return False
        image_lies_there = self._bucket.size(self.image_name(document, page)) == page.size
        needs_words = self._with_words and page.has_words
        words_lie_there = not needs_words or self._bucket.size(self.words_name(document, page)) is not None
        return image_lies_there and words_lie_there and (self._expenses is None or self._expenses.has(document, page))

    def make(self, document: Document, page: PageImage) -> Line:
        """Send the page's objects where they are not there, and write its line. Raises StorageError."""
        image = self.image_name(document, page)
        self._send(image, page.content, page.sha256)
        line: dict[str, Any] = {
            "source-ref": str(self._destination.joined(image)),
            "document": document.name,
            "page": page.page,
        }
        vendor = self._vendor(document.name)
        if vendor:
            line["vendor"] = vendor
        truth = None
        if document.is_gold:
            line[GOLD_KEY] = True
            truth = self._gold_truth.line(document, page.page, image, (page.width, page.height))
        if self._with_words and page.has_words:
            words = self.words_name(document, page)
            self._send(words, page.words, hashlib.sha256(page.words or b"").hexdigest())
            line[WORDS_KEY] = str(self._destination.joined(words))
        found, note = self._predictions(document, page)
        notes = tuple(f"{document.name}, page {page.page}: {text}" for text in (page.note, note) if text)
        return Line(line | found, truth, notes, bool(found))

    def _send(self, name: str, content: Content | None, sha256: str) -> None:
        is_new = self._bucket is not None and content is not None and self._bucket.put_content(name, content, sha256)
        with self._lock:
            self.uploaded += is_new
            self.skipped += not is_new and self._bucket is not None

    def _predictions(self, document: Document, page: PageImage) -> tuple[dict[str, Any], str]:
        if self._expenses is None:
            return {}, ""
        try:
            response, number = self._expenses.response(document, page)
            documents = expense_documents(response)
        except (NoResponseError, ValueError) as error:
            return {}, f"no initial values: {error}."
        size = (page.width, page.height)
        return predictions(documents, self._fields, size, self._minimum_confidence, number), ""
