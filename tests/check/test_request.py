"""A request that SageMaker would refuse is found before it is sent, at its path and with the remedy."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.model import ListShape, Shape
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.check import request_findings
from groundtruth.check.model import matches
from groundtruth.errors import RequestError

ACCOUNT = "123456789012"
GOOD: dict[str, Any] = {
    "LabelingJobName": "invoices-q3-boxes",
    "LabelAttributeName": "Invoice-Boxes",
    "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://acme-groundtruth/manifests/q3.manifest"}}},
    "OutputConfig": {"S3OutputPath": "s3://acme-groundtruth/out/"},
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/acme-groundtruth-execution",
    "HumanTaskConfig": {
        "WorkteamArn": f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:workteam/private-crowd/ap-clerks",
        "UiConfig": {"UiTemplateS3Uri": "s3://acme-groundtruth/templates/invoice-boxes.liquid.html"},
        "PreHumanTaskLambdaArn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:SageMakerInvoicePreBoxes",
        "AnnotationConsolidationConfig": {
            "AnnotationConsolidationLambdaArn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:SageMakerInvoicePostBoxes"
        },
        "TaskTitle": "Draw boxes on invoice fields",
        "TaskDescription": "Mark supplier, number, date and total on the page image",
        "NumberOfHumanWorkersPerDataObject": 3,
        "TaskTimeLimitInSeconds": 900,
        "TaskAvailabilityLifetimeInSeconds": 604800,
        "MaxConcurrentTaskCount": 200,
    },
    "Tags": [{"Key": "Abteilung Einkauf ²", "Value": "Müller & Söhne".replace(" & ", " ")}],
}
REMOVED = object()


def changed(path: str, value: object) -> dict[str, Any]:
    """The good request with one member set, added or removed."""
    request = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    target = request
    for name in parents:
        target = target.setdefault(name, {})
    if value is REMOVED:
        del target[last]
    else:
        target[last] = value
    return request


def found(request: Mapping[str, Any], operation: str = "CreateLabelingJob") -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in request_findings(operation, request)]


def test_a_good_request_has_no_findings():
    assert request_findings("CreateLabelingJob", GOOD) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("LabelingJobName", "invoices_q3", "request-pattern"),
        ("LabelingJobName", "q3\n", "request-pattern"),
        ("LabelingJobName", "x" * 64, "request-length"),
        ("LabelingJobName", 7, "request-type"),
        ("RoleArn", REMOVED, "request-missing"),
        ("HumanTaskConfig.TaskTitle", "", "request-length"),
        ("HumanTaskConfig.NumberOfHumanWorkersPerDataObject", 10, "request-range"),
        ("HumanTaskConfig.NumberOfHumanWorkersPerDataObject", True, "request-type"),
        ("HumanTaskConfig.NumberOfHumanWorkersPerDataObject", "3", "request-type"),
        ("HumanTaskConfig.TaskTimeLimitInSeconds", 28_801, "request-time"),
        ("HumanTaskConfig.TaskAvailabilityLifetimeInSeconds", 2_592_001, "request-time"),
        ("HumanTaskConfig.TaskAvailabilityLifetimeInSeconds", 600, "request-time-order"),
        ("HumanTaskConfig.MaxConcurrentTaskCount", 2000, "request-concurrency"),
        ("HumanTaskConfig.TaskKeywords", [], "request-length"),
        ("HumanTaskConfig.PublicWorkforceTaskPrice", {}, "request-public-workforce"),
        ("HumanTaskConfig.WorkerCount", 3, "request-unknown-member"),
        ("HumanTaskConfig.UiConfig", {}, "request-choice"),
        ("InputConfig.DataSource", {}, "request-choice"),
        ("InputConfig.DataSource.S3DataSource.ManifestS3Uri", "s3://acme-groundtruth/manifests/", "request-object"),
        ("LabelCategoryConfigS3Uri", "s3://acme-groundtruth", "request-object"),
        ("LabelAttributeName", "Invoice-Boxes-metadata", "label-attribute"),
        ("LabelAttributeName", "Invoice-Boxes-ref", "label-attribute"),
        ("LabelAttributeName", "source-ref", "label-attribute"),
        ("LabelAttributeName", "source", "label-attribute"),
        ("LabelAttributeName", "invoice_boxes", "request-pattern"),
    ],
)
def test_a_wrong_member_is_found_at_its_path(path: str, value: object, rule: str):
    assert found(changed(path, value)) == [(rule, path)]


@pytest.mark.parametrize(
    ("path", "value", "rule", "at"),
    [
        ("HumanTaskConfig.TaskKeywords", ["invoice", "pay-ment"], "request-pattern", "HumanTaskConfig.TaskKeywords[1]"),
        (
            "InputConfig.DataAttributes.ContentClassifiers",
            ["FreeOfPII"],
            "request-enum",
            "InputConfig.DataAttributes.ContentClassifiers[0]",
        ),
        ("Tags", [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}], "request-tags", "Tags[1].Key"),
        ("Tags", [{"Key": "a", "Value": "50 %"}], "request-pattern", "Tags[0].Value"),
        (
            "HumanTaskConfig.UiConfig.HumanTaskUiArn",
            "arn:aws:sagemaker:eu-west-1:394669845002:human-task-ui/X",
            "request-choice",
            "HumanTaskConfig.UiConfig",
        ),
    ],
)
def test_a_wrong_entry_is_found_at_its_position(path: str, value: object, rule: str, at: str):
    assert found(changed(path, value)) == [(rule, at)]


def test_functions_and_teams_that_a_job_cannot_use_are_found():
    pre = "HumanTaskConfig.PreHumanTaskLambdaArn"
    assert found(changed(pre, f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:SageMakerPre")) == [("request-region", pre)]
    assert found(changed(pre, f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:invoice-pre:3")) == [("function-name", pre)]
    for word in ("GtRecipe", "LabelingFunction", "sagemaker", "Sagemaker"):
        assert found(changed(pre, f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:my-{word}-pre")) == []
    team = "HumanTaskConfig.WorkteamArn"
    assert found(changed(team, "arn:aws:sagemaker:eu-west-1:999999999999:workteam/private-crowd/a")) == [
        ("request-account", team)
    ]
    assert found(changed(team, "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default")) == [
        ("request-public-workforce", team)
    ]


def test_what_only_built_in_task_types_may_have_is_left_to_them():
    request = changed(
        "HumanTaskConfig.PreHumanTaskLambdaArn",
        "arn:aws:lambda:eu-west-1:568282634449:function:PRE-SemanticSegmentation",
    )
    request["LabelAttributeName"] = "stamps-ref"
    assert found(request) == []
    learning = {
        "LabelingJobAlgorithmSpecificationArn": "arn:aws:sagemaker:eu-west-1:1:labeling-job-algorithm-specification/x"
    }
    assert found(changed("LabelingJobAlgorithmsConfig", learning)) == [
        ("request-algorithm", "LabelingJobAlgorithmsConfig")
    ]


def test_both_functions_may_be_left_out():
    request = changed("HumanTaskConfig.PreHumanTaskLambdaArn", REMOVED)
    del request["HumanTaskConfig"]["AnnotationConsolidationConfig"]
    assert found(request) == []


def test_a_misspelt_member_is_told_the_right_name():
    (finding,) = request_findings("CreateLabelingJob", changed("HumanTaskConfig.WorkTeamArn", "x"))
    assert finding.remedy == 'Did you mean "WorkteamArn"?'


def test_other_operations_are_checked_too_and_an_unknown_one_is_refused():
    assert found({"LabelingJobName": "a b"}, "StopLabelingJob") == [("request-pattern", "LabelingJobName")]
    assert found({"Task": {"Input": "{}"}, "RoleArn": GOOD["RoleArn"]}, "RenderUiTemplate") == [
        ("request-choice", "UiTemplate")
    ]
    team = {"WorkteamName": "clerks", "Description": "AP", "MemberDefinitions": [{}]}
    assert found(team, "CreateWorkteam") == [("request-choice", "MemberDefinitions[0]")]
    with pytest.raises(RequestError, match='Did you mean "CreateLabelingJob"'):
        request_findings("CreateLabellingJob", {})


def patterns_of(shape: Shape) -> set[str]:
    """The patterns of a shape and of everything in it."""
    inner = [*getattr(shape, "members", {}).values(), *([shape.member] if isinstance(shape, ListShape) else [])]
    own = {shape.metadata["pattern"]} if "pattern" in shape.metadata else set()
    return own.union(*map(patterns_of, inner))


def test_every_pattern_of_the_labeling_operations_can_be_read():
    model = get_session().get_service_model("sagemaker")
    names = [name for name in model.operation_names if "LabelingJob" in name or "Workteam" in name]
    patterns = set().union(*(patterns_of(model.operation_model(name).input_shape) for name in names))
    assert len(patterns) > 15
    for pattern in patterns:
        matches(pattern, "a")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(GOOD)), json_values)
def test_any_value_anywhere_ends_in_findings_not_in_an_exception(name: str, value: Any):
    for finding in request_findings("CreateLabelingJob", changed(name, value)):
        assert finding.message
        assert finding.effect
        assert finding.remedy
