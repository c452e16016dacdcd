"""Fetches what a page needs beside its labels: its image, and the words on it. Several pages at a time, handed on in their order."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import NamedTuple, Self

from groundtruth.errors import GroundTruthError, StorageError
from groundtruth.export.folder import OutputFolder
from groundtruth.export.formats import Format, Page
from groundtruth.export.images import ImageMode, bring, size_of
from groundtruth.export.model import ImageSize, LabelledDocument
from groundtruth.export.settings import ExportSettings
from groundtruth.export.sources import Sources
from groundtruth.export.words import read_words

NO_IMAGE = "no image"
_READERS = 8
_AHEAD = 4 * _READERS
_FIRST_IMAGES = 25
"""When none of so many images can be had, the fault is not theirs."""


class Loaded(NamedTuple):
    """A page with its image and words. failure: why it cannot be exported, as (reason, detail). image_size: as the image's file states it."""

    page: Page
    image_size: ImageSize | None = None
    failure: tuple[str, str] | None = None


class Loader:
    """Loads pages in threads. Use as a context manager."""

    def __init__(self, settings: ExportSettings, format_: Format, folder: OutputFolder, sources: Sources) -> None:
        self._settings, self._format, self._folder, self._sources = settings, format_, folder, sources
        self._had = self._lacking = 0
        self._pool = ThreadPoolExecutor(_READERS, "export-images")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def pages(self, pages: Iterable[Page]) -> Iterator[Loaded]:
        """The pages as they are loaded, in the same order. Raises StorageError when no image is to be had at all."""
        under_way: deque[Future[Loaded]] = deque()
        for page in pages:
            if self._needs_fetching(page):
                under_way.append(self._pool.submit(self._load, page))
                if len(under_way) >= _AHEAD:
                    yield self._counted(under_way.popleft().result())
                continue
            while under_way:
                yield self._counted(under_way.popleft().result())
            yield self._load(page) if self._format.wants_words else Loaded(page)
        while under_way:
            yield self._counted(under_way.popleft().result())

    def _needs_fetching(self, page: Page) -> bool:
        document, settings = page.document, self._settings
        if document.source_ref and (settings.images is not ImageMode.NONE or self._size_is_missing(document)):
            return True
        if not self._format.wants_words:
            return False
        words = document.data_object.get(settings.words_key) or document.data_object.get(f"{settings.words_key}-ref")
        return isinstance(words, str)

    def _size_is_missing(self, document: LabelledDocument) -> bool:
        return document.size is None and self._settings.source is not None

    def _load(self, page: Page) -> Loaded:
        """The page with its image's size and its words. Runs in a thread of its own."""
        document, settings = page.document, self._settings
        size: ImageSize | None = None
        try:
            if document.source_ref and settings.images is not ImageMode.NONE:
                folder = self._format.image_folder.format(part=page.part)
                target = self._folder.place(f"{folder}/{page.image_name}")
                size = bring(document.source_ref, target, settings.images, self._sources)
            elif document.source_ref and self._size_is_missing(document):
                size = size_of(self._sources.read(document.source_ref))
        except (GroundTruthError, OSError) as error:
            return Loaded(page, failure=(NO_IMAGE, str(error)))
        known = document.size or size
        if self._format.wants_words and known is not None:
            try:
                words = read_words(document.data_object, settings.words_key, known, self._sources)
            except GroundTruthError as error:
                return Loaded(page, size, ("words that cannot be read", str(error)))
            page = page._replace(document=document._replace(words=words))
        return Loaded(page, size)

    def _counted(self, loaded: Loaded) -> Loaded:
        """Raises StorageError when none of the first images was to be had: then it is the place that is wrong."""
        if self._settings.images is ImageMode.NONE:
            return loaded
        if loaded.failure is None or loaded.failure[0] != NO_IMAGE:
            self._had += 1
            return loaded
        self._lacking += 1
        if self._had == 0 and self._lacking == _FIRST_IMAGES:
            raise StorageError(f"None of the first {_FIRST_IMAGES} images is to be had. The last: {loaded.failure[1]}")
        return loaded
