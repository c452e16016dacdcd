"""Checks a worker template: its Liquid, its elements, and what it does with the task's values (contract sections 4 and 12.7)."""

import difflib
import re
from collections.abc import Iterator

from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from groundtruth.check import rules
from groundtruth.check.finding import Finding
from groundtruth.check.liquid_source import LiquidSource, scan
from groundtruth.check.markup import Markup
from groundtruth.check.template_elements import element_findings
from groundtruth.check.template_values import value_findings
from groundtruth.errors import TemplateError
from groundtruth.templates import MAXIMUM_CHARACTERS, Template
from groundtruth.templates.rules import ENVIRONMENT

_OWN_FILTERS = "grant_read_access, s3_presign, to_json, skip_autoescape"


class WorkerTemplate:
    """A template that is checked. markup: its elements. bound: None when its Liquid does not parse."""

    def __init__(self, source: str, file: str) -> None:
        self.file = file
        self.source = source
        self.liquid: LiquidSource = scan(source)
        self.markup = Markup(self.liquid)
        self.bound: BoundTemplate | None
        try:
            self.bound = ENVIRONMENT.from_string(source)
        except (LiquidError, RecursionError):
            self.bound = None

    def line_at(self, offset: int) -> int:
        """The line of a place in the source, from 1."""
        return self.source.count("\n", 0, offset) + 1

    def line_of(self, tag: str) -> int | None:
        """The line of the first element of a name."""
        return next((element.line for element in self.markup.elements if element.tag == tag), None)


def template_findings(template: WorkerTemplate) -> list[Finding]:
    """Everything that is wrong with a template by itself."""
    found = [*_size(template), *_liquid(template), *element_findings(template.markup, template.liquid)]
    found += value_findings(template.markup, template.liquid)
    return [Finding(f.severity, f.rule, f.message, f.effect, f.remedy, template.file, f.line, f.path) for f in found]


def _size(template: WorkerTemplate) -> Iterator[Finding]:
    if len(template.source) > MAXIMUM_CHARACTERS:
        yield rules.TEMPLATE_SIZE.finding(
            f"The template has {len(template.source):,} characters; Ground Truth takes {MAXIMUM_CHARACTERS:,}.",
            "Load large scripts, styles and pictures from a URL.",
        )


def _liquid(template: WorkerTemplate) -> Iterator[Finding]:
    if template.bound is None:
        yield from _syntax(template.source)
        return
    analysis = template.bound.analyze(include_partials=False)
    for name, spans in analysis.filters.items():
        if name not in ENVIRONMENT.filters:
            close = difflib.get_close_matches(name, ENVIRONMENT.filters, n=1)
            hint = (
                f'Did you mean "{close[0]}"?' if close else f"There are Liquid's standard filters and {_OWN_FILTERS}."
            )
            for span in spans:
                yield rules.TEMPLATE_FILTER.finding(
                    f'There is no filter "{name}".', hint, line=template.line_at(span.index)
                )
    for name, variables in analysis.globals.items():
        first_places = {str(variable): variable.span.index for variable in reversed(variables)}
        for text, index in first_places.items():
            if name != "task":
                remedy = f"Write task.input.{text}, or assign it before."
            elif not re.match(r"task(\.input\b|\[.input.]|$)", text):
                remedy = f"Write task.input{text.removeprefix('task')}."
            else:
                continue
            yield rules.TEMPLATE_UNDEFINED.finding(f'"{text}" is not defined.', remedy, line=template.line_at(index))


def _syntax(source: str) -> Iterator[Finding]:
    """What the parser itself says; it stops at the first mistake."""
    try:
        Template.parse(source[:MAXIMUM_CHARACTERS], "template")
    except TemplateError as error:
        found = re.match(
            r"template(?:, line (?P<line>\d+))?: (?P<what>.*?\.)(?: (?P<remedy>.*))?$", str(error), re.DOTALL
        )
        if found is not None:
            line = int(found["line"]) if found["line"] else None
            what = found["what"][0].upper() + found["what"][1:]
            yield rules.TEMPLATE_LIQUID.finding(what, found["remedy"] or "Correct it.", line=line)
