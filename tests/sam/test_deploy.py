"""`sam package` and `sam deploy` put the built application into an account (moto's), and what they make there is right.

moto has no SAM transform, so it is applied here, with the library that the service itself runs. moto gives a stack that came
of a change set no outputs, and makes no CORS rule, bucket policy or alarm: tests/contract look at those.
"""

import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

pytestmark = pytest.mark.sam

ROOT = Path(__file__).parents[2]
STACK_NAME = "invoice-labeling-" + "x" * 111
"""As long as CloudFormation allows."""
FUNCTIONS = [
    f"{task}{kind}"
    for task in ("DocumentType", "InvoiceBoxes", "InvoiceFields")
    for kind in ("PreAnnotation", "Consolidation")
]
MANAGED_POLICY_NAMES = ("GtRecipe", "LabelingFunction", "SageMaker", "sagemaker", "Sagemaker")


@pytest.fixture(scope="module")
def account(free_port: Callable[[str], int]) -> Iterator[dict[str, str]]:
    """A moto server in a process of its own; gives the environment that points AWS clients at it.

    Its name must be localhost: moto reads a template's bucket out of the URL only then.
    """
    port = free_port("127.0.0.1")
    command = [str(ROOT / ".venv/bin/python"), "-m", "moto.server", "-H", "localhost", "-p", str(port)]
    address = f"http://localhost:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(120):
            assert server.poll() is None, "moto's server did not start"
            try:
                urllib.request.urlopen(f"{address}/moto-api/", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "SAM_CLI_POLL_DELAY": "1",
        }
        server.terminate()


@pytest.fixture(scope="module")
def client(account: dict[str, str]) -> Any:
    """Makes boto3 clients of the account."""
    session = boto3.Session(
        aws_access_key_id=account["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=account["AWS_SECRET_ACCESS_KEY"],
        region_name=account["AWS_DEFAULT_REGION"],
    )
    return lambda service: session.client(service, endpoint_url=account["AWS_ENDPOINT_URL"])


@pytest.fixture(scope="module")
def deployed(
    sam: Any, built: Path, account: dict[str, str], client: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """The functions of the deployed stack by logical id, as Lambda describes them."""
    folder = tmp_path_factory.mktemp("deploy")
    client("s3").create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    artifacts = ("--s3-bucket", "artifacts")
    packaged = folder / "packaged.yaml"
    sam("package", "-t", built / "template.yaml", *artifacts, "--output-template-file", packaged, **account)
    (folder / "template.json").write_text(json.dumps(transformed(packaged, account)), encoding="utf-8")
    # The user's settings, but for the stack's name and the upload bucket, which moto cannot make up.
    capabilities = ("--capabilities", "CAPABILITY_IAM")
    sam("deploy", "-t", folder / "template.json", "--stack-name", STACK_NAME, *artifacts, *capabilities, **account)
    stack = client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    functions = client("lambda").list_functions()["Functions"]
    return {
        "".join(function["FunctionName"].split("-")[1:3]): function
        for function in functions
        if function["FunctionName"].startswith("SageMaker-")
    }


def transformed(packaged: Path, account: dict[str, str]) -> dict[str, Any]:
    """The packaged template after the SAM transform."""
    template = yaml_parse(packaged.read_text(encoding="utf-8"))
    parameters = {name: parameter["Default"] for name, parameter in template["Parameters"].items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", account["AWS_DEFAULT_REGION"])  # the transform asks boto3 for it
        result: dict[str, Any] = Translator({}, Parser()).translate(template, parameters)
    return result


def test_every_function_is_there_under_a_name_that_ground_truth_may_invoke(deployed: dict[str, dict[str, Any]]) -> None:
    assert sorted(deployed) == sorted(FUNCTIONS)
    for function in deployed.values():
        assert re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", function["FunctionName"])
        assert any(word in function["FunctionName"] for word in MANAGED_POLICY_NAMES)


def test_what_was_built_is_what_runs(deployed: dict[str, dict[str, Any]], built: Path) -> None:
    for name, function in deployed.items():
        assert (function["Runtime"], function["Handler"]) == ("python3.13", "app.handler")
        assert 1_000_000 < function["CodeSize"] < 50_000_000
        assert name.startswith(function["Environment"]["Variables"]["TASK_TYPE"].title().replace("-", ""))


def test_the_bucket_is_there_and_encrypted(deployed: dict[str, dict[str, Any]], client: Any) -> None:
    s3 = client("s3")
    (bucket,) = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"] if bucket["Name"].startswith("groundtruth-")]
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert [rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules] == ["AES256"]
    for function in deployed.values():
        assert function["Environment"]["Variables"]["LABEL_CATEGORIES_URI"] == f"s3://{bucket}/label-categories/"


def test_the_execution_role_may_invoke_the_functions_for_sagemaker(
    deployed: dict[str, dict[str, Any]], client: Any
) -> None:
    iam = client("iam")
    (role,) = [role for role in iam.list_roles()["Roles"] if "GroundTruthExecutionRole" in role["RoleName"]]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    policy = str(iam.get_role_policy(RoleName=role["RoleName"], PolicyName="labeling-jobs")["PolicyDocument"])
    for function in deployed.values():
        assert function["FunctionArn"] in policy


def test_every_function_has_a_role_of_its_own(deployed: dict[str, dict[str, Any]], client: Any) -> None:
    assert len({function["Role"] for function in deployed.values()}) == len(FUNCTIONS)
    for name, function in deployed.items():
        policies = client("iam").list_role_policies(RoleName=function["Role"].rsplit("/", 1)[1])["PolicyNames"]
        access = (
            ["read-label-categories"] if name.endswith("PreAnnotation") else ["read-answers", "keep-worker-statistics"]
        )
        assert sorted(policies) == sorted(["own-log", *access])


def test_the_table_of_worker_statistics_is_there(deployed: dict[str, dict[str, Any]], client: Any) -> None:
    dynamodb = client("dynamodb")
    (name,) = dynamodb.list_tables()["TableNames"]
    keys = {
        key["AttributeName"]: key["KeyType"] for key in dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
    }
    assert keys == {"subject": "HASH", "period": "RANGE"}
    for function in deployed.values():
        expected = name if "Consolidation" in function["FunctionName"] else None
        assert function["Environment"]["Variables"].get("WORKER_STATISTICS_TABLE") == expected


def test_logs_are_kept_for_as_long_as_asked(deployed: dict[str, dict[str, Any]], client: Any) -> None:
    groups = client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/SageMaker-")["logGroups"]
    names = [f"/aws/lambda/{function['FunctionName']}" for function in deployed.values()]
    assert sorted(group["logGroupName"] for group in groups) == sorted(names)
    assert {group["retentionInDays"] for group in groups} == {90}


def test_the_dashboard_is_there(deployed: dict[str, dict[str, Any]], client: Any) -> None:
    (dashboard,) = client("cloudwatch").list_dashboards()["DashboardEntries"]
    assert dashboard["DashboardName"] == f"GroundTruth-{STACK_NAME}-eu-west-1"


def test_finished_jobs_can_be_consolidated_again(deployed: dict[str, dict[str, Any]], client: Any) -> None:
    (function,) = [
        function
        for function in client("lambda").list_functions()["Functions"]
        if function["FunctionName"].startswith("GroundTruth-Reconsolidation-")
    ]
    assert (function["Runtime"], function["Handler"]) == ("python3.13", "app.reconsolidate")
    (machine,) = client("stepfunctions").list_state_machines()["stateMachines"]
    assert machine["name"] == function["FunctionName"]
