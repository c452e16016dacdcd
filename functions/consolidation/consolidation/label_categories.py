"""The label categories of a job: names, display names, field types and their order.

The order decides `class_id`: the event's `labelCategories` come first, then what only the config names. Reading is
lenient, because a label lost to a config's typing error costs more than a field compared as text: what is wrong is noted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from consolidation.texts import clean, folded

FIELD_TYPES = ("text", "amount", "date", "currency", "identifier")
LONGEST_LABEL = 256
"""Characters of a label, as Ground Truth allows; what a worker's answer names beyond is cut."""
DATE_ORDERS = ("day-first", "month-first")
ONCE, MANY = "once", "many"
ONE, SEVERAL, ORDERED = "one", "several", "ordered"


@dataclass(frozen=True, slots=True)
class LabelCategory:
    """One label category. `type`, `date_order`, `required` and `sums_to` matter to fields only, `occurs` to boxes only."""

    label: str
    display_name: str
    type: str = "text"
    date_order: str | None = None
    required: bool = True
    occurs: str = MANY
    sums_to: str | None = None


@dataclass(frozen=True, slots=True)
class LabelCategories:
    """The categories in class-id order. `notes` tell what of the config could not be used.

    choice: whether a worker chooses one document type, several, or one of types that are ordered."""

    categories: tuple[LabelCategory, ...] = ()
    notes: tuple[str, ...] = ()
    choice: str = ONE
    _index: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _met: dict[str, int | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        index: dict[str, int] = {}
        for position, category in enumerate(self.categories):
            index.setdefault(folded(category.label), position)
        for position, category in enumerate(self.categories):
            index.setdefault(folded(category.display_name), position)
        object.__setattr__(self, "_index", index)

    def __len__(self) -> int:
        return len(self.categories)

    def class_id(self, name: str) -> int | None:
        """Position of the category called `name` (label or display name, ignoring case and outer space), or None."""
        if name not in self._met:
            self._met[name] = self._index.get(folded(name))
        return self._met[name]

    def label(self, name: str) -> str:
        """The label of the category called `name`, or `name` itself, cleaned, when there is no such category."""
        position = self.class_id(name)
        return clean(name)[:LONGEST_LABEL] if position is None else self.categories[position].label


def from_config(config: object) -> LabelCategories:
    """The categories of a label category config, as parsed from JSON."""
    labels = config.get("labels") if isinstance(config, Mapping) else None
    if not isinstance(labels, list):
        return LabelCategories(notes=('label category config: "labels" is not a list',))
    notes: list[str] = []
    categories: dict[str, LabelCategory] = {}
    for position, entry in enumerate(labels):
        category = _category(entry, position, notes)
        if category is not None and folded(category.label) in categories:
            notes.append(f'label category config: "{category.label}" is listed twice')
        elif category is not None:
            categories[folded(category.label)] = category
    task = config.get("task") if isinstance(config, Mapping) else None
    choice = _one_of(task if isinstance(task, Mapping) else {}, "choice", (ONE, SEVERAL, ORDERED), "task", notes) or ONE
    return LabelCategories(tuple(categories.values()), tuple(notes), choice)


def in_order_of(names: Sequence[str], config: LabelCategories) -> LabelCategories:
    """The config's categories in the order of the event's `names`, those the event does not name at the end."""
    ordered: dict[str, LabelCategory] = {}
    for name in names:
        position = config.class_id(name)
        category = LabelCategory(clean(name), clean(name)) if position is None else config.categories[position]
        ordered.setdefault(folded(category.label), category)
    for category in config.categories:
        ordered.setdefault(folded(category.label), category)
    return LabelCategories(tuple(ordered.values()), config.notes, config.choice)


def _category(entry: object, position: int, notes: list[str]) -> LabelCategory | None:
    if isinstance(entry, str):
        entry = {"label": entry}
    label = entry.get("label") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(label, str) or not label.strip():
        notes.append(f"label category config: labels[{position}] has no label")
        return None
    display_name = entry.get("displayName")
    required = entry.get("required", True)
    return LabelCategory(
        label=clean(label),
        display_name=clean(display_name) if isinstance(display_name, str) and display_name.strip() else clean(label),
        type=_one_of(entry, "type", FIELD_TYPES, label, notes) or "text",
        date_order=_one_of(entry, "dateOrder", DATE_ORDERS, label, notes),
        required=required if isinstance(required, bool) else True,
        occurs=_one_of(entry, "occurs", (ONCE, MANY), label, notes) or MANY,
        sums_to=clean(sums_to) if isinstance(sums_to := entry.get("sumsTo"), str) and sums_to.strip() else None,
    )


def _one_of(entry: Mapping[str, object], key: str, allowed: Sequence[str], label: str, notes: list[str]) -> str | None:
    value = entry.get(key)
    if value is None or value in allowed:
        return None if value is None else str(value)
    notes.append(f'label category config: "{key}" of "{clean(label)}" is not one of {", ".join(allowed)}')
    return None
