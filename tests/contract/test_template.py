"""What the stack gives whoever deploys it: names that Ground Truth may call, rights that suffice and no more, a closed bucket."""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TASKS = {"DocumentType": "document-type", "InvoiceBoxes": "invoice-boxes", "InvoiceFields": "invoice-fields"}
PRE_ANNOTATION = [f"{name}PreAnnotation" for name in TASKS]
CONSOLIDATION = [f"{name}Consolidation" for name in TASKS]
FUNCTIONS = [*PRE_ANNOTATION, *CONSOLIDATION]
MANAGED_POLICY_NAMES = ("GtRecipe", "LabelingFunction", "SageMaker", "sagemaker", "Sagemaker")
MANAGED_POLICY_BUCKETS = ("GroundTruth", "Groundtruth", "groundtruth", "SageMaker", "Sagemaker", "sagemaker")
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a6f3f4e-0000-4000-8000-3e0b6a1d2c11"
OTHER_ROLE = "arn:aws:iam::210987654321:role/their-execution"
LONGEST_NAME = "invoice-labeling-" + "x" * 111
"""A stack's name has at most 128 characters."""

Deploy = Callable[..., Any]


def actions(statements: list[dict[str, Any]]) -> set[str]:
    """Every action that the statements name."""
    listed = [statement["Action"] for statement in statements]
    return {action for entry in listed for action in ([entry] if isinstance(entry, str) else entry)}


def may(statements: list[dict[str, Any]], action: str, resource: str) -> bool:
    """Whether the statements allow an action on a resource, conditions taken as met."""

    def matches(patterns: str | list[str], text: str) -> bool:
        return any(fnmatchcase(text, pattern) for pattern in ([patterns] if isinstance(patterns, str) else patterns))

    return any(
        statement["Effect"] == "Allow"
        and matches(statement["Action"], action)
        and matches(statement["Resource"], resource)
        for statement in statements
    )


@pytest.mark.parametrize("stack_name", ["s", "invoice-labeling", LONGEST_NAME], ids=["short", "usual", "longest"])
def test_ground_truth_may_invoke_every_function_whatever_the_stack_is_called(deploy: Deploy, stack_name: str) -> None:
    stack = deploy(stack_name)
    names = [stack.properties[function]["FunctionName"] for function in FUNCTIONS]
    for name in names:
        assert re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", name)
        assert any(word in name for word in MANAGED_POLICY_NAMES)
    assert len(set(names)) == len(FUNCTIONS)
    for function, name in zip(FUNCTIONS, names, strict=True):
        assert stack.outputs[f"{function}Arn"].endswith(f":function:{name}")


def test_two_stacks_share_no_name(deploy: Deploy) -> None:
    first, second = deploy("invoices-a"), deploy("invoices-b")
    for function in FUNCTIONS:
        assert first.properties[function]["FunctionName"] != second.properties[function]["FunctionName"]
    assert first.outputs["BucketName"] != second.outputs["BucketName"]


def test_the_function_names_are_as_long_for_every_stack_id(template: dict[str, Any]) -> None:
    # Only a block of the stack id's UUID varies; its first is always eight characters.
    for function in FUNCTIONS:
        text, variables = template["Resources"][function]["Properties"]["FunctionName"]["Fn::Sub"]
        assert variables == {
            "Id": {
                "Fn::Select": [
                    0,
                    {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]},
                ]
            }
        }
        assert len(text.replace("${Id}", "51af3dc0")) <= 64


def test_each_function_knows_its_task_and_where_things_are(deploy: Deploy) -> None:
    stack = deploy(TiePolicy="unresolved", BoxIou="0.6", AssumeJobRole="true")
    bucket = stack.outputs["BucketName"]
    for function in FUNCTIONS:
        properties = stack.properties[function]
        environment = properties["Environment"]["Variables"]
        name = function.removesuffix("PreAnnotation").removesuffix("Consolidation")
        assert environment["TASK_TYPE"] == TASKS[name]
        assert environment["LABEL_CATEGORIES_URI"] == f"s3://{bucket}/label-categories/"
        assert properties["Runtime"] == "python3.13"
        assert properties["Handler"] == "app.handler"
        assert properties["TracingConfig"] == {"Mode": "Active"}
    for function in CONSOLIDATION:
        environment = stack.properties[function]["Environment"]["Variables"]
        assert environment["CONSOLIDATION_METHOD"] == "majority"
        assert environment["TIE_POLICY"] == "unresolved"
        assert environment["MINIMUM_CONFIDENCE"] in (0.5, "0.5")
        assert environment["BOX_IOU"] in (0.6, "0.6")
        assert environment["BOX_QUORUM"] in (0.5, "0.5")
        assert environment["ASSUME_JOB_ROLE"] == "true"


