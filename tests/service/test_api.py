"""The API as an unmodified boto3 client meets it: every operation, and every error with AWS's code and what to change."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.service.serving import Served, job_request, make_job, status, wait_for

MEMBERS = [{"OidcMemberDefinition": {"Groups": ["clerks"]}}]
ROLE = "arn:aws:iam::123456789012:role/groundtruth-execution"
ARN = "arn:aws:sagemaker:us-east-1:123456789012"


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("api") / "data") as served:
        make_job(served, "First", "document-type", [{"source": "text"}])
        yield served


@pytest.fixture(scope="module")
def sagemaker(served) -> Any:
    """A client that leaves all checking to the service."""
    return boto3.client(
        "sagemaker",
        endpoint_url=served.address,
        region_name="us-east-1",
        aws_access_key_id="groundtruth",
        aws_secret_access_key="groundtruth",
        config=Config(parameter_validation=False),
    )


def refusal(call: Callable[..., Any], *arguments: Any, **members: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(*arguments, **members)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def request(**changes: Any) -> dict[str, Any]:
    """A good CreateLabelingJob request with some members changed: `a__b=value` changes b in a; None takes a member away."""
    made = job_request("New", "document-type")
    made["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"] = "s3://acme/manifests/First.manifest"
    for path, value in changes.items():
        *parents, name = path.split("__")
        holder = made
        for parent in parents:
            holder = holder.setdefault(parent, {})
        if value is None:
            del holder[name]
        else:
            holder[name] = value
    return made


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"LabelingJobName": "under_score"}, 'LabelingJobName is "under_score"'),
        ({"LabelingJobName": "a" * 64}, "LabelingJobName has 64 characters"),
        ({"LabelingJobName": None}, "LabelingJobName is missing"),
        ({"LabelAttributeName": "ends-in-"}, 'LabelAttributeName is "ends-in-"'),
        ({"LabelAttributeName": "type-metadata"}, 'ends in "-metadata"'),
        ({"LabelAttributeName": "type-ref"}, 'ends in "-ref"'),
        ({"LabelAttributeName": "source"}, 'is "source"'),
        ({"LabelAttributeName": "a" * 128}, "LabelAttributeName has 128 characters"),
        ({"RoleArn": "arn:aws:iam::12:role/short"}, "RoleArn"),
        ({"HumanTaskConfig__NumberOfHumanWorkersPerDataObject": 10}, "takes 1 to 9"),
        ({"HumanTaskConfig__NumberOfHumanWorkersPerDataObject": 0}, "takes 1 to 9"),
        ({"HumanTaskConfig__NumberOfHumanWorkersPerDataObject": "3"}, "not a whole number"),
        ({"HumanTaskConfig__TaskTimeLimitInSeconds": 29}, "takes 30 or more"),
        ({"HumanTaskConfig__TaskTimeLimitInSeconds": 28_801}, "takes 28,800 at most"),
        ({"HumanTaskConfig__TaskAvailabilityLifetimeInSeconds": 59}, "takes 60 or more"),
        ({"HumanTaskConfig__TaskAvailabilityLifetimeInSeconds": 2_592_001}, "takes 2,592,000 at most"),
        ({"HumanTaskConfig__MaxConcurrentTaskCount": 5001}, "takes 1 to 5000"),
        ({"HumanTaskConfig__TaskTitle": "x" * 129}, "TaskTitle has 129 characters"),
        ({"HumanTaskConfig__TaskDescription": "x" * 256}, "TaskDescription has 256 characters"),
        ({"HumanTaskConfig__TaskKeywords": ["a", "b", "c", "d", "e", "f"]}, "TaskKeywords has 6 entries"),
        ({"HumanTaskConfig__TaskKeywords": ["no-hyphen"]}, "TaskKeywords[0]"),
        ({"HumanTaskConfig__WorkteamArn": f"{ARN}:workteam/private-crowd/nobody"}, 'there is no work team "nobody"'),
        ({"HumanTaskConfig__UiConfig": {}}, "names no template"),
        ({"HumanTaskConfig__AnnotationConsolidationConfig": {}}, "AnnotationConsolidationLambdaArn is missing"),
        (
            {"HumanTaskConfig__PreHumanTaskLambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:Nothing"},
            "It declares: DocumentTypePreAnnotation",
        ),
        (
            {"HumanTaskConfig__UiConfig__UiTemplateS3Uri": "s3://acme/nothing.html"},
            "s3://acme/nothing.html is not in S3",
        ),
        ({"HumanTaskConfig__UiConfig__UiTemplateS3Uri": "s3://acme/bad.html"}, "unknown or misplaced tag"),
        ({"InputConfig__DataSource__S3DataSource__ManifestS3Uri": "s3://acme/no.manifest"}, "is not in S3"),
        ({"InputConfig__DataSource": {}}, "names neither a manifest nor a topic"),
        (
            {"InputConfig__DataSource": {"SnsDataSource": {"SnsTopicArn": "arn:aws:sns:us-east-1:123456789012:t"}}},
            "streaming",
        ),
        ({"OutputConfig__S3OutputPath": "s3://no-such-bucket/"}, 'there is no bucket "no-such-bucket"'),
        ({"OutputConfig__S3OutputPath": "acme/output"}, "S3OutputPath"),
        ({"LabelCategoryConfigS3Uri": "s3://acme/bad.json"}, 'has a list "labels"'),
        ({"StoppingConditions": {"MaxPercentageOfInputDatasetLabeled": 101}}, "takes 1 to 100"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}, '"a" twice'),
    ],
)
def test_a_request_that_aws_would_refuse_is_refused_and_says_what_to_change(served, sagemaker, changes, said):
    served.client("s3").put_object(Bucket="acme", Key="bad.html", Body=b"{% nothing %}")
    served.client("s3").put_object(Bucket="acme", Key="bad.json", Body=b"{}")
    code, message = refusal(sagemaker.create_labeling_job, **request(**changes))
    assert code == "ValidationException"
    assert said in message
    assert "validation error" in message


def test_an_unknown_member_is_refused_and_the_known_one_is_named(served):
    headers = {"X-Amz-Target": "SageMaker.CreateLabelingJob"}
    body = json.dumps(request(HumanTaskConfig__TaskTitel="x"))
    answer = requests.post(served.address, data=body, headers=headers, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["__type"] == "ValidationException"
    assert 'Did you mean "TaskTitle"' in answer.json()["message"]


def test_every_problem_is_told_at_once(sagemaker):
    bad = request(LabelingJobName="under_score", HumanTaskConfig__TaskTimeLimitInSeconds=1)
    _, message = refusal(sagemaker.create_labeling_job, **bad)
    assert message.startswith("2 validation errors detected: ")


def test_a_name_that_is_taken(sagemaker):
    assert refusal(sagemaker.create_labeling_job, **request(LabelingJobName="FIRST"))[0] == "ResourceInUse"
    assert refusal(sagemaker.create_workteam, WorkteamName="clerks", Description="x", MemberDefinitions=MEMBERS)[0] == (
        "ResourceInUse"
    )


def test_errors_are_the_exceptions_of_the_client(sagemaker):
    with pytest.raises(sagemaker.exceptions.ResourceNotFound, match='no labeling job "Nothing"'):
        sagemaker.describe_labeling_job(LabelingJobName="Nothing")
    with pytest.raises(sagemaker.exceptions.ResourceInUse):
        sagemaker.create_labeling_job(**request(LabelingJobName="First"))


@pytest.mark.parametrize(
    ("operation", "members", "code"),
    [
        ("describe_labeling_job", {"LabelingJobName": "Nothing"}, "ResourceNotFound"),
        ("stop_labeling_job", {"LabelingJobName": "Nothing"}, "ResourceNotFound"),
        ("describe_workteam", {"WorkteamName": "nothing"}, "ValidationException"),
        ("update_workteam", {"WorkteamName": "nothing", "Description": "x"}, "ValidationException"),
        ("delete_workteam", {"WorkteamName": "nothing"}, "ValidationException"),
        ("list_labeling_jobs_for_workteam", {"WorkteamArn": f"{ARN}:workteam/private-crowd/no"}, "ResourceNotFound"),
        ("list_labeling_jobs", {"MaxResults": 101}, "ValidationException"),
        ("list_labeling_jobs", {"SortBy": "Size"}, "ValidationException"),
        ("list_labeling_jobs", {"NextToken": "made up"}, "ValidationException"),
        ("list_tags", {"ResourceArn": f"{ARN}:labeling-job/nothing"}, "ResourceNotFound"),
        ("delete_workteam", {"WorkteamName": "clerks"}, "ResourceInUse"),
        ("list_models", {}, "UnknownOperationException"),
        ("create_workteam", {"WorkteamName": "x", "Description": "x"}, "ValidationException"),
        ("render_ui_template", {"RoleArn": ROLE, "Task": {"Input": "{}"}}, "ValidationException"),
    ],
)
def test_every_operations_errors_have_awss_codes(sagemaker, operation, members, code):
    assert refusal(getattr(sagemaker, operation), **members)[0] == code


def test_what_is_no_request_is_refused_as_aws_does(served):
    def post(target: str | None, body: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/x-amz-json-1.1"} | ({"X-Amz-Target": target} if target else {})
        answer = requests.post(served.address, data=body, headers=headers, timeout=10)
        assert answer.headers["content-type"] == "application/x-amz-json-1.1"
        assert answer.headers["x-amzn-requestid"]
        return answer.json()

    assert post("SageMaker.ListLabelingJobs", "{not json")["__type"] == "SerializationException"
    assert post("SageMaker.ListLabelingJobs", "[]")["__type"] == "SerializationException"
    assert post("SageMaker.NoSuchThing", "{}")["__type"] == "UnknownOperationException"
    assert post("DynamoDB.ListTables", "{}")["__type"] == "UnknownOperationException"
    assert post(None, "{}")["__type"] == "UnknownOperationException"
    assert post("SageMaker.ListLabelingJobs", '"' + "x" * 2_000_001 + '"')["__type"] == "RequestEntityTooLargeException"


def test_a_work_team_is_made_told_of_changed_and_deleted(sagemaker):
    arn = sagemaker.create_workteam(
        WorkteamName="Buyers", Description="Purchasing", MemberDefinitions=MEMBERS, Tags=[{"Key": "unit", "Value": "7"}]
    )["WorkteamArn"]
    assert arn == f"{ARN}:workteam/private-crowd/Buyers"
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "unit", "Value": "7"}]
    changed = sagemaker.update_workteam(WorkteamName="Buyers", Description="All of purchasing")["Workteam"]
    assert changed["Description"] == "All of purchasing"
    told = sagemaker.describe_workteam(WorkteamName="Buyers")["Workteam"]
    assert (told["WorkteamArn"], told["MemberDefinitions"]) == (arn, MEMBERS)
    assert told["LastUpdatedDate"] >= told["CreateDate"]
    assert sagemaker.delete_workteam(WorkteamName="Buyers")["Success"] is True
    assert "Buyers" not in [team["WorkteamName"] for team in sagemaker.list_workteams()["Workteams"]]


def test_lists_come_in_pages_sorted_and_filtered(served, sagemaker):
    for number in range(7):
        make_job(served, f"Listed-{number}", "document-type", [{"source": "text"}])
    names = [f"Listed-{number}" for number in range(7)]

    def listed(**members: Any) -> list[str]:
        pages = sagemaker.get_paginator("list_labeling_jobs").paginate(
            NameContains="listed", **members, PaginationConfig={"PageSize": 3}
        )
        return [job["LabelingJobName"] for page in pages for job in page["LabelingJobSummaryList"]]

    assert listed() == names
    assert listed(SortBy="Name", SortOrder="Descending") == names[::-1]
    sagemaker.stop_labeling_job(LabelingJobName="Listed-3")
    wait_for(lambda: status(served, "Listed-3") == "Stopped")
    assert listed(StatusEquals="Stopped") == ["Listed-3"]
    assert listed(SortBy="Status")[-1] == "Listed-3"
    for number, name in enumerate(names):
        created = sagemaker.describe_labeling_job(LabelingJobName=name)["CreationTime"]
        assert listed(CreationTimeBefore=created) == names[:number]
        assert listed(CreationTimeAfter=created) == names[number + 1 :]
    for_team = sagemaker.list_labeling_jobs_for_workteam(
        WorkteamArn=f"{ARN}:workteam/private-crowd/clerks", MaxResults=2, SortBy="CreationTime", SortOrder="Descending"
    )
    assert [job["LabelingJobName"] for job in for_team["LabelingJobSummaryList"]] == ["Listed-6", "Listed-5"]
    assert for_team["LabelingJobSummaryList"][0]["LabelCounters"]["Total"] in {0, 1}
    assert for_team["NextToken"]


def test_stopping_a_job_that_has_ended_is_refused(served, sagemaker):
    make_job(served, "Stopped-twice", "document-type", [{"source": "text"}])
    sagemaker.stop_labeling_job(LabelingJobName="Stopped-twice")
    wait_for(lambda: status(served, "Stopped-twice") == "Stopped")
    code, message = refusal(sagemaker.stop_labeling_job, LabelingJobName="Stopped-twice")
    assert code == "ValidationException"
    assert "its status is Stopped" in message


def test_the_region_is_the_clients(served):
    sagemaker = served.client("sagemaker", region="eu-central-1")
    arn = sagemaker.create_workteam(WorkteamName="elsewhere", Description="x", MemberDefinitions=MEMBERS)["WorkteamArn"]
    assert arn.split(":")[3] == "eu-central-1"


def test_a_template_is_rendered_or_says_why_not(sagemaker):
    def rendered(content: str, task_input: str = "{}") -> dict[str, Any]:
        return sagemaker.render_ui_template(UiTemplate={"Content": content}, Task={"Input": task_input}, RoleArn=ROLE)

    good = rendered("<b>{{ task.input.total }}</b>", json.dumps({"total": "<1>"}))
    assert (good["RenderedContent"], good["Errors"]) == ("<b>&lt;1&gt;</b>", [])
    assert rendered("{% if %}")["Errors"][0]["Code"] == "InvalidTemplate"
    assert rendered("x", "no JSON")["Errors"][0]["Code"] == "InvalidTaskInput"


def test_tags_are_added_changed_and_removed(sagemaker):
    arn = f"{ARN}:labeling-job/first"
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "3"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["b"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "3"}]
    many = [{"Key": str(number), "Value": ""} for number in range(50)]
    assert refusal(sagemaker.add_tags, ResourceArn=arn, Tags=many)[0] == "ResourceLimitExceeded"
    assert len(sagemaker.list_tags(ResourceArn=arn)["Tags"]) == 1
