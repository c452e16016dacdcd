"""Refuses what SageMaker would refuse, before anything is kept: by the service's own model, by the rules it does not hold, and by what is there.

The first two are `groundtruth.check`'s; what is there are the work team, the functions, and the objects in S3 that the request names.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from groundtruth.check import Finding, Severity, request_findings
from groundtruth.errors import ApiError, FunctionError, InputError, StorageError
from groundtruth.functions import Functions
from groundtruth.jobs.categories import parse_label_categories
from groundtruth.service.requests import s3_location
from groundtruth.storage import Storage
from groundtruth.templates import Template


def refuse_bad_request(operation: str, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Check a request to a SageMaker operation; returns warnings.

    Raises ApiError `ValidationException` that names every wrong member, what is wrong, and what to write.
    """
    findings = request_findings(operation, request)
    refuse([f"{finding.message} {finding.remedy}" for finding in findings if finding.severity is Severity.ERROR])
    return tuple(map(_warning, (finding for finding in findings if finding.severity is Severity.WARNING)))


def refuse_bad_job(request: Mapping[str, Any], storage: Storage, functions: Functions) -> None:
    """Check that what a CreateLabelingJob request names is there. Raises ApiError `ValidationException`; the request has a good form."""
    refuse([*_unserved(request), *_unknown_functions(request, functions), *_unusable_objects(request, storage)])


def refuse(problems: list[str]) -> None:
    """Raise ApiError `ValidationException` when there are problems, as AWS words it."""
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ApiError("ValidationException", count + "; ".join(problems))


def _warning(finding: Finding) -> str:
    return f"{finding.message} {finding.effect} {finding.remedy}"


def _unserved(request: Mapping[str, Any]) -> Iterator[str]:
    """What AWS has and this service has not."""
    if "S3DataSource" not in request["InputConfig"]["DataSource"]:
        yield "InputConfig.DataSource names a topic: streaming jobs are not served here. Give S3DataSource.ManifestS3Uri."
    if "UiTemplateS3Uri" not in request["HumanTaskConfig"]["UiConfig"]:
        yield "HumanTaskConfig.UiConfig names a built-in interface, which is AWS's. Give UiTemplateS3Uri."


def _unknown_functions(request: Mapping[str, Any], functions: Functions) -> Iterator[str]:
    task = request["HumanTaskConfig"]
    consolidation = task.get("AnnotationConsolidationConfig", {})
    for holder, name in ((task, "PreHumanTaskLambdaArn"), (consolidation, "AnnotationConsolidationLambdaArn")):
        if name in holder:
            try:
                functions.check(holder[name])
            except FunctionError as error:
                yield f"{name}: {error}"


def _unusable_objects(request: Mapping[str, Any], storage: Storage) -> Iterator[str]:
    manifest = request["InputConfig"]["DataSource"].get("S3DataSource", {}).get("ManifestS3Uri")
    template = request["HumanTaskConfig"]["UiConfig"].get("UiTemplateS3Uri")
    categories = request.get("LabelCategoryConfigS3Uri")
    for member, uri in (
        ("ManifestS3Uri", manifest),
        ("UiTemplateS3Uri", template),
        ("LabelCategoryConfigS3Uri", categories),
    ):
        if uri is not None:
            try:
                _read(member, uri, storage)
            except (InputError, StorageError, UnicodeDecodeError) as error:
                yield f"{member}: {error}"
    try:
        output = s3_location(request["OutputConfig"]["S3OutputPath"])
        if not storage.has_bucket(output.bucket):
            yield f'S3OutputPath: there is no bucket "{output.bucket}". Make it first.'
    except (InputError, StorageError) as error:
        yield f"S3OutputPath: {error}"


def _read(member: str, uri: str, storage: Storage) -> None:
    location = s3_location(uri)
    if not storage.exists(location):
        raise StorageError(f"{location} is not in S3. Put it there first.")
    if member == "UiTemplateS3Uri":
        Template.parse(storage.get(location).decode("utf-8"), uri)
    elif member == "LabelCategoryConfigS3Uri":
        parse_label_categories(storage.get(location), uri)
