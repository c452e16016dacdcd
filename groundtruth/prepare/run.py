"""The whole way from a folder of documents to a manifest in S3."""

import hashlib
import json
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from groundtruth.errors import RequestError
from groundtruth.manifest.checking import check_line
from groundtruth.prepare.bucket import Bucket
from groundtruth.prepare.duplicates import Duplicate, DuplicateFinder
from groundtruth.prepare.expense_sources import ExpenseSource, SavedResponses, TextractCalls
from groundtruth.prepare.gold import GoldTruth
from groundtruth.prepare.journal import Finished, Journal
from groundtruth.prepare.limits import MOST_OBJECTS
from groundtruth.prepare.lines import Line, LineMaker
from groundtruth.prepare.model import Document, PageImage, Part, Problem
from groundtruth.prepare.ordering import InOrder, Made
from groundtruth.prepare.processes import Renderers
from groundtruth.prepare.request import PrepareReport, PrepareRequest
from groundtruth.prepare.sources import find_documents
from groundtruth.prepare.textract import FieldTable
from groundtruth.prepare.vendors import vendor_reader


def prepare(
    request: PrepareRequest,
    on_total: Callable[[int], None] = lambda _: None,
    on_page: Callable[[], None] = lambda: None,
) -> PrepareReport:
    """Prepare the documents and write the manifest, here and in S3.

    on_total is called with the number of pages as far as it is known, and again as documents are opened; on_page after each. Documents that cannot
    be used are in the report's problems.
    Raises RequestError for arguments that cannot be used, StorageError when S3 or Textract refuses; what was finished by then is kept.
    """
    started = time.monotonic()
    gold_truth = GoldTruth.read(request.gold_truth)
    selection = replace(request.selection, gold=(*request.selection.gold, *gold_truth.patterns()))
    fields = FieldTable.read(request.textract_fields)
    vendor = vendor_reader(request.vendor_from)
    documents, problems = find_documents(request.folder, selection)
    bucket = None if request.dry_run else Bucket(request.destination, request.endpoint_url, request.uploads)
    expenses = _expense_source(request, bucket)
    if bucket is not None:
        bucket.open(request.create_bucket)
    maker = LineMaker(
        request.destination,
        bucket,
        vendor=vendor,
        gold_truth=gold_truth,
        with_words=request.words,
        expenses=expenses,
        fields=fields,
        minimum_confidence=request.minimum_confidence,
    )
    outcome = _Preparation(request, maker, on_total, on_page).run(documents)
    problems = sorted([*problems, *outcome.problems], key=lambda problem: (problem.document, problem.page or 0))
    uri = _write(request, outcome.lines, bucket)
    return PrepareReport(
        manifest=request.manifest,
        manifest_uri=uri,
        documents=len({line.data_object["document"] for line in outcome.lines}),
        pages=len(outcome.lines),
        gold=sum(1 for line in outcome.lines if "gold" in line.data_object),
        with_words=sum(1 for line in outcome.lines if "words-ref" in line.data_object),
        with_predictions=sum(1 for line in outcome.lines if line.has_predictions),
        uploaded=maker.uploaded,
        skipped=maker.skipped,
        duplicates=tuple(outcome.duplicates),
        problems=tuple(problems),
        notes=tuple(note for line in outcome.lines for note in line.notes) + _notes_on_all(outcome.lines),
        elapsed=time.monotonic() - started,
    )


def _expense_source(request: PrepareRequest, bucket: Bucket | None) -> ExpenseSource | None:
    if isinstance(request.textract, Path):
        return SavedResponses(request.textract)
    return TextractCalls(bucket, request.uploads) if request.textract and bucket is not None else None


@dataclass
class _Outcome:
    lines: list[Line] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _Sending:
    """A part whose objects are on their way."""

    made: Made
    lines: "list[Future[Line]]"


