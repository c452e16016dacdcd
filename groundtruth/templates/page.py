"""A worker template and the pages made of it."""

import difflib
import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from liquid import BoundTemplate
from liquid.exceptions import FilterArgumentError, LiquidError, LiquidTypeError, ResourceLimitError
from liquid.output import LimitedStringIO

from groundtruth.errors import TemplateError
from groundtruth.templates.rules import ENVIRONMENT, OUTPUT_BYTES, PageContext, UndefinedVariable

CROWD_ELEMENTS_URL = "https://assets.crowd.aws/crowd-html-elements.js"
"""Where AWS serves the Crowd elements, as every template names it."""

MAXIMUM_CHARACTERS = 128_000
"""RenderUiTemplate and labeling jobs refuse a longer template."""


@dataclass(frozen=True)
class Page:
    """A rendered template: its HTML, and the variables it used that the task does not have."""

    html: str
    undefined: tuple[UndefinedVariable, ...] = ()


@dataclass(frozen=True)
class Template:
    """A worker template that parsed. `name` is what error messages call it, usually its path."""

    name: str
    _bound: BoundTemplate

    @classmethod
    def parse(cls, source: str, name: str = "template", *, crowd_elements_url: str | None = None) -> Self:
        """Parse a template.

        crowd_elements_url: loaded in place of AWS's script; None keeps AWS's address.
        Raises TemplateError, naming the line, for a syntax error, an unknown tag or filter, or a template over 128,000
        characters.
        """
        if len(source) > MAXIMUM_CHARACTERS:
            raise TemplateError(
                f"{name}: the template has {len(source):,} characters; Ground Truth takes at most "
                f"{MAXIMUM_CHARACTERS:,}. Load large scripts, styles and pictures from a URL."
            )
        if crowd_elements_url is not None:
            source = source.replace(CROWD_ELEMENTS_URL, _attribute_url(crowd_elements_url))
        try:
            bound = ENVIRONMENT.from_string(source)
        except RecursionError as error:
            raise TemplateError(f"{name}: its tags or expressions nest too deeply. Flatten them.") from error
        except LiquidError as error:
            place = _place(name, error) if error.context() else _unclosed(name, source)
            raise TemplateError(f"{place}: {_explain(error)}") from error
        _refuse_unknown_filters(name, source, bound)
        return cls(name, bound)

    @classmethod
    def read(cls, path: Path, *, crowd_elements_url: str | None = None) -> Self:
        """Parse a template file. Raises TemplateError also when the file cannot be read as UTF-8."""
        try:
            source = path.read_text(encoding="utf-8")
        except OSError as error:
            raise TemplateError(
                f"{path}: cannot be read ({error.strerror}). Give the path of a template file."
            ) from error
        except UnicodeDecodeError as error:
            raise TemplateError(f"{path}: is not UTF-8 at byte {error.start}. Save the template as UTF-8.") from error
        return cls.parse(source, str(path), crowd_elements_url=crowd_elements_url)

    def page(self, task_input: object, *, sign: Callable[[str], str], to_json_escaped: bool = False) -> Page:
        """Render the template with a task input.

        task_input: any JSON value; the template sees it as `task.input`. sign: turns the URI given to
        `grant_read_access` into a URL (see `signer`). to_json_escaped: AWS documents `to_json` both as raw JSON and as
        escaped JSON; False is raw.
        Raises TemplateError when a filter cannot use its value, or the page passes the limits of time and size.
        """
        context = PageContext(self._bound, {"input": task_input}, sign, to_json_escaped)
        buffer = LimitedStringIO(OUTPUT_BYTES)
        try:
            self._bound.render_with_context(context, buffer)
        except LiquidError as error:
            raise TemplateError(f"{_place(self.name, error)}: {_explain(error)}") from error
        except (ArithmeticError, AttributeError, LookupError, RecursionError, ValueError) as error:
            # python-liquid lets a filter's own failure through, on values that Liquid would not compute with either.
            raise TemplateError(
                f"{self.name}: a filter cannot use its value ({error}). Check the task's values."
            ) from error
        return Page(buffer.getvalue(), tuple(context.undefined))


def render(
    template: str,
    task_input: object,
    *,
    sign: Callable[[str], str],
    to_json_escaped: bool = False,
    crowd_elements_url: str | None = None,
    name: str = "template",
) -> str:
    """Render a template's text with a task input and return the page. See `Template.parse` and `Template.page`."""
    parsed = _parsed(template, name, crowd_elements_url)
    return parsed.page(task_input, sign=sign, to_json_escaped=to_json_escaped).html


@lru_cache(maxsize=16)
def _parsed(source: str, name: str, crowd_elements_url: str | None) -> Template:
    return Template.parse(source, name, crowd_elements_url=crowd_elements_url)


def _attribute_url(url: str) -> str:
    return html.escape(url).replace("{", "%7B").replace("}", "%7D")


def _place(name: str, error: LiquidError) -> str:
    context = error.context()
    return name if context is None else f"{name}, line {context[0]}"


def _unclosed(name: str, source: str) -> str:
    """Where the block starts that a template never ends."""
    open_blocks: list[re.Match[str]] = []
    for tag in re.finditer(r"\{%-?\s*(end)?(if|unless|for|case|capture|tablerow|raw|comment|ifchanged)\b", source):
        if not tag[1]:
            open_blocks.append(tag)
        elif open_blocks and open_blocks[-1][2] == tag[2]:
            open_blocks.pop()
    return f"{name}, line {source.count('\n', 0, open_blocks[-1].start()) + 1}" if open_blocks else name


def _explain(error: LiquidError) -> str:
    message = str(error.message).rstrip(".")
    if isinstance(error, ResourceLimitError):
        return f"the page was given up: {message}. Make the template's loops and variables smaller."
    if unknown := re.fullmatch(r"unexpected tag '(.*)'", message):
        return f'unknown or misplaced tag "{unknown[1]}".{_suggest(unknown[1], ENVIRONMENT.tags)} {_TAG_REMEDY}'
    if isinstance(error, FilterArgumentError | LiquidTypeError):
        return f"{message}."
    return f"Liquid syntax: {message}. Correct it, or wrap braces that are not Liquid in {{% raw %}} … {{% endraw %}}."


_TAG_REMEDY = "A job has one template file: other files cannot be included. Close every block with its end tag."


def _refuse_unknown_filters(name: str, source: str, bound: BoundTemplate) -> None:
    for filter_name, spans in bound.analyze(include_partials=False).filters.items():
        if filter_name not in ENVIRONMENT.filters:
            line = source.count("\n", 0, spans[0].index) + 1
            raise TemplateError(
                f'{name}, line {line}: unknown filter "{filter_name}".{_suggest(filter_name, ENVIRONMENT.filters)} Use '
                "Liquid's standard filters, grant_read_access, s3_presign, to_json or skip_autoescape."
            )


def _suggest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f' Did you mean "{close[0]}"?' if close else ""
