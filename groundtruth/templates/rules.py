"""The Liquid that Ground Truth runs: auto-escape, its four filters, maps as JSON, and limits for hostile templates.

https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step2.html
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, Markup, Node, RenderContext, Token, TokenStream
from liquid import escape as escape_html
from liquid.builtin.expressions import FilteredExpression, tokenize
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.echo_tag import EchoNode, EchoTag
from liquid.exceptions import FilterArgumentError, LoopIterationLimitError, ResourceLimitError
from liquid.filter import with_context
from liquid.parser import get_parser
from liquid.token import TOKEN_DOT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_WORD
from liquid.undefined import UNDEFINED, Undefined, is_undefined

from groundtruth.errors import TemplateError

LOOP_ITERATIONS = 100_000
OUTPUT_BYTES = 20_000_000
VARIABLE_BYTES = 1_000_000
SECONDS = 10.0

# Of python-liquid, not of Liquid: a template that used them would work here and break in Ground Truth.
_FOREIGN_FILTERS = ("escapejs", "find", "find_index", "has", "reject", "safe")
# They read other template files, which a Ground Truth job does not have.
_FOREIGN_TAGS = ("include", "render")


class Escaped(Markup):
    """Text that `escape` made safe: escaping it again changes nothing."""


class JsonMap(dict[str, Any]):
    """A JSON object of the task, which prints as JSON."""

    __slots__ = ()

    def __str__(self) -> str:
        return to_json_text(self)


def liquid_value(value: object) -> object:
    """Copy a JSON value so that each object in it is a JsonMap."""
    if isinstance(value, Mapping):
        return JsonMap((str(key), liquid_value(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return [liquid_value(item) for item in value]
    return value


def to_json_text(value: object) -> str:
    """JSON text of a value; an undefined one is null."""
    return json.dumps(value, ensure_ascii=False, default=_json_default)


def _json_default(value: object) -> object:
    if is_undefined(value):
        return None
    if isinstance(value, range):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def text(value: object) -> str:
    """What a value prints as: JSON for maps, its items one after another for a list, nothing for nil."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, Undefined):
        return str(value or "")
    if isinstance(value, list | tuple):
        return Markup("").join(text(item) for item in value)
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    return str(value)


@dataclass(frozen=True)
class UndefinedVariable:
    """A variable that a template printed, looped over or gave to a filter although the task has no such value."""

    name: str
    line: int


class _Missing(Undefined):
    """Renders as nothing, and tells the page's context when something other than a condition used it."""

    __slots__ = ("_note",)

    def __init__(self, name: str, *, token: Token | None, note: Callable[[], None]) -> None:
        super().__init__(name, token=token)
        self._note = note

    def __str__(self) -> str:
        self._note()
        return ""

    def __len__(self) -> int:
        self._note()
        return 0

    def __iter__(self) -> Iterator[Any]:
        self._note()
        return iter(())


class PageContext(RenderContext):
    """One page while it renders: its read access, its reading of `to_json`, what was undefined, its limits."""

    __slots__ = ("_deadline", "_iterations", "sign", "to_json_escaped", "undefined")

    def __init__(
        self, template: BoundTemplate, task: Mapping[str, Any], sign: Callable[[str], str], to_json_escaped: bool
    ) -> None:
        super().__init__(template, globals={"task": liquid_value(task)})
        self.sign = sign
        self.to_json_escaped = to_json_escaped
        self.undefined: dict[UndefinedVariable, None] = {}
        self._iterations = 0
        self._deadline = time.monotonic() + SECONDS

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        """Resolve a path; an undefined one renders as nothing and is noted when it is used."""
        found = super().get(path, token=token, default=default)
        return self._missing(_path_text(path), token) if isinstance(found, Undefined) else found

    def _missing(self, name: str, token: Token | None) -> _Missing:
        line = 0 if token is None else token.source.count("\n", 0, max(token.start_index, 0)) + 1
        return _Missing(name, token=token, note=lambda: self.undefined.setdefault(UndefinedVariable(name, line)))

    def assign(self, key: str, val: Any) -> None:
        """Set a template variable, within the limits of size and time."""
        self.check_time()
        super().assign(key, val)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Count the iterations of a loop that starts; python-liquid's own limit forgets loops that have ended."""
        self.check_time()
        self._iterations += length
        if self._iterations > LOOP_ITERATIONS:
            raise LoopIterationLimitError(f"it loops more than {LOOP_ITERATIONS:,} times", token=None)

    def check_time(self) -> None:
        """Raise when the page has taken too long."""
        if time.monotonic() > self._deadline:
            raise ResourceLimitError(f"it takes more than {SECONDS:g} seconds", token=None)