def test_each_function_logs_to_a_group_of_its_own_and_may_write_no_other(deploy: Deploy) -> None:
    stack = deploy(LogRetentionInDays="30")
    groups = set()
    for function in FUNCTIONS:
        group = stack.properties[function]["LoggingConfig"]["LogGroup"]
        groups.add(group)
        assert group == f"/aws/lambda/{stack.properties[function]['FunctionName']}"
        assert int(stack.properties[f"{function}Logs"]["RetentionInDays"]) == 30
        logging = [
            statement for statement in stack.statements(f"{function}Role") if "logs:PutLogEvents" in statement["Action"]
        ]
        assert [f":log-group:{group}" in statement["Resource"] for statement in logging] == [True]
    assert len(groups) == len(FUNCTIONS)


def test_a_pre_annotation_function_may_only_read_label_categories(deploy: Deploy) -> None:
    stack = deploy()
    bucket = f"arn:aws:s3:::{stack.outputs['BucketName']}"
    for function in PRE_ANNOTATION:
        statements = stack.statements(f"{function}Role")
        assert may(statements, "s3:GetObject", f"{bucket}/label-categories/invoice-boxes.json")
        assert not may(statements, "s3:GetObject", f"{bucket}/pages/INV-1.png")
        assert not may(statements, "s3:GetObject", f"{bucket}/output/job/annotations/x.json")
        assert actions(statements) == {
            "s3:GetObject",
            "s3:ListBucket",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
        }


def test_a_consolidation_function_reads_answers_below_the_output_prefix_only(deploy: Deploy) -> None:
    stack = deploy(OutputPrefix="labels/2026/")
    bucket = f"arn:aws:s3:::{stack.outputs['BucketName']}"
    request = "annotations/consolidated-annotation/consolidation-request/iteration-1/2026-11-03_09:41:12.json"
    for function in CONSOLIDATION:
        statements = stack.statements(f"{function}Role")
        assert may(statements, "s3:GetObject", f"{bucket}/labels/2026/invoices-q3/{request}")
        assert may(statements, "s3:GetObject", f"{bucket}/label-categories/invoices-q3.json")
        assert not may(statements, "s3:GetObject", f"{bucket}/output/invoices-q3/{request}")
        assert not may(statements, "s3:GetObject", f"{bucket}/labels/2026/invoices-q3/manifests/output/output.manifest")
        assert not {"s3:PutObject", "sts:AssumeRole", "s3:DeleteObject"} & actions(statements)


def test_a_consolidation_function_reads_and_counts_workers_and_does_nothing_else_to_the_table(deploy: Deploy) -> None:
    stack = deploy()
    table = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{stack.outputs['WorkerStatisticsTableName']}"
    for function in CONSOLIDATION:
        assert stack.properties[function]["Environment"]["Variables"]["WORKER_STATISTICS_TABLE"] in table
        statements = stack.statements(f"{function}Role")
        assert {action for action in actions(statements) if action.startswith("dynamodb:")} == {
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        }
        assert may(statements, "dynamodb:UpdateItem", table)
        assert not may(statements, "dynamodb:UpdateItem", table + "-other")
    for function in PRE_ANNOTATION:
        assert not [action for action in actions(stack.statements(f"{function}Role")) if action.startswith("dynamodb:")]


@pytest.mark.parametrize("key", ["", KEY])
def test_the_table_is_encrypted_recoverable_forgets_in_time_and_outlives_the_stack(
    deploy: Deploy, template: dict[str, Any], key: str
) -> None:
    stack = deploy(KmsKeyArn=key)
    table = stack.properties["WorkerStatisticsTable"]
    encryption = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY} if key else None
    assert table.get("SSESpecification") == encryption
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    declared = template["Resources"]["WorkerStatisticsTable"]
    assert (declared["DeletionPolicy"], declared["UpdateReplacePolicy"]) == ("Retain", "Retain")
    for function in CONSOLIDATION:
        own = [s for s in stack.statements(f"{function}Role") if "dynamodb" in json.dumps(s.get("Condition", {}))]
        assert [statement["Action"] for statement in own] == ([["kms:Decrypt", "kms:DescribeKey"]] if key else [])


