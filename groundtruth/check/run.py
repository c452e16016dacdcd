"""Checks several things at once, each by itself and then against each other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from groundtruth.check.account import Account
from groundtruth.check.categories import category_findings, category_names
from groundtruth.check.document import JsonDocument, parse_document, read_text
from groundtruth.check.finding import Finding
from groundtruth.check.manifest import ManifestCheck, ManifestSummary
from groundtruth.check.objects import object_findings
from groundtruth.check.pages import label_findings, page_findings
from groundtruth.check.report import Checked, Report
from groundtruth.check.request import request_findings
from groundtruth.check.stack import stack_findings
from groundtruth.check.tasks import PreAnnotation, TaskInput, task_inputs
from groundtruth.check.template import WorkerTemplate, template_findings
from groundtruth.errors import RequestError
from groundtruth.jobs.categories import LabelCategories, read_label_categories


@dataclass(frozen=True)
class Subjects:
    """What to check: files by kind, and what is known of the job.

    label_attribute, task_type: the job's, where no request says it. sam_template: declares the task type's functions, which are invoked on the
    first data objects. task_categories: the label category config they read when none is checked.
    stack: the name of a CloudFormation stack. endpoint_url: where AWS's services are, None for AWS; account: what is asked instead. objects: look in S3
    at every object of the manifests. names: what findings call a file, where not by its path. coming: S3 URIs of objects that will be there when the
    job starts. without: ids of rules that do not matter.
    """

    manifests: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    label_categories: tuple[Path, ...] = ()
    requests: tuple[Path, ...] = ()
    label_attribute: str | None = None
    task_type: str | None = None
    sam_template: Path | None = None
    task_categories: Path | None = None
    stack: str | None = None
    endpoint_url: str | None = None
    objects: bool = False
    account: Account | None = None
    names: Mapping[Path, str] = field(default_factory=dict)
    coming: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    def name(self, path: Path) -> str:
        """What findings call the file."""
        return self.names.get(path, str(path))


def check(subjects: Subjects) -> Report:
    """Check everything. Raises InputError when a file cannot be read or an argument means nothing."""
    return _Run(subjects).report


class _Run:
    """One run: what a check learns, a later one may use."""

    def __init__(self, subjects: Subjects) -> None:
        self.report = Report(subjects.without)
        self._subjects = subjects
        self._requests = [self._request(path) for path in subjects.requests]
        self._attribute = self._label_attribute()
        self._categories = [self._category_config(path) for path in subjects.label_categories]
        self._manifests = [self._manifest(path) for path in subjects.manifests]
        self._templates = [self._template(path) for path in subjects.templates]
        self._check_pages()
        self._check_account()

    def _request(self, path: Path) -> Mapping[str, object]:
        document = parse_document(read_text(path), self._subjects.name(path))
        request = document.value if isinstance(document.value, Mapping) else {}
        self.report.checked.append(Checked("request", document.file))
        self.report.add(document.problems)
        if document.value is not None:
            found = request_findings("CreateLabelingJob", cast("Mapping[str, object]", document.value))
            self.report.add(document.located(finding) for finding in found)
        return request

    def _label_attribute(self) -> str | None:
        """The job's label attribute, from the option or the request."""
        given = self._subjects.label_attribute
        if given is not None:
            for wrong in request_findings("CreateLabelingJob", {"LabelAttributeName": given}):
                if wrong.path == "LabelAttributeName":
                    raise RequestError(f"--label-attribute: {wrong.message} {wrong.remedy}")
            return given
        named = {name for request in self._requests if isinstance(name := request.get("LabelAttributeName"), str)}
        return named.pop() if len(named) == 1 else None

    def _category_config(self, path: Path) -> JsonDocument:
        document = parse_document(read_text(path), self._subjects.name(path))
        names = category_names(document.value)
        self.report.checked.append(Checked("label-categories", document.file, {"labels": len(names)}))
        self.report.add(category_findings(document, self._subjects.task_type))
        return document

    def _manifest(self, path: Path) -> tuple[str, ManifestSummary]:
        name = self._subjects.name(path)
        check = ManifestCheck(name, self._attribute, keep_sources=self._subjects.objects)
        try:
            with path.open("rb") as lines:
                self.report.add(check.findings(lines))
        except OSError as error:
            raise RequestError(f"{name}: the manifest cannot be read ({error.strerror}).") from error
        summary = check.summary
        facts = {"objects": summary.objects, "labeled": summary.labeled, "buckets": dict(summary.buckets)}
        self.report.checked.append(Checked("manifest", name, facts))
        return name, summary

    def _template(self, path: Path) -> WorkerTemplate:
        template = WorkerTemplate(read_text(path), self._subjects.name(path))
        self.report.checked.append(Checked("template", template.file, {"characters": len(template.source)}))
        self.report.add(template_findings(template))
        return template

    def _check_pages(self) -> None:
        """Templates against the label categories and, where it can be known, against what workers would be shown."""
        categories = self._job_categories()
        config = None if categories is None else json.loads(categories.text)
        tasks = self._task_inputs(categories)
        for template in self._templates:
            if tasks:
                self.report.add(page_findings(template, tasks, config))
            elif config is not None:
                self.report.add(label_findings(template, config))

    def _job_categories(self) -> LabelCategories | None:
        """The job's label categories; None when there are none that can be used, which has been said."""
        paths = self._subjects.label_categories
        path = paths[0] if len(paths) == 1 else self._subjects.task_categories if not paths else None
        if path is None or (self._categories and not category_names(self._categories[0].value)):
            return None
        try:
            return read_label_categories(path)
        except RequestError:
            if self._categories:
                return None
            raise

    def _task_inputs(self, categories: LabelCategories | None) -> list[TaskInput]:
        objects = [(file, line, value) for file, summary in self._manifests for line, value in summary.first]
        subjects = self._subjects
        if subjects.task_type is not None and subjects.sam_template is not None and categories is not None and objects:
            names = [name for request in self._requests if isinstance(name := request.get("LabelingJobName"), str)]
            function = PreAnnotation(subjects.sam_template, subjects.task_type, categories, *names[:1])
            findings: list[Finding] = []
            inputs = task_inputs(function, objects, findings)
            self.report.add(findings)
            return inputs
        human = self._requests[0].get("HumanTaskConfig") if len(self._requests) == 1 else None
        if isinstance(human, Mapping) and "PreHumanTaskLambdaArn" not in human:
            return [TaskInput(file, line, value) for file, line, value in objects]
        return []

    def _check_account(self) -> None:
        """What lies in AWS: the manifests' objects, and the stack with what the job would use of it."""
        subjects = self._subjects
        account = subjects.account or Account(subjects.endpoint_url)
        if subjects.objects:
            for file, summary in self._manifests:
                self.report.add(object_findings(account, file, summary.sources))
        if subjects.stack is not None:
            images = {bucket: key for _, summary in self._manifests for bucket, key in summary.examples.items()}
            request = self._requests[0] if len(self._requests) == 1 else None
            findings, facts = stack_findings(
                account,
                subjects.stack,
                task_type=subjects.task_type,
                images=images,
                request=request,
                coming=subjects.coming,
            )
            self.report.checked.append(Checked("stack", f"stack {subjects.stack}", facts))
            self.report.add(findings)
