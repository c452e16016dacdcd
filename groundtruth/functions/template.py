"""Finds the functions that a SAM template declares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from groundtruth.errors import RequestError
from groundtruth.functions.intrinsics import Intrinsics, TemplateLoader

_FUNCTION_TYPES = {"AWS::Serverless::Function", "AWS::Lambda::Function"}


@dataclass(frozen=True)
class FunctionSpec:
    """A function as its template declares it. `timeout` is in seconds, `memory` in megabytes."""

    logical_id: str
    name: str
    code: Path
    handler: str
    timeout: float = 3
    memory: int = 128
    environment: Mapping[str, str] = field(default_factory=dict)

    def answers_to(self, function: str) -> bool:
        """Whether an ARN or a name means this function: by the last part, its name or its logical id."""
        last = function.split(":function:", 1)[-1].split(":", 1)[0]
        return last in {self.logical_id, self.name}


def read_functions(path: Path, parameters: Mapping[str, str] | None = None) -> tuple[FunctionSpec, ...]:
    """Read the Python functions of a SAM or CloudFormation template, with these parameter values or the defaults.

    Code folders are relative to the template, as SAM has it, so the template of `sam build` works as well.
    Raises RequestError naming the file when it is missing or no template.
    """
    try:
        template = yaml.load(path.read_text(encoding="utf-8"), Loader=TemplateLoader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise RequestError(
            f"{path}: the SAM template cannot be read ({error.strerror}). Name one with --template-file."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RequestError(f"{path}: the SAM template is not YAML: {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise RequestError(f"{path}: no SAM template: it has no Resources.")
    intrinsics = Intrinsics(template, parameters or {})
    shared = (template.get("Globals") or {}).get("Function") or {}
    return tuple(
        _function_spec(path, logical_id, shared, resource.get("Properties") or {}, intrinsics)
        for logical_id, resource in template["Resources"].items()
        if isinstance(resource, dict) and resource.get("Type") in _FUNCTION_TYPES
    )


def _function_spec(
    path: Path, logical_id: str, shared: dict[str, Any], own: dict[str, Any], intrinsics: Intrinsics
) -> FunctionSpec:
    properties = shared | own
    code = intrinsics.evaluate(properties.get("CodeUri") or properties.get("Code") or ".")
    if not isinstance(code, str) or code.startswith("s3://"):
        raise RequestError(
            f"{path}: {logical_id}: its code is not a folder beside the template. Build it with `sam build`."
        )
    variables = {
        **((shared.get("Environment") or {}).get("Variables") or {}),
        **((own.get("Environment") or {}).get("Variables") or {}),
    }
    environment = {key: _as_text(intrinsics.evaluate(value)) for key, value in variables.items()}
    return FunctionSpec(
        logical_id=logical_id,
        name=str(intrinsics.evaluate(properties.get("FunctionName")) or logical_id),
        code=(path.parent / code).resolve(),
        handler=str(intrinsics.evaluate(properties.get("Handler", "app.handler"))),
        timeout=float(intrinsics.evaluate(properties.get("Timeout", 3))),
        memory=int(intrinsics.evaluate(properties.get("MemorySize", 128))),
        environment=environment,
    )


def _as_text(value: object) -> str:
    """An environment variable's text: a YAML boolean is `true`, as CloudFormation has it, not `True`."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