def test_without_worker_statistics_there_is_no_table_and_no_right_to_one(deploy: Deploy) -> None:
    stack = deploy(WorkerStatistics="false", KmsKeyArn=KEY)
    assert not stack.of_type("AWS::DynamoDB::Table")
    assert "WorkerStatisticsTableName" not in stack.outputs
    for function in CONSOLIDATION:
        assert stack.properties[function]["Environment"]["Variables"]["WORKER_STATISTICS_TABLE"] == ""
        assert not [action for action in actions(stack.statements(f"{function}Role")) if action.startswith("dynamodb:")]


@pytest.mark.parametrize("other", ["", OTHER_ROLE], ids=["own execution role", "another execution role"])
def test_with_assume_job_role_answers_are_read_as_the_job_alone(deploy: Deploy, other: str) -> None:
    stack = deploy(AssumeJobRole="true", JobRoleArn=other)
    bucket = f"arn:aws:s3:::{stack.outputs['BucketName']}"
    trusted = stack.properties["GroundTruthExecutionRole"]["AssumeRolePolicyDocument"]["Statement"]
    roles = stack.outputs["ConsolidationRoleArns"].split(",")
    assert {"Service": "sagemaker.amazonaws.com"} in [statement["Principal"] for statement in trusted]
    assert {"AWS": roles} in [statement["Principal"] for statement in trusted]
    for function in CONSOLIDATION:
        statements = stack.statements(f"{function}Role")
        assert may(statements, "sts:AssumeRole", other or stack.outputs["ExecutionRoleArn"])
        assert not may(statements, "s3:GetObject", f"{bucket}/output/invoices-q3/annotations/x.json")
        assert stack.properties[function]["Role"] in roles


