"""The elements of a template, each with its line, its attributes as written, and where it stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from groundtruth.check.liquid_source import LiquidSource, Output

_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: its value with placeholders, the quote around it ("" for none), the outputs in it."""

    value: str
    quote: str
    outputs: tuple[Output, ...]


@dataclass(slots=True)
class Element:
    """An element of the template. is_closed: whether its own end tag stands where it should."""

    tag: str
    line: int
    offset: int
    attributes: Mapping[str, Attribute]
    parent: "Element | None"
    is_closed: bool = False
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def has(self, attribute: str) -> bool:
        """Whether the attribute is written."""
        return attribute in self.attributes

    def value(self, attribute: str) -> str:
        """The attribute's value with placeholders; empty when it is not there."""
        found = self.attributes.get(attribute)
        return found.value if found else ""

    def is_in(self, tag: str) -> bool:
        """Whether it stands in an element of this name."""
        return any(ancestor.tag == tag for ancestor in self.ancestors())

    def ancestors(self) -> Iterator["Element"]:
        """The elements around it, innermost first."""
        ancestor = self.parent
        while ancestor is not None:
            yield ancestor
            ancestor = ancestor.parent


class Markup(HTMLParser):
    """Reads masked HTML into elements, in the order of the file."""

    def __init__(self, source: LiquidSource) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._source = source
        self._stack: list[Element] = []
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", source.masked))]
        self.feed(source.masked)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (read from the tag's text)
        """Take an element in; a self-closing one stays open, as browsers have it."""
        line, column = self.getpos()
        parent = self._stack[-1] if self._stack else None
        attributes = self._attributes(self.get_starttag_text() or "")
        element = Element(tag, line, self._line_starts[line - 1] + column, attributes, parent)
        if parent is not None:
            parent.children.append(element)
        self.elements.append(element)
        if tag in _VOID:
            element.is_closed = True
        else:
            self._stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Custom elements cannot close themselves: `<crowd-input/>` is a start tag."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open element of the name; those inside it stay unclosed."""
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index].tag == tag:
                self._stack[index].is_closed = True
                del self._stack[index:]
                return

    def handle_data(self, data: str) -> None:
        """Text belongs to the innermost element."""
        if self._stack:
            self._stack[-1].text += data

    def _attributes(self, tag_text: str) -> dict[str, Attribute]:
        inside = re.sub(r"^<[^\s/>]+", "", tag_text).rstrip(">").rstrip("/")
        attributes: dict[str, Attribute] = {}
        for name, written in _ATTRIBUTE.findall(inside):
            quote = written[0] if written[:1] in {'"', "'"} else ""
            value = written[1:-1] if quote else written
            attributes.setdefault(name.lower(), Attribute(unescape(value), quote, self._source.outputs_in(value)))
        return attributes
