"""Makes a report of an output manifest: joins each line with its workers' answers and its truth, and compares them."""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any

from groundtruth.errors import ManifestError
from groundtruth.export.labels import read_label
from groundtruth.export.lines import METADATA, parsed
from groundtruth.export.model import Kind, Label
from groundtruth.export.survey import Attribute, survey
from groundtruth.report.comparing import compare
from groundtruth.report.contents import Categories, answer_content, label_content, truth_content
from groundtruth.report.images import Address, no_images
from groundtruth.report.model import Answer, Category, Comparison, Content, Document, Report
from groundtruth.report.responses import JobFolder, Response, Responses, read_responses
from groundtruth.workforce import TruthFile

FAILED = "failed"
"""The status of a line that has no label."""
_LONGEST_TEXT = 20_000
_LONGEST_REASON = 500


@dataclass(frozen=True)
class ReportSettings:
    """How to make a report.

    attribute: the label attribute; None takes the job's own. labels: entries of the job's label category config, empty when it is not known;
    then the first of the usual_labels is taken that names everything the labels name.
    sample: how many documents are drawn for a check by eye; seed: the same one draws the same. created: when the report is made, ISO 8601.
    """

    attribute: str | None = None
    labels: Sequence[Mapping[str, Any]] = ()
    usual_labels: Sequence[Sequence[Mapping[str, Any]]] = ()
    truth: TruthFile | None = None
    address: Address = no_images
    sample: int = 50
    seed: int = 0
    created: str = ""
    notes: tuple[str, ...] = ()


def read_report(
    file: IO[bytes],
    manifest: str,
    folder: JobFolder | None,
    settings: ReportSettings,
    on_document: Callable[[], None] = lambda: None,
) -> Report:
    """The report of a manifest that can be read twice.

    manifest: its name, for messages. folder: the job's tree with the answers; None makes a report without them. on_document: told of each
    document that was read. Raises ManifestError, RequestError, TruthError or StorageError.
    """
    attribute = job_attribute(file, manifest, folder.name if folder else "", settings.attribute)
    assert attribute.kind is not None
    responses = read_responses(folder) if folder else Responses()
    file.seek(0)
    reader = _Reader(attribute, responses, settings, on_document)
    digest = hashlib.sha256()
    documents = tuple(reader.documents(_hashed(file, digest), manifest))
    return Report(
        job=reader.job or (folder.name if folder else PurePosixPath(manifest).stem),
        attribute=attribute.name,
        kind=attribute.kind,
        digest=digest.hexdigest()[:16],
        created=settings.created,
        categories=reader.categories.all,
        workers=tuple(reader.workers),
        documents=documents,
        sample=_sample(documents, settings),
        has_truth=any(document.truth is not None for document in documents),
        notes=(*settings.notes, *_notes(folder, responses, documents)),
    )


def job_attribute(file: IO[bytes], manifest: str, job: str, requested: str | None) -> Attribute:
    """The label attribute of a job's output manifest: the one requested, the only one, or the one that the job called `job` wrote.

    Raises RequestError when that leaves several, ManifestError when there is none.
    """
    file.seek(0)
    found = survey(file, manifest, fields=True)
    if (requested in found.attributes and found.attributes[requested].kind is None) or (
        found.attributes and all(one.kind is None for one in found.attributes.values())
    ):
        raise ManifestError(
            f'{manifest}: no line has a label under "{requested or ", ".join(found.attributes)}" that a report shows: a document type, boxes or '
            "fields. If all objects failed, their lines say why."
        )
    if requested or len(found.attributes) == 1:
        return found.select((requested,) if requested else (), manifest)[0]
    file.seek(0)
    own = set()
    for number, line in enumerate(file, 1):
        if line.strip():
            data_object = parsed(line, manifest, number)
            own |= {
                name for name in found.attributes if _job_of(data_object.get(name + METADATA)).lower() == job.lower()
            }
            if own:
                break
    return found.select(own if len(own) == 1 else (), manifest)[0]


def _job_of(metadata: Any) -> str:
    name = metadata.get("job-name") if isinstance(metadata, dict) else None
    return name.rpartition("/")[2] if isinstance(name, str) else ""


