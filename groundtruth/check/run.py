"""Checks several things at once, each by itself and then against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groundtruth.check.categories import category_findings, category_names
from groundtruth.check.document import JsonDocument, parse_document, read_text
from groundtruth.check.manifest import ManifestCheck, ManifestSummary
from groundtruth.check.report import Checked, Report
from groundtruth.check.request import label_attribute_findings, request_findings
from groundtruth.check.template import WorkerTemplate, template_findings
from groundtruth.errors import RequestError


@dataclass(frozen=True)
class Subjects:
    """What to check: files by kind, and what is known of the job.

    label_attribute, task_type: the job's, where no request says it.
    """

    manifests: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    label_categories: tuple[Path, ...] = ()
    requests: tuple[Path, ...] = ()
    label_attribute: str | None = None
    task_type: str | None = None


def check(subjects: Subjects) -> Report:
    """Check everything. Raises InputError when a file cannot be read or an argument means nothing."""
    return _Run(subjects).report


class _Run:
    """One run: what a check learns, a later one may use."""

    def __init__(self, subjects: Subjects) -> None:
        self.report = Report()
        self._subjects = subjects
        self._requests = [self._request(path) for path in subjects.requests]
        self._attribute = self._label_attribute()
        self._categories = [self._category_config(path) for path in subjects.label_categories]
        self._manifests = [self._manifest(path) for path in subjects.manifests]
        self._templates = [self._template(path) for path in subjects.templates]

    def _request(self, path: Path) -> Mapping[str, object]:
        document = parse_document(read_text(path), str(path))
        request = document.value if isinstance(document.value, Mapping) else {}
        self.report.checked.append(Checked("request", str(path)))
        self.report.add(document.problems)
        if document.value is not None:
            found = request_findings("CreateLabelingJob", request)
            self.report.add(document.located(finding) for finding in found)
        return request

    def _label_attribute(self) -> str | None:
        """The job's label attribute, from the option or the request."""
        given = self._subjects.label_attribute
        if given is not None:
            wrong = next(label_attribute_findings(given, "--label-attribute"), None)
            if wrong is not None:
                raise RequestError(f"{wrong.message} {wrong.remedy}")
            return given
        named = {name for request in self._requests if isinstance(name := request.get("LabelAttributeName"), str)}
        return named.pop() if len(named) == 1 else None

    def _category_config(self, path: Path) -> tuple[JsonDocument, list[str]]:
        document = parse_document(read_text(path), str(path))
        names = category_names(document.value)
        self.report.checked.append(Checked("label-categories", str(path), {"labels": len(names)}))
        self.report.add(category_findings(document, self._subjects.task_type))
        return document, names

    def _manifest(self, path: Path) -> ManifestSummary:
        check = ManifestCheck(str(path), self._attribute)
        try:
            with path.open("rb") as lines:
                self.report.add(check.findings(lines))
        except OSError as error:
            raise RequestError(f"{path}: the manifest cannot be read ({error.strerror}).") from error
        facts: dict[str, object] = {"objects": check.summary.objects, "buckets": dict(check.summary.buckets)}
        self.report.checked.append(Checked("manifest", str(path), facts))
        return check.summary

    def _template(self, path: Path) -> WorkerTemplate:
        template = WorkerTemplate(read_text(path), str(path))
        self.report.checked.append(Checked("template", str(path), {"characters": len(template.source)}))
        self.report.add(template_findings(template))
        return template
