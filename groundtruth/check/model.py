"""Checks a request against the service's own model, its maxima, patterns and enumerations included.

botocore holds the model and itself enforces only required members, types, unknown members and minima. The model's patterns
carry no anchors but mean the whole value.
"""

import difflib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.session import get_session

from groundtruth.check import rules
from groundtruth.check.finding import Finding
from groundtruth.errors import RequestError

_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (str, int, float, datetime),
    "blob": (str, bytes),
}
_LAMBDA_REMEDY = "Write arn:aws:lambda:REGION:ACCOUNT:function:NAME."
_URI_REMEDY = "Write s3://bucket/key."
_PATTERN_REMEDIES = {
    "LabelingJobName": "Use letters, digits and hyphens between them: no underscore, no dot, no space.",
    "LabelAttributeName": "Use letters, digits and hyphens between them: no underscore, no dot, no space.",
    "WorkteamName": "Use letters, digits and hyphens between them: no underscore, no dot, no space.",
    "RoleArn": "Write arn:aws:iam::ACCOUNT:role/NAME.",
    "WorkteamArn": "Write arn:aws:sagemaker:REGION:ACCOUNT:workteam/private-crowd/NAME.",
    "PreHumanTaskLambdaArn": _LAMBDA_REMEDY,
    "AnnotationConsolidationLambdaArn": _LAMBDA_REMEDY,
    "ManifestS3Uri": _URI_REMEDY,
    "S3OutputPath": "Write s3://bucket/prefix/.",
    "UiTemplateS3Uri": _URI_REMEDY,
    "LabelCategoryConfigS3Uri": _URI_REMEDY,
    "TaskKeywords": "Use letters, digits and single spaces between words.",
    "TaskDescription": "Write it on one line.",
}


@cache
def _service_model() -> ServiceModel:
    return get_session().get_service_model("sagemaker")


def operation_model(operation: str) -> OperationModel:
    """The model of a SageMaker operation. Raises RequestError when there is none of this name."""
    names = _service_model().operation_names
    if operation not in names:
        raise RequestError(f'SageMaker has no operation "{operation}".{_suggestion(operation, names)}')
    return _service_model().operation_model(operation)


def model_findings(operation: str, request: Mapping[str, object]) -> Iterator[Finding]:
    """What in the request is not as the operation's model has it, member by member."""
    shape = operation_model(operation).input_shape
    if shape is not None:
        yield from _check(shape, request, "")


def _check(shape: Shape, value: object, path: str) -> Iterator[Finding]:
    expected = _TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        yield rules.REQUEST_TYPE.finding(
            f"{path or 'The request'} is {shown(value)}, not {_a(shape.type_name)}.",
            f"Write {_a(shape.type_name)}.",
            path=path,
        )
        return
    if isinstance(value, str):
        yield from _check_string(shape, value, path)
    elif isinstance(value, Mapping):
        yield from _check_object(shape, value, path)
    elif isinstance(shape, ListShape) and isinstance(value, list | tuple):
        yield from _check_size(shape, len(value), "entries", path)
        for index, item in enumerate(value):
            yield from _check(shape.member, item, f"{path}[{index}]")
    elif isinstance(value, int | float) and shape.type_name != "timestamp":
        yield from _check_range(shape, value, path)


def _check_object(shape: Shape, value: Mapping[str, object], path: str) -> Iterator[Finding]:
    if isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _check(shape.value, item, member(path, key))
        return
    assert isinstance(shape, StructureShape)
    for name in shape.required_members:
        if name not in value:
            at = member(path, name)
            yield rules.REQUEST_MISSING.finding(f"{at} is missing.", f"Add {name}.", path=at)
    for name, item in value.items():
        at = member(path, name)
        if name in shape.members:
            yield from _check(shape.members[name], item, at)
        else:
            suggestion = _suggestion(name, shape.members)
            yield rules.REQUEST_UNKNOWN.finding(
                f"{at} is no member of the request.", suggestion.strip() or f"Remove {name}.", path=at
            )


def _check_string(shape: Shape, value: str, path: str) -> Iterator[Finding]:
    wrong_size = list(_check_size(shape, len(value), "characters", path))
    yield from wrong_size
    choices = shape.metadata.get("enum")
    if choices and value not in choices:
        yield rules.REQUEST_ENUM.finding(
            f"{path} is {shown(value)}, which it cannot be.", f"Choose one of: {', '.join(choices)}.", path=path
        )
    pattern = shape.metadata.get("pattern")
    if pattern and not wrong_size and value and not matches(pattern, value):
        name = re.sub(r"\[\d+]$", "", path).rpartition(".")[2]
        remedy = _PATTERN_REMEDIES.get(name, f"It must match {pattern} as a whole.")
        yield rules.REQUEST_PATTERN.finding(f"{path} is {shown(value)}, which is not allowed.", remedy, path=path)


def _check_size(shape: Shape, size: int, unit: str, path: str) -> Iterator[Finding]:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if size < least or (most is not None and size > most):
        limits = f"at least {least}" if most is None or size < least else f"at most {most:,}"
        yield rules.REQUEST_LENGTH.finding(
            f"{path} has {size:,} {unit}; it takes {limits}.",
            f"Give it {least} to {most:,} {unit}." if most is not None else f"Give it {limits} {unit}.",
            path=path,
        )


def _check_range(shape: Shape, value: float, path: str) -> Iterator[Finding]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        limits = f"{least} to {most}" if None not in {least, most} else f"{least} or more"
        yield rules.REQUEST_RANGE.finding(f"{path} is {value}; it takes {limits}.", f"Write {limits}.", path=path)


def matches(pattern: str, value: str) -> bool:
    """Whether a model's pattern matches the whole value; `\\p{L}` and its like are Unicode's categories."""

    def of_category(found: re.Match[str]) -> str:
        present = {character for character in value if unicodedata.category(character).startswith(found[1])}
        return "".join(map(re.escape, sorted(present))) or "\U0010ffff"

    return re.fullmatch(re.sub(r"\\p\{(\w+)}", of_category, pattern), value) is not None


def shown(value: object) -> str:
    """A value as messages show it, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"


def member(path: str, name: object) -> str:
    """The path of an object's member."""
    return f"{path}.{name}" if path else str(name)


def _suggestion(name: str, known: object) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)  # type: ignore[call-overload]
    return f' Did you mean "{close[0]}"?' if close else ""


def _a(type_name: str) -> str:
    names = {"structure": "a JSON object", "map": "a JSON object", "list": "a JSON array", "integer": "a whole number"}
    names |= {"long": "a whole number", "float": "a number", "double": "a number", "timestamp": "a time"}
    return names.get(type_name, f"a {type_name}")
