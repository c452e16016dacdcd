"""Checks an input manifest: every bad line, and what only the whole of it shows.

One pass, line by line. What is kept of each line is eight bytes of its source's hash, to find repeated objects.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from groundtruth.check import rules
from groundtruth.check.finding import Finding, Rule
from groundtruth.errors import InputError
from groundtruth.manifest.checking import check_line, is_part_of_document
from groundtruth.storage import S3Location

MOST_OBJECTS = 100_000
"""Data objects of one job (developer guide, input-data-limits)."""

NOT_SHOWN = frozenset({".tif", ".tiff", ".pdf", ".heic", ".heif", ".jp2", ".psd", ".eps"})
"""Endings of files that browsers do not show as an image."""

_LINE_RULES: dict[str, Rule] = {rule.id: rule for rule in rules.all_rules() if rule.id.startswith("manifest-")}


@dataclass
class ManifestSummary:
    """What a manifest holds.

    labeled: lines that have the job's label already. buckets: bucket to data objects. examples: bucket to one key of it. first: the first good lines,
    number and data object. sources: every line's number and `source-ref`, when they were asked for.
    """

    objects: int = 0
    labeled: int = 0
    buckets: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    first: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    sources: list[tuple[int, str]] = field(default_factory=list)


class ManifestCheck:
    """A check of one manifest. label_attribute: the job's, when it is known. keep_sources: keep every `source-ref` in the summary."""

    def __init__(
        self, file: str, label_attribute: str | None = None, *, keep_first: int = 5, keep_sources: bool = False
    ) -> None:
        self.summary = ManifestSummary()
        self._file = file
        self._attribute = label_attribute
        self._keep_first = keep_first
        self._keep_sources = keep_sources
        self._seen: dict[int, int] = {}
        self._kinds: dict[str, int] = {}
        self._bucket_lines: dict[str, int] = {}
        self._first_labeled = 0

    def findings(self, lines: Iterable[bytes]) -> Iterator[Finding]:
        """Every finding, those of lines first. The summary is complete when the iterator is exhausted."""
        blank: list[int] = []
        number = 0
        for number, raw in enumerate(lines, 1):
            line = raw.rstrip(b"\r\n")
            if not line.strip():
                blank.append(number)
                continue
            yield from (self._finding(rules.MANIFEST_BLANK, "The line is blank.", "Remove it.", at) for at in blank)
            blank.clear()
            if number == 1 and (document := _document(line)):
                yield self._finding(
                    rules.MANIFEST_DOCUMENT, document, "Write one JSON object a line, with nothing around them.", 1
                )
                return
            yield from self._line(number, line)
        if self.summary.objects == 0 and len(blank) == number:
            yield self._finding(rules.MANIFEST_EMPTY, "The manifest is empty.", "Write one JSON object a line.", None)
        yield from self._whole()

    def _line(self, number: int, line: bytes) -> Iterator[Finding]:
        checked = check_line(line)
        for problem in checked.problems:
            message = problem.message[0].upper() + problem.message[1:]
            yield self._finding(_LINE_RULES[problem.rule], message, problem.remedy, number)
        self.summary.objects += 1
        data_object = checked.data_object
        if data_object is None:
            return
        if len(self.summary.first) < self._keep_first and not checked.problems:
            self.summary.first.append((number, data_object))
        yield from self._source(number, data_object)
        if self._attribute is not None and self._attribute in data_object:
            yield from self._label(number, data_object)

    def _source(self, number: int, data_object: dict[str, object]) -> Iterator[Finding]:
        kind = "source-ref" if "source-ref" in data_object else "source"
        source = data_object.get(kind)
        if not isinstance(source, str) or not source:
            return
        self._kinds.setdefault(kind, number)
        before = self._seen.setdefault(hash((kind, source)), number)
        if before != number:
            yield self._finding(
                rules.MANIFEST_REPEATED,
                f'"{kind}" is the same as on line {before:,}.',
                "Remove one of the two lines.",
                number,
            )
        if kind == "source-ref":
            yield from self._object(number, source)

    def _object(self, number: int, uri: str) -> Iterator[Finding]:
        try:
            location = S3Location.parse(uri)
        except InputError:
            return
        self.summary.buckets[location.bucket] += 1
        self._bucket_lines.setdefault(location.bucket, number)
        self.summary.examples.setdefault(location.bucket, location.key)
        if self._keep_sources and location.key:
            self.summary.sources.append((number, uri))
        ending = PurePosixPath(location.key).suffix.lower()
        if ending in NOT_SHOWN:
            yield self._finding(
                rules.MANIFEST_IMAGE_TYPE,
                f'The object is a {ending.removeprefix(".").upper()} file ("{location.key[-60:]}").',
                "Render its pages to PNG or JPEG, one line a page.",
                number,
            )

    def _label(self, number: int, data_object: dict[str, object]) -> Iterator[Finding]:
        if isinstance(data_object.get(f"{self._attribute}-metadata"), dict):
            self.summary.labeled += 1
            self._first_labeled = self._first_labeled or number
            return
        yield self._finding(
            rules.MANIFEST_LABEL_COLLISION,
            f'The line has a key "{self._attribute}" of its own, which is the job\'s label attribute.',
            "Rename the key, or give the job another LabelAttributeName.",
            number,
        )

    def _whole(self) -> Iterator[Finding]:
        count, buckets = self.summary.objects, self.summary.buckets
        if count > MOST_OBJECTS:
            message = f"The manifest has {count:,} data objects; a job takes {MOST_OBJECTS:,}."
            yield self._finding(rules.MANIFEST_COUNT, message, "Split it into several manifests.", None)
        if labeled := self.summary.labeled:
            message = f'{labeled:,} of {count:,} lines have a label "{self._attribute}" already.'
            remedy = "To have all labeled again, give the job another LabelAttributeName."
            yield self._finding(rules.MANIFEST_LABELED, message, remedy, self._first_labeled)
        if len(self._kinds) > 1:
            kind, number = max(self._kinds.items(), key=lambda item: item[1])
            message = f'Here "{kind}" begins; lines before have the other kind of source.'
            yield self._finding(rules.MANIFEST_MIXED, message, "Make a manifest for each kind.", number)
        if len(buckets) > 1:
            named = ", ".join(f"{bucket} ({objects:,})" for bucket, objects in buckets.most_common(10))
            more = f" and {len(buckets) - 10:,} more" if len(buckets) > 10 else ""
            second = sorted(self._bucket_lines.values())[1]
            remedy = (
                "Give each bucket the CORS rule of docs/deploy.md, and the role s3:GetObject there; or use one bucket."
            )
            yield self._finding(
                rules.MANIFEST_BUCKETS, f"The objects lie in {len(buckets):,} buckets: {named}{more}.", remedy, second
            )

    def _finding(self, rule: Rule, message: str, remedy: str, line: int | None) -> Finding:
        return rule.finding(message, remedy, line=line, file=self._file)


def _document(first_line: bytes) -> str:
    """What the manifest is instead, when its first line shows that it is no JSON Lines."""
    text = first_line.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    if text.startswith("["):
        return "The manifest is a JSON array."
    if is_part_of_document(text):
        return "The manifest is a pretty-printed JSON document."
    return ""
