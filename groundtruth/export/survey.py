"""The first look at a manifest: which label attributes it has, the names its labels use, and which lines belong together.

A line is parsed only when it may tell something new. What it could tell (label attributes, class maps, class names, field names) is cut out
of its bytes first; a line whose cut was seen before adds nothing. Splitting by several keys needs every line.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from groundtruth.errors import ManifestError, RequestError
from groundtruth.export.labels import class_ids, kind_of
from groundtruth.export.lines import METADATA, parsed
from groundtruth.export.model import Kind

_MOST_SEEN = 50_000
"""Cuts that are remembered: what many distinct class maps may cost in memory."""
_UNSUPPORTED = "Export reads document types, boxes and fields of this project's jobs, and built-in image or text classification and boxes."


@dataclass(slots=True)
class Attribute:
    """What a manifest shows of one label attribute. classes: the least class id of every class name."""

    name: str
    kind: Kind | None = None
    classes: dict[str, int] = field(default_factory=dict)
    fields: dict[str, None] = field(default_factory=dict)

    def add(self, value: Any, metadata: dict[str, Any]) -> None:
        """Take in one line's label."""
        kind = kind_of(value, metadata)
        if self.kind is None:
            self.kind = kind
        if kind is None or kind is not self.kind:
            return
        if kind is Kind.FIELDS:
            self.fields.update(dict.fromkeys(value["fields"]))
            return
        for name, number in class_ids(value, metadata).items():
            self.classes[name] = min(number, self.classes.get(name, number))

    def class_names(self) -> list[str]:
        """The class names in the order of their ids."""
        return sorted(self.classes, key=lambda name: (self.classes[name], name))


@dataclass(frozen=True, slots=True)
class Survey:
    """lines: how many the manifest has, blank ones left out. attributes: by name, in order of appearance."""

    lines: int
    attributes: dict[str, Attribute]

    def select(self, requested: Iterable[str], manifest: str) -> tuple[Attribute, ...]:
        """The attributes to export: those requested, else the only one there is.

        Raises RequestError when one is not there or holds no label that is exported, when two hold the same kind of label, and when none is
        requested of several.
        """
        names = ", ".join(self.attributes)
        if not self.attributes:
            raise ManifestError(
                f"{manifest}: no line carries a label: none has a key that ends in {METADATA}. Take the output.manifest of a job."
            )
        wanted = tuple(dict.fromkeys(requested)) or tuple(self.attributes)
        if not requested and len(wanted) > 1:
            raise RequestError(
                f"{manifest}: the lines carry several labels: {names}. Choose with --label-attribute, once for each that is to be exported together."
            )
        for name in wanted:
            if name not in self.attributes:
                raise RequestError(f'{manifest}: no line carries the label "{name}". There is: {names}.')
            if self.attributes[name].kind is None:
                raise RequestError(f'{manifest}: "{name}" holds no label that is exported. {_UNSUPPORTED}')
        chosen = tuple(self.attributes[name] for name in wanted)
        for kind in Kind:
            of_kind = [attribute.name for attribute in chosen if attribute.kind is kind]
            if len(of_kind) > 1:
                raise RequestError(f"{manifest}: {' and '.join(of_kind)} both hold {kind.value}. Choose one of them.")
        return chosen


def survey(
    lines: Iterable[bytes], name: str, observe: Callable[[dict[str, Any]], None] | None = None, fields: bool = False
) -> Survey:
    """Look through the lines of the manifest called `name`.

    observe: is given every line, parsed. fields: whether the names of fields are wanted too. Raises ManifestError at a line that is no JSON object;
    such a line may also pass here and be refused when it is read.
    """
    attributes: dict[str, Attribute] = {}
    seen: set[tuple[bytes, ...]] = set()
    count = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        count += 1
        cut = _cut(line, fields)
        if cut in seen and observe is None:
            continue
        data_object = parsed(line, name, number)
        if observe is not None:
            observe(data_object)
        if cut in seen:
            continue
        if len(seen) < _MOST_SEEN:
            seen.add(cut)
        _add(attributes, data_object)
    return Survey(count, attributes)


def _add(attributes: dict[str, Attribute], data_object: dict[str, Any]) -> None:
    for key, metadata in data_object.items():
        if key.endswith(METADATA) and isinstance(metadata, dict):
            attribute = key.removesuffix(METADATA)
            attributes.setdefault(attribute, Attribute(attribute)).add(data_object.get(attribute), metadata)


_CUTS = ((b'"class-map"', b"}"), (b'"class-name"', b","))


def _cut(line: bytes, fields: bool) -> tuple[bytes, ...]:
    """Everything in a line that names something, without parsing it."""
    cut = []
    at = line.find(b'-metadata"')
    while at >= 0:
        cut.append(line[line.rfind(b'"', 0, at) : at])
        at = line.find(b'-metadata"', at + 1)
    for marker, end in _CUTS:
        at = line.find(marker)
        while at >= 0:
            cut.append(line[at : line.find(end, at)])
            at = line.find(marker, at + 1)
    if fields:
        for part in line.split(b'"value"')[:-1]:
            before = part.rstrip(b" {")
            if before.endswith(b":"):
                cut.append(before[before.rfind(b'"', 0, before.rfind(b'"')) :])
    return tuple(cut)
