"""Reads what functions answer, and says what Ground Truth would reject (contract sections 1.2 and 2.4)."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from groundtruth.errors import ContractError

LONGEST_TASK_INPUT = 128_000
"""Characters of a task input that RenderUiTemplate takes (botocore's model)."""

LONGEST_LABEL = 20_000
"""Characters of one manifest attribute: a longer label cannot go into the next job's manifest."""

_HUMAN_FLAGS = ("isHumanAnnotationRequired", "humanAnnotationRequired")


@dataclass(frozen=True)
class PreAnnotationAnswer:
    """What a pre-annotation function said of one data object."""

    task_input: object
    needs_human: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConsolidationAnswer:
    """What a consolidation function said: one label value per object id, and what is not as documented."""

    values: Mapping[str, object]
    warnings: tuple[str, ...] = ()


def read_pre_annotation(response: object) -> PreAnnotationAnswer:
    """Read a pre-annotation response. Raises ContractError when it cannot become a task."""
    if not isinstance(response, dict) or "taskInput" not in response:
        raise ContractError('The pre-annotation function\'s answer has no "taskInput". Return {"taskInput": {...}}.')
    task_input = response["taskInput"]
    warnings = []
    if not isinstance(task_input, dict):
        warnings.append('"taskInput" is not a JSON object, which Ground Truth documents it to be.')
    if (length := len(json.dumps(task_input, ensure_ascii=False))) > LONGEST_TASK_INPUT:
        warnings.append(
            f'"taskInput" has {length:,} characters; a template is rendered with at most {LONGEST_TASK_INPUT:,}.'
        )
    needs_human = True
    for flag in _HUMAN_FLAGS:
        if flag in response:
            value = response[flag]
            needs_human = value is True or str(value).lower() == "true"
            if flag != _HUMAN_FLAGS[0] or not isinstance(value, bool):
                warnings.append(
                    f'"{flag}": {json.dumps(value)} is not documented. Return a JSON boolean under "isHumanAnnotationRequired".'
                )
            break
    return PreAnnotationAnswer(task_input, needs_human, tuple(warnings))


def read_consolidation(response: object, requested: Collection[str], label_attribute: str) -> ConsolidationAnswer:
    """Read a consolidation response to a request for these object ids.

    A missing or unusable entry costs its own object the label and no other: it is left out of `values` and named in `warnings`.
    Raises ContractError when the response is no array at all.
    """
    if not isinstance(response, list):
        raise ContractError(
            f"The consolidation function answered {type(response).__name__}, not an array. Return one entry per data object."
        )
    known = set(requested)
    values: dict[str, object] = {}
    warnings = []
    for position, entry in enumerate(response):
        try:
            dataset_object_id, value, extra = _entry(entry, label_attribute)
        except ContractError as error:
            warnings.append(f"entry {position}: {error}")
            continue
        if dataset_object_id not in known:
            warnings.append(f'entry {position}: nobody asked for the object "{dataset_object_id}".')
        elif dataset_object_id in values:
            warnings.append(f'entry {position}: a second entry for the object "{dataset_object_id}" is ignored.')
        else:
            values[dataset_object_id] = value
            warnings += [f'object "{dataset_object_id}": {text}' for text in extra]
    missing = [name for name in requested if name not in values]
    if missing:
        warnings.append(f"no usable entry for {len(missing)} object(s): {', '.join(missing[:10])}.")
    return ConsolidationAnswer(values, tuple(warnings))


def _entry(entry: object, label_attribute: str) -> tuple[str, object, list[str]]:
    if not isinstance(entry, dict):
        raise ContractError("it is not a JSON object.")
    dataset_object_id = entry.get("datasetObjectId")
    if not isinstance(dataset_object_id, str):
        raise ContractError('its "datasetObjectId" is missing or not a string.')
    annotation = entry.get("consolidatedAnnotation")
    content = annotation.get("content") if isinstance(annotation, dict) else None
    if not isinstance(content, dict) or label_attribute not in content:
        raise ContractError(f'object "{dataset_object_id}": consolidatedAnnotation.content has no "{label_attribute}".')
    value = content[label_attribute]
    extra = []
    if f"{label_attribute}-metadata" in content:
        extra.append(f'the returned "{label_attribute}-metadata" is ignored: in custom jobs Ground Truth writes it.')
    if (length := len(json.dumps(value, ensure_ascii=False))) > LONGEST_LABEL:
        extra.append(
            f"the label has {length:,} characters; the next job's manifest takes {LONGEST_LABEL:,} an attribute."
        )
    return dataset_object_id, value, extra
