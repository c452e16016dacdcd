"""What would keep a job from running in a deployed stack is found before the job is started."""

import json
from typing import Any

import boto3
import pytest

from groundtruth.check.account import Account, RefusedError
from groundtruth.check.objects import object_findings
from groundtruth.check.policies import allows
from groundtruth.check.stack import stack_findings
from groundtruth.errors import RequestError

NAME = "invoice-labeling"
REGION = "eu-west-1"
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}


def found(**options: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in stack_findings(Account(), NAME, **options)[0]]


def make_bucket(name: str, region: str = REGION, cors: bool = True) -> None:
    s3 = boto3.client("s3", region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    if cors:
        s3.put_bucket_cors(Bucket=name, CORSConfiguration=CORS)


def role_name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def allow(role: str, action: str, resource: str) -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": resource}}
    boto3.client("iam").put_role_policy(
        RoleName=role, PolicyName=action.replace(":", "-"), PolicyDocument=json.dumps(document)
    )


def test_the_toolkits_own_stack_has_no_findings(stack: dict[str, str]):
    findings, facts = stack_findings(Account(), NAME, images={stack["BucketName"]: "pages/1.png"})
    assert findings == []
    assert facts["region"] == REGION
    assert len(facts["functions"]) == 6


def test_a_stack_that_is_not_there_is_found(aws: None):
    assert found() == [("stack-missing", "")]


def test_a_stack_that_is_something_else_is_found(aws: None):
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"BucketName": {"Value": "nowhere"}}}
    boto3.client("cloudformation").create_stack(StackName=NAME, TemplateBody=json.dumps(template))
    assert found(task_type="invoice-boxes") == [
        ("stack-output", "ExecutionRoleArn"),
        ("stack-output", "OutputUri"),
        ("stack-output", "InvoiceBoxesPreAnnotationArn"),
        ("stack-output", "InvoiceBoxesConsolidationArn"),
        ("bucket-missing", "nowhere"),
    ]


def test_buckets_of_images_need_cors_region_and_permission(stack: dict[str, str]):
    make_bucket("scans-plain", cors=False)
    make_bucket("scans-far", "eu-central-1")
    images = {"scans-plain": "1.png", "scans-far": "2.png", "scans-gone": "3.png"}
    assert found(images=images) == [
        ("bucket-cors", "scans-plain"),
        ("bucket-region", "scans-far"),
        ("bucket-missing", "scans-gone"),
        *[("role-s3", "RoleArn")] * 6,
    ]
    role = role_name(stack["ExecutionRoleArn"])
    allow(role, "s3:GetObject", "arn:aws:s3:::scans-*/*")
    allow(role, "s3:ListBucket", "arn:aws:s3:::scans-*")
    assert found(images={"scans-plain": "1.png"}) == [("bucket-cors", "scans-plain")]


def test_a_cors_rule_that_does_not_let_pages_read_is_found(stack: dict[str, str]):
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}
    boto3.client("s3").put_bucket_cors(Bucket=stack["BucketName"], CORSConfiguration={"CORSRules": [rule]})
    assert found() == [("bucket-cors", stack["BucketName"])]


def test_a_role_that_ground_truth_cannot_assume_or_that_may_nothing_is_found(stack: dict[str, str]):
    iam, role = boto3.client("iam"), role_name(stack["ExecutionRoleArn"])
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
    assert found() == [("role-trust", "RoleArn")]
    iam.delete_role_policy(RoleName=role, PolicyName="labeling-jobs")
    rules = [rule for rule, _ in found()]
    assert rules == ["role-trust", *["role-invoke"] * 6, *["role-s3"] * 3]


def test_functions_that_are_gone_or_lack_what_they_read_are_found(stack: dict[str, str]):
    boto3.client("lambda").delete_function(FunctionName=stack["DocumentTypeConsolidationArn"])
    boto3.client("s3").delete_object(Bucket=stack["BucketName"], Key="label-categories/invoice-boxes.json")
    iam = boto3.client("iam")
    function = boto3.client("lambda").get_function(FunctionName=stack["InvoiceFieldsConsolidationArn"])
    iam.delete_role_policy(RoleName=role_name(function["Configuration"]["Role"]), PolicyName="read-answers")
    assert sorted(found()) == [
        ("function-answers", "InvoiceFieldsConsolidationArn"),
        ("function-categories", "InvoiceBoxesPreAnnotationArn"),
        ("function-missing", "DocumentTypeConsolidationArn"),
    ]


def test_a_request_that_names_other_parts_is_checked_with_them(stack: dict[str, str]):
    make_bucket("elsewhere")
    request = {
        "RoleArn": "arn:aws:iam::123456789012:role/gone",
        "OutputConfig": {"S3OutputPath": "s3://elsewhere/out/"},
        "HumanTaskConfig": {"PreHumanTaskLambdaArn": f"arn:aws:lambda:{REGION}:123456789012:function:gone"},
    }
    assert found(request=request) == [("role-missing", "RoleArn"), ("function-missing", "PreHumanTaskLambdaArn")]


def test_what_the_caller_may_not_see_is_said(stack: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Account, arn: str) -> None:
        raise RefusedError("iam:get_role")

    monkeypatch.setattr(Account, "role", refuse)
    assert {rule for rule, _ in found()} == {"stack-unseen"}


def test_objects_that_workers_could_not_see_are_found(aws: None):
    make_bucket("scans")
    s3 = boto3.client("s3")
    s3.put_object(Bucket="scans", Key="1.png", Body=b"png")
    s3.put_object(Bucket="scans", Key="2.png", Body=b"")
    sources = [(1, "s3://scans/1.png"), (2, "s3://scans/2.png"), (3, "s3://scans/3.png"), (4, "s3://gone/4.png")]
    findings = list(object_findings(Account(), "q3.manifest", sources))
    assert [(finding.rule, finding.line) for finding in findings] == [
        ("object-size", 2),
        ("object-missing", 3),
        ("object-missing", 4),
    ]


def test_an_account_that_cannot_be_asked_ends_in_one_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(RequestError, match="--endpoint-url"):
        stack_findings(Account("http://127.0.0.1:9"), NAME)


@pytest.mark.parametrize(
    ("statement", "is_allowed"),
    [
        ({"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"}, True),
        ({"Effect": "Allow", "Action": ["S3:getobject"], "Resource": ["*"]}, True),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, True),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::a/*"}, False),
        ({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a"}, False),
        (
            {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": {"s3:ExistingObjectTag/SageMaker": "true"}},
            },
            False,
        ),
        (
            {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceAccount": "1"}},
            },
            True,
        ),
    ],
)
def test_a_policy_allows_what_its_statements_say(statement: dict[str, Any], is_allowed: bool):
    assert allows([{"Statement": [statement]}], "s3:GetObject", "arn:aws:s3:::a/b.png") is is_allowed
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert not allows([{"Statement": statement}, {"Statement": deny}], "s3:GetObject", "arn:aws:s3:::a/b.png")