class _Preparation:
    """One run over the documents: rendered in processes, sent by threads, noted in the journal, everything in order."""

    def __init__(
        self, request: PrepareRequest, maker: LineMaker, on_total: Callable[[int], None], on_page: Callable[[], None]
    ) -> None:
        self._request = request
        self._maker = maker
        self._on_total = on_total
        self._on_page = on_page
        self._total = 0
        self._duplicates = DuplicateFinder(request.exact_duplicates, request.near_duplicates)
        self._outcome = _Outcome()
        self._sending: deque[_Sending] = deque()
        self._parts_of_document: list[Part] = []
        self._journal: Journal | None = None
        self._spool = Path()

    def run(self, documents: Sequence[Document]) -> _Outcome:
        request = self._request
        self._expect(len(documents))
        with ExitStack() as stack:
            if not request.dry_run:
                self._journal = stack.enter_context(Journal(request.journal, _settings(request)))
            self._spool = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundtruth-prepare-")))
            threads = ThreadPoolExecutor(request.uploads, thread_name_prefix="upload")
            stack.callback(threads.shutdown, wait=True, cancel_futures=True)
            renderers = stack.enter_context(Renderers(request.workers, request.timeout))
            for made in self._made(documents, renderers):
                if made.is_first:
                    self._expect(max(made.part.page_count - 1, 0))
                self._sending.append(_Sending(made, [*self._sent(made, threads)]))
                while len(self._sending) > 4 * request.workers:
                    self._finish(self._sending.popleft())
            while self._sending:
                self._finish(self._sending.popleft())
        return self._outcome

    def _expect(self, pages: int) -> None:
        self._total += pages
        self._on_total(self._total)

    def _made(self, documents: Sequence[Document], renderers: Renderers) -> Iterator[Made]:
        """The parts of all documents in order: those of an earlier run as they were, the others rendered."""
        earlier = {document.name: found for document in documents if (found := self._earlier(document)) is not None}
        rendered = iter(
            InOrder(
                renderers,
                [document for document in documents if document.name not in earlier],
                dpi=self._request.dpi,
                with_words=self._request.words,
                spool=self._spool,
                window=4 * self._request.workers,
            )
        )
        for document in documents:
            found = earlier.get(document.name)
            if found is not None:
                yield Made(document, Part(len(found.pages), found.pages, found.problems), True, True)
                continue
            is_last = False
            while not is_last:
                made = next(rendered)
                is_last = made.is_last
                yield made

    def _earlier(self, document: Document) -> Finished | None:
        finished = self._journal.finished(document) if self._journal else None
        if finished is None or not all(self._maker.lies_there(document, page) for page in finished.pages):
            return None
        return finished

    def _sent(self, made: Made, threads: ThreadPoolExecutor) -> "Iterator[Future[Line]]":
        for page in made.part.pages:
            duplicate = self._duplicates.check(made.document.name, page)
            if duplicate is not None:
                self._outcome.duplicates.append(duplicate)
            if duplicate is None or not duplicate.is_left_out:
                yield threads.submit(self._maker.make, made.document, page)

    def _remove(self, part: Part) -> None:
        """Remove what was made on the way; a page's image may also be the document itself."""
        for page in part.pages:
            if isinstance(page.content, Path) and page.content.parent == self._spool:
                page.content.unlink(missing_ok=True)

    def _finish(self, sending: _Sending) -> None:
        """Wait until a part's objects lie in S3; note the document when it was its last."""
        self._outcome.lines += (line.result() for line in sending.lines)
        made = sending.made
        self._outcome.problems += made.part.problems
        self._remove(made.part)
        self._parts_of_document.append(made.part)
        for _ in range(max(len(made.part.pages) + len(made.part.problems), 1)):
            self._on_page()
        if not made.is_last:
            return
        pages: list[PageImage] = [page for part in self._parts_of_document for page in part.pages]
        found = [problem for part in self._parts_of_document for problem in part.problems]
        self._parts_of_document.clear()
        if self._journal is not None and not any(problem.kind in {"crashed", "slow"} for problem in found):
            self._journal.add(made.document, Finished(tuple(pages), tuple(found)))


def _settings(request: PrepareRequest) -> dict[str, object]:
    return {"destination": str(request.destination), "dpi": request.dpi, "words": request.words}


def _notes_on_all(lines: Sequence[Line]) -> tuple[str, ...]:
    if len(lines) <= MOST_OBJECTS:
        return ()
    return (f"{len(lines):,} objects: a job takes at most {MOST_OBJECTS:,}. Split the manifest.",)


def _write(request: PrepareRequest, lines: Sequence[Line], bucket: Bucket | None) -> str | None:
    """Write the manifest, and the truth of gold pages, here and in S3; the manifest's URI there, None when nothing is to be sent or there is no line."""
    if bucket is None or not lines:
        return None
    _write_file(request.manifest, [json.dumps(line.data_object, ensure_ascii=False) for line in lines], check=True)
    bucket.put(request.manifest_name, *_content(request.manifest))
    truths = [json.dumps(line.truth, ensure_ascii=False) for line in lines if line.truth is not None]
    if truths:
        _write_file(request.gold_file, truths, check=False)
        bucket.put(request.gold_file.name, *_content(request.gold_file))
    return str(bucket.location(request.manifest_name))


def _content(path: Path) -> tuple[bytes, str]:
    body = path.read_bytes()
    return body, hashlib.sha256(body).hexdigest()


def _write_file(path: Path, lines: Sequence[str], check: bool) -> None:
    if check:
        for number, line in enumerate(lines, 1):
            for problem in check_line(line.encode()).problems:
                raise RequestError(f"{path}, line {number}: {problem.message} {problem.remedy}")
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise RequestError(f"{path}: cannot be written: {error.strerror}.") from error
