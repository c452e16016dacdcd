"""docs/walk-through-aws.md, on a simulated account: moto has the stack, S3, IAM and Lambda, and the local service, over moto's S3 and with the
stack's functions, is Ground Truth. What the commands ask of AWS meanwhile is what docs/iam.md allows the person who runs them."""

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from samtranslator.yaml_helper import yaml_parse

from tests.docs.blocks import ROOT, Block, read
from tests.docs.people import PRINTED
from tests.docs.scenes import real_invoices
from tests.docs.stage import Stage
from tests.service.serving import Person

PAGE = "docs/walk-through-aws.md"
REGION = "eu-west-1"
NOT_HERE = {
    "sam": "tests/sam runs it",
    "aws": "the AWS command line is not among the project's tools",
    "export": "asks aws",
}
"""Blocks that begin so are only parsed."""
TEAM = "ap-clerks"


def deployment() -> Any:
    """tests/contract/conftest.py, which makes a stack of template.yaml."""
    spec = importlib.util.spec_from_file_location("contract_deployment", ROOT / "tests/contract/conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of an account with the stack in it, and under STACK its outputs."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": REGION,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        deployment().created("invoice-labeling", {})
        described = boto3.client("cloudformation").describe_stacks(StackName="invoice-labeling")["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        s3 = boto3.client("s3")
        rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}  # moto leaves it out of the stack
        s3.put_bucket_cors(Bucket=outputs["BucketName"], CORSConfiguration={"CORSRules": [rule]})
        for path in (ROOT / "label_categories").glob("*.json"):
            s3.upload_file(str(path), outputs["BucketName"], f"label-categories/{path.name}")
        # moto's server shares its process with other tests
        others = [entry["Name"] for entry in s3.list_buckets()["Buckets"] if entry["Name"] != outputs["BucketName"]]
    yield settings | {"STACK": json.dumps(outputs), "OTHER_BUCKETS": json.dumps(others)}
    server.stop()


def template_with_the_stacks_names(folder: Path, outputs: dict[str, str]) -> Path:
    """The template with the names that the functions have in the account."""
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = str(ROOT / resource["Properties"]["CodeUri"])
            if arn := outputs.get(f"{name}Arn"):
                resource["Properties"]["FunctionName"] = arn.rpartition(":")[2]
    path = folder / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def walked(account: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage after the page has been followed to its end."""
    outputs = json.loads(account["STACK"])
    bucket = outputs["BucketName"]
    folder = tmp_path_factory.mktemp("aws") / "page"
    folder.mkdir()
    settings = {name: value for name, value in account.items() if name not in {"STACK", "OTHER_BUCKETS"}}
    with Stage(folder, settings) as stage:
        real_invoices(stage)
        made = template_with_the_stacks_names(folder.parent, outputs)
        endpoint = account["AWS_ENDPOINT_URL"]
        serve = f"groundtruth serve --s3 {endpoint} --template-file {made} --label-categories s3://{bucket}/label-categories/"
        stage.play(Block(PAGE, 0, "sh", serve))
        members = [{"OidcMemberDefinition": {"Groups": [TEAM]}}]
        stage.client("sagemaker").create_workteam(WorkteamName=TEAM, Description="AP", MemberDefinitions=members)
        address = stage.environment["AWS_ENDPOINT_URL_SAGEMAKER"]
        stage.people = [Person(address, name, TEAM) for name in ("Ada Byron", "Grace Hopper")]
        stage.environment |= {
            "BUCKET": bucket,
            "RECORDED_CALLS": str(folder.parent / "calls"),
            "PYTHONPATH": str(ROOT / "tests/docs/recorder"),
        }
        for each in read(PAGE):
            if not isinstance(each, Block) or (each.is_shell and each.commands[0][0] not in NOT_HERE):
                stage.play(each)
        yield stage


def test_the_page_ends_with_training_data(walked: Stage):
    lines = [json.loads(line) for line in (walked.folder / "final.manifest").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == len(PRINTED)
    assert sum(line["invoice-boxes"].get("reviewed", False) for line in lines) == 1
    exported = [path.read_text(encoding="utf-8") for path in (walked.folder / "training").glob("*.manifest")]
    assert sum(text.count("\n") for text in exported) == len(PRINTED)


def test_labels_and_answers_lie_in_the_stacks_bucket_alone(walked: Stage, account: dict[str, str]):
    s3 = walked.client("s3")
    bucket = walked.environment["BUCKET"]
    elsewhere = {entry["Name"] for entry in s3.list_buckets()["Buckets"]} - {bucket}
    assert elsewhere == set(json.loads(account["OTHER_BUCKETS"]))
    keys = {entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert {key.split("/")[0] for key in keys} == {"first", "label-categories", "manifests", "output", "templates"}


_ACTIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "lambda:GetFunction": "lambda:GetFunction",
}
"""Operations whose permission has another name."""


def test_the_permissions_page_names_whatever_the_commands_asked_of_aws(walked: Stage):
    calls = set(Path(walked.environment["RECORDED_CALLS"]).read_text(encoding="utf-8").split())
    people = (ROOT / "docs/iam.md").read_text(encoding="utf-8").partition("## People")[2]
    allowed = set(re.findall(r"`([a-z0-9]+:[A-Z]\w*)`", people))
    assert {_ACTIONS.get(call, call) for call in calls} <= allowed
    assert "sagemaker:CreateLabelingJob" in calls
