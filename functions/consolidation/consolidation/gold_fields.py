"""Gold objects of invoice fields: which answers and values are what the document says."""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidation.field_values import Candidate
from consolidation.label_categories import LabelCategories, LabelCategory
from consolidation.normal_forms import normal_form
from consolidation.value import LabelValue

MOST_NAMED = 20
"""Fields that a value lists as wrong."""

Texts = Mapping[str, str | None]
"""What is true of each field by label; None of one that is not on the document."""


def true_fields(truth: Mapping[str, Any] | None, categories: LabelCategories) -> Texts | None:
    """What a gold file's line tells of every category's field, None when it tells of none. A field that is null or missing is not on the document."""
    told = truth.get("fields") if truth is not None else None
    if not isinstance(told, Mapping):
        return None
    texts = {categories.label(str(name)): text for name, text in told.items()}
    found = {category.label: texts.get(category.label) for category in categories.categories}
    return {name: text if isinstance(text, str) and text.strip() else None for name, text in found.items()}


def true_candidate(category: LabelCategory, candidates: Sequence[Candidate], truth: str | None) -> int:
    """The number of the candidate that is true, -1 when nobody entered it."""
    values = ((candidate.value, candidate.normalized) for candidate in candidates)
    return next((n for n, value in enumerate(values) if is_true(category, *value, truth)), -1)


def is_true(category: LabelCategory, value: str | None, normalized: str | None, truth: str | None) -> bool:
    """Whether a value means what is true. value: None for a field that is said not to be on the document. normalized: its normal form where there is one."""
    if value is None or truth is None:
        return value is None and truth is None
    form = normal_form(category.type, truth)
    return form.key == normal_form(category.type, value).key or (
        normalized is not None and form.normalized == normalized
    )


def with_gold_fields(value: LabelValue, categories: LabelCategories, truths: Texts | None) -> LabelValue:
    """The value, of a gold object with whether its fields are right."""
    if truths is None:
        return value
    wrong = []
    for category in categories.categories:
        entry, truth = value["fields"].get(category.label, {}), truths[category.label]
        is_absent = bool(entry.get("absent"))
        text = entry.get("value")
        if (text is None and not is_absent) or not is_true(category, text, entry.get("normalized"), truth):
            wrong.append(category.label)
    fields = len(categories.categories)
    told: dict[str, Any] = {"correct": not wrong, "fields": fields, "right": fields - len(wrong)}
    if wrong:
        told["wrong"] = wrong[:MOST_NAMED]
    return {**value, "gold": told}
