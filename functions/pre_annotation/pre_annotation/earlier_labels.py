"""Finds the labels of this task that earlier jobs left on a manifest line, by their shape.

The event does not say which label attribute the job writes, nor which earlier attribute it continues, so a label is
known by what it looks like and by the categories it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pre_annotation.label_categories import LabelCategories

_METADATA = "-metadata"


@dataclass(frozen=True, slots=True)
class EarlierLabel:
    """A value on the manifest line with the metadata that Ground Truth wrote beside it (empty when there is none)."""

    key: str
    value: Any
    metadata: Mapping[str, Any]

    @property
    def is_human(self) -> bool:
        """Whether people gave this label, in a job that did not fail on the object."""
        return self.metadata.get("human-annotated") in ("yes", "true", True) and "failure-reason" not in self.metadata

    @property
    def created(self) -> str:
        """When the label was made (ISO 8601), empty when not known."""
        date = self.metadata.get("creation-date")
        return date if isinstance(date, str) else ""

    @property
    def class_map(self) -> Mapping[str, Any]:
        """Category name by class id: inside a value of ours, in the metadata of a built-in job's; empty without one."""
        inside = self.value.get("class-map") if isinstance(self.value, Mapping) else None
        class_map = inside if inside is not None else self.metadata.get("class-map")
        return class_map if isinstance(class_map, Mapping) else {}


def value_at(data_object: Mapping[str, Any], key: str) -> EarlierLabel | None:
    """The value of one key with its metadata; None when the line lacks the key or it is null."""
    if data_object.get(key) is None:
        return None
    metadata = data_object.get(key + _METADATA)
    return EarlierLabel(key, data_object[key], metadata if isinstance(metadata, Mapping) else {})


def labels_of_task(data_object: Mapping[str, Any], categories: LabelCategories, task_type: str) -> list[EarlierLabel]:
    """Every value on the line that has the shape of this task's labels and names a category of the job, by age.

    Boxes that workers agreed to be none name no category, so they do not tell of which job they are, and are not found.
    """
    candidates = (value_at(data_object, key) for key in data_object if not key.endswith(_METADATA))
    found = [
        label for label in candidates if label is not None and categories.names.intersection(names_in(label, task_type))
    ]
    return sorted(found, key=lambda label: label.created)


def names_in(label: EarlierLabel, task_type: str) -> list[str]:
    """The category names that a label uses, when it has the shape of the task's labels; else none.

    An annotation whose class the class map lacks counts as a name of its own, the empty string.
    """
    value = label.value
    match task_type:
        case "document-type":
            if isinstance(value, Mapping) and isinstance(value.get("class_ids"), list):
                return [_name_of(label, class_id) for class_id in value["class_ids"]]
            name = value.get("class-name") if isinstance(value, Mapping) else _class_name_beside(label)
            return [name] if isinstance(name, str) else []
        case "invoice-boxes":
            annotations = value.get("annotations") if isinstance(value, Mapping) else None
            if isinstance(annotations, Mapping):
                return _entity_names(annotations.get("entities"))
            if not isinstance(value, Mapping) or not isinstance(value.get("image_size"), list):
                return []
            return [class_name(label, entry) for entry in annotations] if isinstance(annotations, list) else []
        case _:
            fields = value.get("fields") if isinstance(value, Mapping) else None
            return list(fields) if isinstance(fields, Mapping) else []


def _entity_names(entities: object) -> list[str]:
    """The category names of the spans of a text, which name them outright; the empty string for one that names none."""
    if not isinstance(entities, list):
        return []
    names = (entry.get("label") if isinstance(entry, Mapping) else None for entry in entities)
    return [name if isinstance(name, str) else "" for name in names]


def _class_name_beside(label: EarlierLabel) -> object:
    """The built-in single-label shape: the class's number as the value, its name in the metadata."""
    is_number = isinstance(label.value, int) or (isinstance(label.value, str) and label.value.isdecimal())
    return label.metadata.get("class-name") if is_number else None


def class_name(label: EarlierLabel, annotation: object) -> str:
    """The category name of one annotation of a boxes label; empty when the class map does not tell."""
    return _name_of(label, annotation.get("class_id") if isinstance(annotation, Mapping) else None)


def _name_of(label: EarlierLabel, class_id: object) -> str:
    """The category name of a class id; empty when the class map does not tell."""
    name = label.class_map.get(str(class_id)) if isinstance(class_id, int | str) else None
    return name if isinstance(name, str) else ""


def is_agreed(label: EarlierLabel, categories: LabelCategories, task_type: str) -> bool:
    """Whether workers of an earlier job agreed on this label of this task, so that nobody need be asked again.

    The label has this project's shape and status, comes from a human-annotated job, and uses only this job's
    categories. A fields label also covers every field that this job asks for.
    """
    value = label.value
    if not isinstance(value, Mapping) or value.get("status") != "agreed" or not label.is_human:
        return False
    names = names_in(label, task_type)
    match task_type:
        case "document-type":
            votes = value.get("votes")
            if "class_ids" in value:
                labels = value.get("labels")
                return bool(names) and isinstance(labels, Mapping) and categories.names.issuperset([*names, *labels])
            return bool(names) and isinstance(votes, Mapping) and categories.names.issuperset([*names, *votes])
        case "invoice-boxes":
            if isinstance(value.get("annotations"), Mapping):
                return bool(names) and categories.names.issuperset(names)
            has_shape = all(isinstance(value.get(key), list) for key in ("annotations", "image_size"))
            has_map = isinstance(value.get("class-map"), Mapping)
            return has_shape and has_map and categories.names.issuperset(names)
        case _:
            return categories.names == set(names)