def _path_text(path: list[object]) -> str:
    parts = (f".{part}" if isinstance(part, str) else f"[{part}]" for part in path[1:])
    return f"{path[0]}{''.join(parts)}"


class _PageTokens(TokenStream):
    """Tokens in which a key may have any name: `label.required` is a path, although `required` is also a keyword."""

    def into_inner(self, *, tag: Token | None = None, eat: bool = True) -> TokenStream:
        return _PageTokens(_with_words(super().into_inner(tag=tag, eat=eat).tokens))


def _with_words(tokens: Iterable[Token]) -> Iterator[Token]:
    follows_dot = False
    for token in tokens:
        is_name = token.value.replace("-", "_").isidentifier()
        yield token._replace(kind=TOKEN_WORD) if follows_dot and is_name else token
        follows_dot = token.kind == TOKEN_DOT


def _write(node: OutputNode, context: RenderContext, buffer: TextIO) -> int:
    if isinstance(context, PageContext):
        context.check_time()
    return buffer.write(escape_html(text(node.expression.evaluate(context))))


class _PageOutputNode(OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return _write(self, context, buffer)


class _PageOutput(Output):
    node_class = _PageOutputNode

    def parse(self, stream: TokenStream) -> OutputNode:
        token = stream.eat(TOKEN_OUTPUT)
        expression = stream.expect(TOKEN_EXPRESSION)
        tokens = _PageTokens(_with_words(tokenize(expression.value, expression)))
        return self.node_class(token, FilteredExpression.parse(self.env, tokens))


class _PageEchoNode(EchoNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return _write(self, context, buffer)


class _PageEcho(EchoTag):
    node_class = _PageEchoNode


@with_context
def _to_json(value: object, *, context: PageContext) -> str:
    if isinstance(value, Undefined):
        str(value)
    result = to_json_text(value)
    return result if context.to_json_escaped else Markup(result)


@with_context
def _grant_read_access(value: object, *, context: PageContext) -> str:
    uri = text(value)
    if not uri and not isinstance(value, str):
        return ""
    try:
        return context.sign(uri)
    except TemplateError as error:
        raise FilterArgumentError(str(error).rstrip("."), token=None) from error


def _escape(value: object) -> Escaped:
    return value if isinstance(value, Escaped) else Escaped(escape_html(str(text(value))))


def _escape_once(value: object) -> Escaped:
    return value if isinstance(value, Escaped) else Escaped(escape_html(Markup(text(value)).unescape()))


def _skip_autoescape(value: object) -> Markup:
    # The filter's meaning in Ground Truth; `groundtruth check` warns where it meets data from outside.
    return Markup(text(value))


class PageEnvironment(Environment):
    """Liquid with Ground Truth's filters. An unknown filter is an error where it stands, even in a branch not taken."""

    output_stream_limit = OUTPUT_BYTES
    local_namespace_limit = VARIABLE_BYTES

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        for name in _FOREIGN_FILTERS:
            self.filters.pop(name, None)
        for name in _FOREIGN_TAGS:
            self.tags.pop(name, None)
        self.add_tag(_PageOutput)
        self.add_tag(_PageEcho)
        self.add_filter("grant_read_access", _grant_read_access)
        self.add_filter("s3_presign", _grant_read_access)
        self.add_filter("to_json", _to_json)
        self.add_filter("skip_autoescape", _skip_autoescape)
        self.add_filter("escape", _escape)
        self.add_filter("h", _escape)
        self.add_filter("escape_once", _escape_once)

    def _parse(self, source: str) -> list[Node]:
        return get_parser(self).parse(_PageTokens(self.tokenizer()(source)))


ENVIRONMENT = PageEnvironment()
