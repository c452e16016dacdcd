"""The request that docs/deploy.md shows is one that SageMaker would take, made of nothing but the stack's outputs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.session import get_session
from botocore.validate import ParamValidator

ROOT = Path(__file__).parents[2]
SNIPPETS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/deploy.md").read_text(encoding="utf-8"), re.DOTALL)
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a6f3f4e-0000-4000-8000-3e0b6a1d2c11"
LONGEST_LIFETIME = 2_592_000
LONGEST_TASK = 28_800


def operation() -> OperationModel:
    """CreateLabelingJob as botocore knows it."""
    return get_session().get_service_model("sagemaker").operation_model("CreateLabelingJob")


def python_pattern(pattern: str) -> str:
    """The model's pattern for Python's `re`, which has no Unicode classes. Used for tags, whose pattern has the underscore."""
    return pattern.replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d")


def violations(value: Any, shape: Shape, at: str) -> Iterator[str]:
    """What the service's model forbids and botocore does not check: maxima, patterns, enumerations."""
    rules = shape.metadata
    if isinstance(value, str):
        if "pattern" in rules and not re.fullmatch(python_pattern(rules["pattern"]), value):
            yield f"{at}: {value!r} does not match {rules['pattern']}"
        if "enum" in rules and value not in rules["enum"]:
            yield f"{at}: {value!r} is none of {rules['enum']}"
    size = len(value) if isinstance(value, str | list) else value if isinstance(value, int) else None
    if size is not None and not rules.get("min", size) <= size <= rules.get("max", size):
        yield f"{at}: {size} is not within {rules.get('min')} and {rules.get('max')}"
    if isinstance(shape, StructureShape):
        for name, inner in value.items():
            yield from violations(inner, shape.members[name], f"{at}.{name}")
    if isinstance(shape, ListShape):
        for index, inner in enumerate(value):
            yield from violations(inner, shape.member, f"{at}[{index}]")


@pytest.fixture
def request_of(monkeypatch: pytest.MonkeyPatch, deploy: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Runs the snippet against a stack's outputs and gives the request it sends: request_of(task_type, **parameters)."""

    def sent(task_type: str, **parameters: str) -> dict[str, Any]:
        stack = deploy(**parameters)
        requests: list[dict[str, Any]] = []

        def answer(_: BaseClient, name: str, request: dict[str, Any]) -> dict[str, Any]:
            if name == "DescribeStacks":
                assert request == {"StackName": "invoice-labeling"}
                return {"Stacks": [{"Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in stack.outputs.items()]}]}
            assert name == "CreateLabelingJob"
            requests.append(request)
            return {"LabelingJobArn": "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/x"}

        monkeypatch.setattr(BaseClient, "_make_api_call", answer)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        (snippet,) = [snippet for snippet in SNIPPETS if "create_labeling_job" in snippet]
        code = snippet.replace('TASK_TYPE = "invoice-boxes"', f'TASK_TYPE = "{task_type}"')
        exec(compile(code, "docs/deploy.md", "exec"), {"boto3": boto3})
        (request,) = requests
        return request

    return sent


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_sagemaker_would_take_the_documented_request(request_of: Callable[..., dict[str, Any]], task_type: str) -> None:
    request = request_of(task_type)
    shape = operation().input_shape
    assert ParamValidator().validate(request, shape).generate_report() == ""
    assert list(violations(request, shape, "request")) == []


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_the_documented_request_uses_the_functions_and_the_template_of_its_task(
    request_of: Callable[..., dict[str, Any]], deploy: Callable[..., Any], task_type: str
) -> None:
    request, stack = request_of(task_type), deploy()
    name = {"document-type": "DocumentType", "invoice-boxes": "InvoiceBoxes", "invoice-fields": "InvoiceFields"}[
        task_type
    ]
    human = request["HumanTaskConfig"]
    assert human["PreHumanTaskLambdaArn"] == stack.outputs[f"{name}PreAnnotationArn"]
    consolidation = human["AnnotationConsolidationConfig"]["AnnotationConsolidationLambdaArn"]
    assert consolidation == stack.outputs[f"{name}ConsolidationArn"]
    assert request["RoleArn"] == stack.outputs["ExecutionRoleArn"]
    bucket = f"s3://{stack.outputs['BucketName']}"
    assert human["UiConfig"]["UiTemplateS3Uri"] == f"{bucket}/templates/{task_type}.liquid.html"
    assert request["LabelCategoryConfigS3Uri"] == f"{bucket}/label-categories/{task_type}.json"
    assert request["OutputConfig"] == {"S3OutputPath": f"{bucket}/output/"}
    assert (ROOT / f"crowd_templates/{task_type}.liquid.html").is_file()
    assert (ROOT / f"label_categories/{task_type}.json").is_file()


def test_the_documented_request_keeps_the_limits_that_no_model_holds(request_of: Callable[..., dict[str, Any]]) -> None:
    human = request_of("invoice-boxes")["HumanTaskConfig"]
    attribute = request_of("invoice-boxes")["LabelAttributeName"]
    assert 1 <= human["NumberOfHumanWorkersPerDataObject"] <= 9
    assert human["TaskTimeLimitInSeconds"] <= LONGEST_TASK
    assert human["TaskAvailabilityLifetimeInSeconds"] <= LONGEST_LIFETIME
    assert not attribute.endswith(("-metadata", "-ref"))


def test_a_stack_with_a_key_writes_its_output_with_it(request_of: Callable[..., dict[str, Any]]) -> None:
    assert request_of("invoice-fields", KmsKeyArn=KEY)["OutputConfig"]["KmsKeyId"] == KEY


def test_the_check_itself_finds_what_botocore_lets_pass() -> None:
    shape = operation().input_shape
    request = {"LabelingJobName": "under_score", "HumanTaskConfig": {"NumberOfHumanWorkersPerDataObject": 10}}
    found = list(violations(request, shape, "request"))
    assert [text.split(":")[0] for text in found] == [
        "request.LabelingJobName",
        "request.HumanTaskConfig.NumberOfHumanWorkersPerDataObject",
    ]