def _hashed(lines: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for line in lines:
        digest.update(line)
        yield line


@dataclass
class _Reader:
    """Reads lines one after the other; workers and categories grow as they are met."""

    attribute: Attribute
    responses: Responses
    settings: ReportSettings
    on_document: Callable[[], None]
    job: str = ""
    workers: dict[str, int] = field(default_factory=dict)
    categories: Categories = field(init=False)

    def __post_init__(self) -> None:
        assert self.attribute.kind is not None
        self.kind: Kind = self.attribute.kind
        self.categories = Categories(job_categories(self.attribute, self.settings.labels, self.settings.usual_labels))

    def documents(self, lines: Iterable[bytes], manifest: str) -> Iterator[Document]:
        """A document for each line that is not blank."""
        position = 0
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield self._document(position, parsed(line, manifest, number))
                position += 1
                self.on_document()

    def _document(self, line: int, data_object: Mapping[str, Any]) -> Document:
        value = data_object.get(self.attribute.name)
        metadata = data_object.get(self.attribute.name + METADATA)
        metadata = metadata if isinstance(metadata, dict) else {}
        self.job = self.job or _job_of(metadata)
        label = read_label(value, metadata) if value is not None else None
        if label is not None and label.kind is not self.kind:
            label = None
        content, items = (None, {}) if label is None else label_content(label, value, self.categories)
        truth = self._truth(data_object)
        source = _text(data_object.get("source-ref"))
        answers, size = self._answers(self.responses.of(line, source), content, truth)
        if label is not None and label.size is not None:
            size = (label.size.width, label.size.height)
        return Document(
            line=line,
            name=_name(data_object, source, line),
            source=source,
            vendor=_text(data_object.get("vendor")),
            page=data_object["page"] if isinstance(data_object.get("page"), int) else 1,
            status=FAILED if label is None else label.status,
            reason=_reason(value, metadata, label),
            confidence=None if label is None else label.confidence,
            label=content,
            items=items,
            answers=answers,
            truth=truth,
            against_truth=self._compare(content or Content(fields={}), truth) if truth is not None else None,
            size=size,
            image=self.settings.address(source) if source else "",
            text=_text(data_object.get("source"))[:_LONGEST_TEXT],
        )

    def _truth(self, data_object: Mapping[str, Any]) -> Content | None:
        truth = self.settings.truth.of(data_object) if self.settings.truth is not None else None
        return None if truth is None else truth_content(self.kind, truth, self.categories)

    def _answers(
        self, responses: Sequence[Response], label: Content | None, truth: Content | None
    ) -> tuple[tuple[Answer, ...], tuple[int, int] | None]:
        answers = []
        size = None
        for response in responses:
            content, own_size = answer_content(self.kind, response.content, self.categories)
            size = size or own_size
            worker = self.workers.setdefault(response.worker, len(self.workers))
            against_label = self._compare(content, label) if label is not None else None
            against_truth = self._compare(content, truth) if truth is not None else None
            answers.append(Answer(worker, response.submitted, response.seconds, content, against_label, against_truth))
        return tuple(answers), size

    def _compare(self, content: Content, reference: Content) -> Comparison:
        return compare(self.kind, content, reference, self.categories.given)


def job_categories(
    attribute: Attribute, labels: Sequence[Mapping[str, Any]], usual: Sequence[Sequence[Mapping[str, Any]]] = ()
) -> list[Category]:
    """The config's categories, then those of the labels that it lacks. Without a config the first usual one that lacks none."""
    names = {*attribute.class_names(), *attribute.fields}
    fitting = (config for config in usual if names and names <= {entry["label"] for entry in config})
    labels = labels or next(fitting, ())
    made = {}
    for entry in labels:
        name = entry["label"]
        shown, kind, order = entry.get("displayName"), entry.get("type"), entry.get("dateOrder")
        made[name] = Category(
            name,
            shown if isinstance(shown, str) and shown else name,
            kind if isinstance(kind, str) else None,
            order if isinstance(order, str) else None,
            _text(entry.get("description")),
            entry.get("required") is not False,
        )
    for name in (*attribute.class_names(), *attribute.fields):
        made.setdefault(name, Category(name, name.replace("_", " ").capitalize() if name.isidentifier() else name))
    return list(made.values())


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def _name(data_object: Mapping[str, Any], source: str, line: int) -> str:
    """What the document is called: its own name, else its image's, else the beginning of its text."""
    name = _text(data_object.get("document")) or source.rpartition("/")[2]
    return name or _text(data_object.get("source")).strip()[:60] or f"line {line + 1}"


def _reason(value: Any, metadata: Mapping[str, Any], label: Label | None) -> str:
    own = value.get("reason") if isinstance(value, dict) else None
    failure = metadata.get("failure-reason")
    reason = own if isinstance(own, str) else failure if isinstance(failure, str) else ""
    if not reason and label is None:
        reason = "The line has no label." if value is None else "The label is of another shape."
    return reason[:_LONGEST_REASON]


def _sample(documents: Sequence[Document], settings: ReportSettings) -> tuple[int, ...]:
    """A random sample of the documents that have a label, in the order of the manifest."""
    labelled = [position for position, document in enumerate(documents) if document.label is not None]
    drawn = random.Random(settings.seed).sample(labelled, min(settings.sample, len(labelled)))  # noqa: S311 (no secret)
    return tuple(sorted(drawn))


def _notes(folder: JobFolder | None, responses: Responses, documents: Sequence[Document]) -> tuple[str, ...]:
    notes = []
    if folder is None:
        notes.append(
            "The manifest lies in no job's folder, so workers' answers are not shown. Name it with --responses."
        )
    elif not responses.files:
        notes.append("There are no worker responses beside the manifest, so workers' answers are not shown.")
    if responses.unreadable:
        notes.append(
            f"{len(responses.unreadable)} worker-response file(s) could not be read, first {responses.unreadable[0]}."
        )
    if without := sum(1 for document in documents if document.source and not document.image):
        notes.append(f"{without:,} page image(s) are not shown: their place is not known. Name a folder with --source.")
    return tuple(notes)
