"""Exports the labels of an output manifest: looks through it once, then reads, filters, splits and writes its pages one after the other."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from groundtruth.errors import RequestError
from groundtruth.export.folder import OutputFolder, claim
from groundtruth.export.formats import FORMATS, Format, Page, Target, Writer
from groundtruth.export.formats.base import Classes
from groundtruth.export.images import ImageMode
from groundtruth.export.labels import CLIPPED, UNKNOWN_CLASS
from groundtruth.export.lines import METADATA, labelled_document, opened, parsed, read_labels, with_size
from groundtruth.export.loading import NO_IMAGE, Loaded, Loader
from groundtruth.export.model import ImageSize, Kind, LabelledDocument
from groundtruth.export.names import PageNames
from groundtruth.export.settings import ExportSettings
from groundtruth.export.sources import Sources
from groundtruth.export.splits import Splits
from groundtruth.export.summary import Findings, Part, Summary
from groundtruth.export.survey import Survey, survey
from groundtruth.storage import Storage


def export(
    manifest: str,
    out: Path,
    settings: ExportSettings,
    storage: Storage,
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Summary:
    """Export the labels of `manifest`, a file or an `s3://` URI, into the folder `out`, and write `summary.json` there.

    progress: is told the lines done and all lines. Raises ManifestError at a line that cannot be read, RequestError for settings or a folder that cannot
    be used, StorageError when S3 or the disk fails. What cannot be exported of a page is counted and listed and fails nothing.
    """
    format_ = FORMATS[settings.to]
    splits = Splits(settings.split, settings.split_by, settings.seed)
    with opened(manifest, storage) as file:
        digest = _digest(file)
        observe = splits.observe if splits.needs_observing else None
        found = survey(file, manifest, observe, format_.wants_field_names)
        _check(manifest, settings, format_, found)
        claim(out, {**settings.as_json(), "manifest": manifest, "manifest_sha256": digest}, overwrite)
        with OutputFolder(out) as folder:
            listing = folder.stream("left-out.jsonl")
            task = _Export(
                manifest, settings, format_, found, splits, folder, listing, Sources(storage, settings.source)
            )
            file.seek(0)
            summary = task.run(file, progress)
        (out / "summary.json").write_text(json.dumps(summary.as_json(), indent=1, ensure_ascii=True) + "\n")
    return summary


def _digest(file: IO[bytes]) -> str:
    """What tells one manifest from another; the file is at its start again."""
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _check(manifest: str, settings: ExportSettings, format_: Format, found: Survey) -> None:
    """Raises RequestError when the settings ask for what cannot be."""
    for attribute in found.select(settings.label_attributes, manifest):
        if attribute.kind not in format_.kinds:
            others = ", ".join(other.name for other in FORMATS.values() if attribute.kind in other.kinds)
            raise RequestError(
                f'{manifest}: "{attribute.name}" holds {attribute.kind}, which {format_.name} has no place for. Export it to one of: {others}.'
            )
    if (
        Kind.BOXES in format_.kinds
        and format_.needs_size
        and all(found.attributes[name].kind is not Kind.BOXES for name in _selected(settings, found))
    ):
        raise RequestError(f"{manifest}: {format_.name} needs boxes. Choose a label of boxes with --label-attribute.")
    if settings.images is ImageMode.LINK and settings.source is None:
        raise RequestError("--images link: needs the folder of the images. Add --source FOLDER, or use --images copy.")
    if settings.source is not None and not settings.source.is_dir():
        raise RequestError(f"{settings.source}: is not a folder.")


def _selected(settings: ExportSettings, found: Survey) -> tuple[str, ...]:
    return settings.label_attributes or tuple(found.attributes)


@dataclass(slots=True)
class _Counts:
    """What has been written."""

    pages: Counter[str] = field(default_factory=Counter)
    boxes: Counter[str] = field(default_factory=Counter)
    groups: dict[str, set[int]] = field(default_factory=dict)
    classes: Counter[str] = field(default_factory=Counter)
    document_types: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)

    def add(self, page: Page) -> None:
        """One page."""
        document = page.document
        self.pages[page.part] += 1
        self.boxes[page.part] += len(document.boxes)
        if page.group:
            self.groups.setdefault(page.part, set()).add(page.group)
        self.classes.update([box[0] for box in document.boxes])
        if document.document_type is not None:
            self.document_types[document.document_type.name] += 1
        for value in document.fields:
            if value.value is not None:
                self.fields[value.name] += 1


class _Export:
    """One export under way."""

    def __init__(
        self,
        manifest: str,
        settings: ExportSettings,
        format_: Format,
        found: Survey,
        splits: Splits,
        folder: OutputFolder,
        listing: IO[bytes],
        sources: Sources,
    ) -> None:
        self._manifest, self._settings, self._format = manifest, settings, format_
        self._found, self._splits, self._folder, self._sources = found, splits, folder, sources
        self._attributes = _selected(settings, found)
        self._left_out = Findings(listing, "page")
        self._details = Findings(listing, "part of a page")
        self._changed = Findings(listing, "change")
        self._names = PageNames()
        self._counts = _Counts()
        self._target = self._make_target()

    def run(self, file: IO[bytes], progress: Callable[[int, int], None]) -> Summary:
        """Write every page that can be."""
        writer = self._format.writer(self._target)
        with Loader(self._settings, self._format, self._folder, self._sources) as loader:
            for loaded in loader.pages(self._pages(self._documents(file, progress))):
                self._write(loaded, writer)
        writer.close()
        return self._summary()

    def _make_target(self) -> Target:
        chosen = [self._found.attributes[name] for name in self._attributes]
        names = {attribute.kind: attribute.class_names() for attribute in chosen}
        given = list(self._settings.label_categories)
        listed = {Kind.BOXES: names.get(Kind.BOXES, []), Kind.TYPE: names.get(Kind.TYPE, [])}
        if given:
            listed[Kind.BOXES if Kind.BOXES in names else Kind.TYPE] = given
        return Target(
            folder=self._folder,
            kinds=frozenset(attribute.kind for attribute in chosen if attribute.kind is not None),
            parts=self._splits.parts,
            box_classes=Classes(listed[Kind.BOXES]),
            type_classes=Classes(listed[Kind.TYPE]),
            field_names=tuple(name for attribute in chosen for name in attribute.fields),
            label_attributes=frozenset(self._found.attributes),
            with_images=self._settings.images is not ImageMode.NONE,
            changed=self._changed,
        )

    def _documents(self, file: IO[bytes], progress: Callable[[int, int], None]) -> Iterator[LabelledDocument]:
        """The lines with a label that passes the filters."""
        done = 0
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            data_object = parsed(line, self._manifest, number)
            labels = read_labels(data_object, self._attributes)
            reason, detail = self._reason_to_leave(data_object, labels)
            if not reason:
                document = labelled_document(number, data_object, labels)
                reason, detail = self._reason_to_filter(document)
            if reason:
                self._left_out.add(reason, number, str(data_object.get("source-ref") or ""), detail)
            else:
                yield self._with_known_classes(document)
            done += 1
            if done % 500 == 0:
                progress(done, self._found.lines)
        progress(done, self._found.lines)

    def _reason_to_leave(self, data_object: Mapping[str, Any], labels: Mapping[str, Any]) -> tuple[str, str]:
        if data_object.get(self._settings.gold_key) and not self._settings.with_gold:
            return "gold", ""
        missing = [name for name in self._attributes if name not in labels]
        if not missing:
            return "", ""
        for name in missing:
            metadata = data_object.get(name + METADATA)
            if isinstance(metadata, dict) and metadata.get("failure-reason"):
                return "failed", f"{name}: {metadata['failure-reason']}"[:500]
        unreadable = [name for name in missing if data_object.get(name) is not None]
        return ("label that cannot be read", unreadable[0]) if unreadable else ("no label", ", ".join(missing))

    def _reason_to_filter(self, document: LabelledDocument) -> tuple[str, str]:
        types = [label for label in document.labels.values() if label.kind is Kind.TYPE]
        if document.status not in self._settings.statuses or (types and document.document_type is None):
            return f"status {document.status}", ""
        confidence, least = document.confidence, self._settings.minimum_confidence
        if least > 0 and (confidence is None or confidence < least):
            return "low confidence", "none" if confidence is None else f"{confidence:g}"
        wants_image = self._format.needs_image or self._settings.images is not ImageMode.NONE
        if wants_image and not document.source_ref:
            return NO_IMAGE, "the line holds its text in source"
        return "", ""

    def _with_known_classes(self, document: LabelledDocument) -> LabelledDocument:
        """The document without boxes of classes outside the given list; what is wrong with its labels is told."""
        where = (document.line, document.source_ref)
        for label in document.labels.values():
            for reason, detail in label.problems:
                self._tell(reason, detail, where)
        known = self._settings.label_categories
        if not known or all(box.label in known for box in document.boxes):
            return document
        for box in document.boxes:
            if box.label not in known:
                self._details.add(UNKNOWN_CLASS, *where, box.label)
        return document._replace(boxes=tuple(box for box in document.boxes if box.label in known))

    def _tell(self, reason: str, detail: str, where: tuple[int, str]) -> None:
        (self._changed if reason == CLIPPED else self._details).add(reason, *where, detail)

    def _pages(self, documents: Iterable[LabelledDocument]) -> Iterator[Page]:
        for document in documents:
            stem, suffix = self._names.name(document.source_ref, document.line)
            part, group = self._splits.placed(document.data_object)
            yield Page(document, part, group, stem, suffix)

    def _write(self, loaded: Loaded, writer: Writer) -> None:
        page, where = loaded.page, (loaded.page.document.line, loaded.page.document.source_ref)
        failure = loaded.failure
        if failure is None:
            page = self._sized(page, loaded.image_size)
            document = page.document
            reason = "no image size" if self._format.needs_size and document.size is None else ""
            reason = reason or self._format.refusal(document)
            failure = (reason, "") if reason else None
        if failure is not None:
            self._left_out.add(failure[0], *where, failure[1])
            return
        writer.write(page)
        self._counts.add(page)

    def _sized(self, page: Page, size: ImageSize | None) -> Page:
        """The page with the size that its image's file states, when the label states none."""
        document = page.document
        if size is None:
            return page
        where = (document.line, document.source_ref)
        if document.size is None:
            problems: list[tuple[str, str]] = []
            document = with_size(document, size, problems)
            for reason, detail in problems:
                self._tell(reason, detail, where)
            return page._replace(document=document)
        stated = document.size
        if (stated.width, stated.height) != (size.width, size.height):
            detail = f"the label says {stated.width} x {stated.height}, the file {size.width} x {size.height}"
            self._changed.add("image size differs", *where, detail)
        return page

    def _summary(self) -> Summary:
        counts, splits = self._counts, self._splits
        groups = {part: len(found) for part, found in counts.groups.items()}
        return Summary(
            format=self._format.name,
            manifest=self._manifest,
            label_attributes=tuple(self._attributes),
            lines=self._found.lines,
            parts={
                part: Part(
                    counts.pages[part], counts.boxes[part], groups.get(part, 0) if self._settings.split else None
                )
                for part in splits.parts
            },
            classes=_ordered(counts.classes, self._target.box_classes.names),
            document_types=_ordered(counts.document_types, self._target.type_classes.names),
            fields=dict(counts.fields),
            left_out=self._left_out.found(),
            left_out_details=self._details.found(),
            changed=self._changed.found(),
            missing_keys={key: count for key, count in splits.without.items() if count},
            renamed=self._names.renamed,
        )


def _ordered(counts: Counter[str], names: Sequence[str]) -> dict[str, int]:
    """Counts in the order of the classes, those without any included."""
    return {name: counts[name] for name in names}
