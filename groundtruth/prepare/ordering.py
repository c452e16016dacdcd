"""Has documents rendered several at a time, and hands their parts on in order, so that a manifest comes out the same every time."""

import heapq
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from groundtruth.prepare.model import Document, Part, PartRequest
from groundtruth.prepare.processes import Renderers

PAGES_OF_PART = 8
"""Small enough that two processes share a document of a few pages, large enough that opening it again costs little."""


@dataclass(frozen=True, slots=True)
class Made:
    """A part of a document. is_first: none of the document came before; is_last: no more of the document comes."""

    document: Document
    part: Part
    is_first: bool
    is_last: bool


class InOrder:
    """Parts of documents in order, at most `window` of them ahead of what was taken.

    documents: those to render. dpi: dots an inch of PDF pages. with_words: whether their text layers are wanted. spool: a folder for what is on its way.
    """

    def __init__(
        self,
        renderers: Renderers,
        documents: Sequence[Document],
        *,
        dpi: int,
        with_words: bool,
        spool: Path,
        window: int,
    ) -> None:
        self._renderers = renderers
        self._documents = documents
        self._dpi = dpi
        self._with_words = with_words
        self._spool = spool
        self._window = window
        self._waiting = [(number, 1) for number in range(len(documents))]  # (document, first page): a heap
        self._running: dict[tuple[int, int], Future[Part]] = {}

    def __iter__(self) -> Iterator[Made]:
        for number, document in enumerate(self._documents):
            first, page_count = 1, 1
            while first <= page_count:
                part = self._take((number, first))
                if first == 1:
                    page_count = part.page_count
                    for later in range(1 + PAGES_OF_PART, page_count + 1, PAGES_OF_PART):
                        heapq.heappush(self._waiting, (number, later))
                following = first + PAGES_OF_PART
                yield Made(document, part, first == 1, following > page_count)
                first = following

    def _take(self, wanted: tuple[int, int]) -> Part:
        while self._waiting and (len(self._running) < self._window or wanted not in self._running):
            self._start(heapq.heappop(self._waiting))
        return self._running.pop(wanted).result()

    def _start(self, key: tuple[int, int]) -> None:
        number, first = key
        request = PartRequest(
            self._documents[number], first, PAGES_OF_PART, self._dpi, self._with_words, self._spool, number
        )
        self._running[key] = self._renderers.submit(request)
