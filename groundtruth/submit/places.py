"""Where a job's parts are: those of a deployed stack, or those of the local service."""

from dataclasses import dataclass

from groundtruth.check.account import Account, RefusedError
from groundtruth.errors import RequestError
from groundtruth.jobs.simulated import BUCKET, functions_of_task
from groundtruth.storage import S3Location

LOCAL_ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Places:
    """Functions and role as ARNs; the other places are prefixes in S3. key: the KMS key of the output."""

    pre_annotation: str
    consolidation: str
    role: str
    label_categories: S3Location
    templates: S3Location
    manifests: S3Location
    output: S3Location
    key: str | None = None


def stack_places(account: Account, name: str, task_type: str) -> Places:
    """A deployed stack's, by its outputs. Raises RequestError when there is no such stack, or it lacks some."""
    try:
        stack = account.stack(name)
    except RefusedError as error:
        raise RequestError(f"--stack {name}: you may not call {error}. Use credentials that may.") from error
    if stack is None:
        raise RequestError(
            f"--stack: there is no stack {name}. Deploy it (docs/deploy.md), or name another stack or region."
        )
    outputs: dict[str, str] = stack["Outputs"]
    pre_annotation, consolidation = (f"{logical}Arn" for logical in functions_of_task(task_type))
    wanted = (
        pre_annotation,
        consolidation,
        "ExecutionRoleArn",
        "LabelCategoriesUri",
        "TemplatesUri",
        "ManifestsUri",
        "OutputUri",
    )
    missing = [output for output in wanted if output not in outputs]
    if pre_annotation in missing and "ExecutionRoleArn" in outputs:
        raise RequestError(f'--task: the stack {name} has no functions for "{task_type}": no output {pre_annotation}.')
    if missing:
        raise RequestError(
            f"--stack: {name} is no stack of this toolkit's template.yaml: it lacks {', '.join(missing)}."
        )
    return Places(
        pre_annotation=outputs[pre_annotation],
        consolidation=outputs[consolidation],
        role=outputs["ExecutionRoleArn"],
        label_categories=S3Location.parse(outputs["LabelCategoriesUri"]),
        templates=S3Location.parse(outputs["TemplatesUri"]),
        manifests=S3Location.parse(outputs["ManifestsUri"]),
        output=S3Location.parse(outputs["OutputUri"]),
        key=outputs.get("OutputKmsKeyArn"),
    )


def local_places(region: str, task_type: str) -> Places:
    """The local service's: it finds functions by the last part of their ARN, and has no roles."""
    pre_annotation, consolidation = (
        f"arn:aws:lambda:{region}:{LOCAL_ACCOUNT}:function:{logical}" for logical in functions_of_task(task_type)
    )
    return Places(
        pre_annotation,
        consolidation,
        f"arn:aws:iam::{LOCAL_ACCOUNT}:role/groundtruth-local",
        S3Location(BUCKET, "label-categories/"),
        S3Location(BUCKET, "templates/"),
        S3Location(BUCKET, "manifests/"),
        S3Location(BUCKET, "output/"),
    )
