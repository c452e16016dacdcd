"""The toolkit's stack, deployed into moto in a process of its own, and SageMaker beside it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from groundtruth.status import Connection
from groundtruth.submit import Asked, Plan, make_plan, send
from tests.check.conftest import deployment
from tests.service.serving import free_port
from tests.submit.sagemaker import SageMaker

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
STACK = "invoice-labeling"


@dataclass(frozen=True)
class Account:
    """An account with a deployed stack. settings: the environment that points clients at it."""

    outputs: dict[str, str]
    sagemaker: SageMaker
    connection: Connection
    settings: dict[str, str]

    @property
    def bucket(self) -> str:
        return self.outputs["BucketName"]

    @property
    def s3(self) -> Any:
        return self.connection.client("s3")

    def stored(self) -> set[str]:
        return {entry["Key"] for entry in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])}

    def body(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """moto's server: in this process its S3 would be the checks' own embedded one too."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while True:
            try:
                requests.get(url, timeout=5)
                break
            except requests.RequestException:
                assert time.monotonic() < until, "moto's server did not start"
                time.sleep(0.1)
        yield url
        server.terminate()


@pytest.fixture
def account(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account with the stack; every test has it for itself."""
    requests.post(f"{moto_url}/moto-api/reset", timeout=30)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with SageMaker(REGION) as sagemaker:
        settings = {
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": moto_url,
            "AWS_ENDPOINT_URL_SAGEMAKER": sagemaker.url,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        deployment().created(STACK, {})
        stack = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["Access-Control-Allow-Origin"]}
        s3 = boto3.client("s3")
        s3.put_bucket_cors(Bucket=outputs["BucketName"], CORSConfiguration={"CORSRules": [rule]})  # moto leaves it out
        for number in range(3):
            s3.put_object(Bucket=outputs["BucketName"], Key=f"pages/{number}.png", Body=b"png")
        yield Account(outputs, sagemaker, Connection(boto3.Session(), REGION, None, None, False), settings)


@pytest.fixture
def asked(account: Account, tmp_path: Path) -> Asked:
    """A sound job over three pages."""
    manifest = tmp_path / "q3.manifest"
    lines = [{"source-ref": f"s3://{account.bucket}/pages/{n}.png", "document": "a.pdf", "page": n} for n in range(3)]
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Asked(
        task_type="invoice-boxes",
        sam_template=ROOT / "template.yaml",
        template=ROOT / "crowd_templates/invoice-boxes.liquid.html",
        default_categories=ROOT / "label_categories/invoice-boxes.json",
        manifest=str(manifest),
        stack=STACK,
        workteam=account.sagemaker.team_arn("ap-clerks"),
    )


type Planning = Callable[..., Plan]


@pytest.fixture
def plan(account: Account, asked: Asked, tmp_path: Path) -> Planning:
    """Plans the sound job with changes: plan(workers=5)."""

    def make(*, dry: bool = False, **changes: Any) -> Plan:
        folder = tmp_path / "plan"
        folder.mkdir(exist_ok=True)
        return make_plan(replace(asked, **changes), account.connection, folder, dry=dry)

    return make


@pytest.fixture
def submitted(account: Account, plan: Planning) -> Callable[..., str]:
    """Plans and sends."""
    return lambda **changes: send(plan(**changes), account.connection, lambda _: None, lambda: None)
