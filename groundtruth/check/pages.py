"""Checks a template's pages: rendered with the task inputs that workers would get, and against the label categories."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import boto3
import json5

from groundtruth.check import rules
from groundtruth.check.categories import category_names
from groundtruth.check.elements import ELEMENT_RULES
from groundtruth.check.finding import Finding
from groundtruth.check.liquid_source import LiquidSource
from groundtruth.check.markup import Element, Markup
from groundtruth.check.tasks import TaskInput
from groundtruth.check.template import WorkerTemplate
from groundtruth.check.template_elements import element_findings, labels_finding
from groundtruth.check.template_values import value_findings
from groundtruth.errors import TemplateError
from groundtruth.templates import Page, Template, signer

_OF_PAGES = {
    rules.TEMPLATE_ATTRIBUTE,
    rules.TEMPLATE_NAME,
    rules.TEMPLATE_NAME_TWICE,
    rules.TEMPLATE_VALUE,
    rules.TEMPLATE_LABELS_LIMIT,
    rules.TEMPLATE_LABELS_MANY,
    rules.TEMPLATE_S3_URI,
}
"""What only a page shows when the value comes from the task."""

_LIFETIME = 3600


def page_findings(template: WorkerTemplate, tasks: Sequence[TaskInput], config: object | None) -> Iterator[Finding]:
    """What is wrong with the pages of some tasks, each mistake once.

    config: the job's label categories, parsed; None when they are not known.
    """
    client = boto3.client("s3", "us-east-1", aws_access_key_id="check", aws_secret_access_key="check")  # noqa: S106 (signs URLs nobody opens)
    sign = signer(client, _LIFETIME)
    try:
        parsed = Template.parse(template.source, template.file)
    except TemplateError:
        return  # the template's own check has said so
    told: set[tuple[str, str]] = set()
    for task in tasks:
        try:
            page = parsed.page(task.value, sign=sign)
        except TemplateError as error:
            found = [_unrendered(error, task, template)]
        else:
            found = [*_undefined(page, task, template), *_elements(page, task, template)]
            found += _labels(page.html, config, template) if config is not None else ()
        for finding in found:
            key = (finding.rule, finding.path or finding.message)
            if key not in told:
                told.add(key)
                yield replace(finding, path="")


def _unrendered(error: TemplateError, task: TaskInput, template: WorkerTemplate) -> Finding:
    said = re.match(r"(?:, line (\d+))?: (.*)", str(error).removeprefix(template.file), re.DOTALL)
    line, what = (said[1], said[2]) if said else (None, str(error))
    return rules.TASK_RENDER.finding(
        f"With {task.file}, line {task.line}: {what}",
        "Correct the template or the task input.",
        file=template.file,
        line=int(line) if line else None,
        path=re.sub(r'"[^"]*"', "", what),
    )


def _undefined(page: Page, task: TaskInput, template: WorkerTemplate) -> Iterator[Finding]:
    for variable in page.undefined:
        if not variable.name.startswith("task.input"):
            continue  # whatever the task is, it is not defined, and the template's own check has said so
        yield rules.TASK_UNDEFINED.finding(
            f'The task input has no "{variable.name}" (made of {task.file}, line {task.line}).',
            f"Name what the task input has, or wrap it in {{% if {variable.name} %}}.",
            file=template.file,
            line=variable.line,
            path=f"{variable.name}:{variable.line}",
        )


def _page_source(html: str) -> LiquidSource:
    return LiquidSource(html, {}, {}, (0,), ((),))


def _elements(page: Page, task: TaskInput, template: WorkerTemplate) -> Iterator[Finding]:
    source = _page_source(page.html)
    markup = Markup(source)
    wanted = {rule.id for rule in _OF_PAGES}
    for finding in [*element_findings(markup, source), *value_findings(markup, source)]:
        if finding.rule not in wanted:
            continue
        element = next(
            (e for e in reversed(markup.elements) if e.line == finding.line and f"<{e.tag}" in finding.message), None
        )
        line = template.line_of(element.tag) if element else None
        key = f"{finding.rule}:{element.tag if element else ''}"
        message = f"With {task.file}, line {task.line}: {finding.message}"
        yield replace(finding, message=message, file=template.file, line=line, path=key)


def label_findings(template: WorkerTemplate, config: object) -> list[Finding]:
    """What is wrong between a template, by itself, and the label categories: the labels it writes, or how many it would show."""
    return [*_labels(template.liquid.masked, config, template, template.liquid), *_counts(template, config)]


def _counts(template: WorkerTemplate, config: object) -> Iterator[Finding]:
    """Elements whose labels come from the task, so that there are as many as categories."""
    count = len(category_names(config))
    for element in template.markup.elements:
        wanted = ELEMENT_RULES.get(element.tag)
        if wanted is None or wanted.most is None or count <= wanted.most:
            continue
        if template.liquid.is_made(element.value(wanted.list_attribute)):
            yield replace(labels_finding(element.tag, count, element.line), file=template.file)


def _labels(
    html: str, config: object, template: WorkerTemplate, liquid: LiquidSource | None = None
) -> Iterator[Finding]:
    source = liquid or _page_source(html)
    elements = Markup(source).elements if liquid is None else template.markup.elements
    known = _known(config)
    offered: dict[str, Element] = {}
    choosing = [
        element for element in elements if element.tag in ELEMENT_RULES and ELEMENT_RULES[element.tag].list_attribute
    ]
    for element in choosing:
        text = element.value(ELEMENT_RULES[element.tag].list_attribute)
        if source.is_made(text):
            return
        offered |= dict.fromkeys(_listed(text), element)
    if not choosing or not offered:
        return
    for label, element in offered.items():
        if _folded(label) not in known:
            message = f'<{element.tag}> offers "{label}", which is no label category.'
            remedy = f"Offer the categories: {', '.join(category_names(config))}."
            yield rules.LABELS_UNKNOWN.finding(message, remedy, file=template.file, line=template.line_of(element.tag))
    given = {_folded(label) for label in offered}
    for label, names in _categories(config):
        if not given & names:
            message = f'No element offers the label category "{label}".'
            remedy = "Add it to the element's labels, or take it out of the label categories."
            yield rules.LABELS_MISSING.finding(
                message, remedy, file=template.file, line=template.line_of(choosing[0].tag)
            )


def _listed(text: str) -> Iterator[str]:
    try:
        values = json5.loads(text)
    except ValueError:
        return  # the element's own check has said so
    for value in values if isinstance(values, list) else ():
        label = value.get("label") if isinstance(value, Mapping) else value
        if isinstance(label, str):
            yield label


def _categories(config: object) -> Iterator[tuple[str, set[str]]]:
    """Each category's label, and every name that an answer may give it."""
    labels = config.get("labels") if isinstance(config, Mapping) else None
    for entry in labels if isinstance(labels, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("label"), str):
            names: Iterable[object] = (entry["label"], entry.get("displayName"))
            yield entry["label"], {_folded(name) for name in names if isinstance(name, str)}


def _known(config: object) -> set[str]:
    return {name for _, names in _categories(config) for name in names}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