def test_without_assume_job_role_only_sagemaker_may_take_the_execution_role(deploy: Deploy) -> None:
    stack = deploy()
    trusted = stack.properties["GroundTruthExecutionRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert [statement["Principal"] for statement in trusted] == [{"Service": "sagemaker.amazonaws.com"}]
    assert "ConsolidationRoleArns" not in stack.outputs


def test_the_execution_role_suffices_for_a_job_and_no_more(deploy: Deploy) -> None:
    stack = deploy()
    statements = stack.statements("GroundTruthExecutionRole")
    bucket = f"arn:aws:s3:::{stack.outputs['BucketName']}"
    for function in FUNCTIONS:
        assert may(statements, "lambda:InvokeFunction", stack.outputs[f"{function}Arn"])
    assert not may(statements, "lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:SageMakerOther")
    for key in (
        "pages/a.png",
        "manifests/a.manifest",
        "templates/a.liquid.html",
        "output/job/manifests/output/output.manifest",
    ):
        assert may(statements, "s3:GetObject", f"{bucket}/{key}")
    assert may(statements, "s3:PutObject", f"{bucket}/output/job/manifests/output/output.manifest")
    assert not may(statements, "s3:PutObject", f"{bucket}/label-categories/invoice-boxes.json")
    assert not may(statements, "s3:GetObject", "arn:aws:s3:::somebody-elses-sagemaker-bucket/a")
    assert may(statements, "s3:ListBucket", bucket)
    assert may(statements, "s3:GetBucketLocation", bucket)
    assert may(statements, "cloudwatch:PutMetricData", "*")
    assert not [action for action in actions(statements) if action.endswith(":*")]


def test_the_bucket_is_closed_encrypted_and_lets_workers_see_pages(deploy: Deploy) -> None:
    stack = deploy()
    bucket = stack.properties["GroundTruthBucket"]
    assert any(word in bucket["BucketName"] for word in MANAGED_POLICY_BUCKETS)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", bucket["BucketName"])
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert rule == {
        "AllowedMethods": ["GET"],
        "AllowedOrigins": ["*"],
        "ExposedHeaders": ["Access-Control-Allow-Origin"],
    }
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (statement,) = stack.properties["GroundTruthBucketPolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    arn = f"arn:aws:s3:::{bucket['BucketName']}"
    assert statement["Resource"] == [arn, f"{arn}/*"]


def test_labels_outlive_the_stack(template: dict[str, Any]) -> None:
    bucket = template["Resources"]["GroundTruthBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_key_encrypts_the_bucket_and_everybody_who_needs_it_may_use_it(deploy: Deploy) -> None:
    stack = deploy(KmsKeyArn=KEY)
    (encryption,) = stack.properties["GroundTruthBucket"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    for function in FUNCTIONS:
        statements = stack.statements(f"{function}Role")
        assert may(statements, "kms:Decrypt", KEY)
        assert not may(statements, "kms:Encrypt", KEY)
    execution = stack.statements("GroundTruthExecutionRole")
    for action in ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"):
        assert may(execution, action, KEY)
    assert stack.outputs["OutputKmsKeyArn"] == KEY


def test_without_a_key_nobody_has_rights_on_one(deploy: Deploy) -> None:
    stack = deploy()
    for role in [*(f"{function}Role" for function in FUNCTIONS), "GroundTruthExecutionRole"]:
        assert not [action for action in actions(stack.statements(role)) if action.startswith("kms:")]
    assert "OutputKmsKeyArn" not in stack.outputs


def test_an_existing_bucket_is_used_and_left_alone(deploy: Deploy) -> None:
    stack = deploy(ExistingBucket="acme-invoices")
    assert "GroundTruthBucket" not in stack.types
    assert "GroundTruthBucketPolicy" not in stack.types
    assert stack.outputs["BucketName"] == "acme-invoices"
    assert stack.outputs["OutputUri"] == "s3://acme-invoices/output/"
    assert may(
        stack.statements("InvoiceBoxesPreAnnotationRole"),
        "s3:GetObject",
        "arn:aws:s3:::acme-invoices/label-categories/a.json",
    )
    environment = stack.properties["InvoiceBoxesPreAnnotation"]["Environment"]["Variables"]
    assert environment["LABEL_CATEGORIES_URI"] == "s3://acme-invoices/label-categories/"


def test_alarms_tell_the_topic_when_there_is_one(deploy: Deploy) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:labeling"
    alarms = deploy(AlarmTopicArn=topic).of_type("AWS::CloudWatch::Alarm")
    assert set(alarms) == {"PreAnnotationErrors", "ConsolidationErrors", "ObjectsWithoutLabel"}
    assert all(alarm["AlarmActions"] == [topic] for alarm in alarms.values())
    silent = deploy("without-topic").of_type("AWS::CloudWatch::Alarm")
    assert not any(alarm.get("AlarmActions") for alarm in silent.values())


def test_alarms_watch_every_function(deploy: Deploy) -> None:
    stack = deploy()

    def watched(alarm: str) -> list[str]:
        metrics = [
            entry["MetricStat"]["Metric"] for entry in stack.properties[alarm]["Metrics"] if "MetricStat" in entry
        ]
        return [metric["Dimensions"][0]["Value"] for metric in metrics]

    def names(functions: list[str]) -> list[str]:
        return [stack.properties[function]["FunctionName"] for function in functions]

    assert watched("PreAnnotationErrors") == names(PRE_ANNOTATION)
    assert watched("ConsolidationErrors") == names(CONSOLIDATION)
    assert watched("ObjectsWithoutLabel") == [f"{task}-consolidation" for task in TASKS.values()]


def test_the_dashboard_is_valid_and_shows_the_logs_of_every_function(deploy: Deploy) -> None:
    stack = deploy(LONGEST_NAME)
    dashboard = stack.of_type("AWS::CloudWatch::Dashboard")["Dashboard"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,255}", dashboard["DashboardName"])
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    (query,) = [widget["properties"]["query"] for widget in widgets if widget["type"] == "log"]
    for function in FUNCTIONS:
        assert f"SOURCE '{stack.properties[function]['LoggingConfig']['LogGroup']}'" in query


def test_every_parameter_is_explained_checked_and_documented(template: dict[str, Any]) -> None:
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    documented = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/deploy.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert grouped == list(template["Parameters"])
    assert documented == grouped
    assert set(interface["ParameterLabels"]) == set(grouped)
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"], name
        assert {"AllowedValues", "AllowedPattern", "MinValue"} & set(parameter), name


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("ExistingBucket", ["", "acme-invoices"], ["s3://acme", "Acme", "acme/prefix"]),
        ("OutputPrefix", ["output/", "labels/2026/"], ["output", "/output/", "", "a*/"]),
        ("KmsKeyArn", ["", KEY], ["alias/mine", "0a6f3f4e"]),
        (
            "S3EndpointUrl",
            ["", "http://127.0.0.1:5555", "https://s3.example"],
            ["s3.example", "https://s3.example/path"],
        ),
        ("JobRoleArn", ["", OTHER_ROLE], ["their-execution"]),
        ("AlarmTopicArn", ["", "arn:aws:sns:eu-west-1:123456789012:labeling"], ["labeling"]),
    ],
)
def test_a_parameter_refuses_what_cannot_work(
    template: dict[str, Any], name: str, good: list[str], bad: list[str]
) -> None:
    pattern = template["Parameters"][name]["AllowedPattern"]
    assert all(re.fullmatch(pattern, value) for value in good)
    assert not any(re.fullmatch(pattern, value) for value in bad)
