"""Puts the consolidation function on the path, and gives its handler an S3 over HTTP."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
for folder in (ROOT / "functions" / "consolidation", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "consolidation")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "GroundTruth")

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "acme-groundtruth-invoices"
DATA = ROOT.parent / "shared" / "data"


@dataclass(frozen=True)
class Context:
    """What Lambda gives beside the event."""

    function_name: str = "SageMakerConsolidation"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:SageMakerConsolidation"
    aws_request_id: str = "52fdfc07-2182-154f-163f-5f0f9a621d72"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of an embedded S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An environment in which boto3 speaks to the embedded S3 only."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3_endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    return s3_endpoint


@pytest.fixture
def s3(aws: str) -> "S3Client":
    """A client of the embedded S3, with an empty bucket `BUCKET`."""
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    for listed in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=listed["Key"])
    return client


Invoke = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def invoke(s3: "S3Client", monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Calls the handler as Ground Truth does, over a payload written to S3 first."""

    def call(objects: object, task_type: str = "document-type", **settings: Any) -> list[dict[str, Any]]:
        event_keys = {key: settings.pop(key) for key in list(settings) if key[0].islower()}
        for name, value in {"TASK_TYPE": task_type, "LABEL_CATEGORIES_URI": f"s3://{BUCKET}/categories/"}.items():
            monkeypatch.setenv(name, value)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        from consolidation import handler as module  # noqa: PLC0415

        for cached in (module._settings, module._own_reader, module._configs, module._gold, module._table):
            cached.cache_clear()
        key = "out/job/annotations/consolidated-annotation/consolidation-request/iteration-1/2026-11-03_09:41:12.json"
        body = objects if isinstance(objects, bytes) else json.dumps(objects).encode()
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        event = {
            "version": "2018-10-06",
            "labelingJobArn": "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/invoices-q3",
            "labelAttributeName": "Invoice-Label",
            "roleArn": "arn:aws:iam::123456789012:role/acme-groundtruth-execution",
            "payload": {"s3Uri": f"s3://{BUCKET}/{key}"},
            **event_keys,
        }
        entries: list[dict[str, Any]] = module.handler(event, Context())  # type: ignore[arg-type]
        json.dumps(entries, allow_nan=False, ensure_ascii=False).encode()
        return entries

    return call


@pytest.fixture
def data() -> Path:
    """The folder of real data. In CI it must be there; elsewhere its tests are skipped without it."""
    if not DATA.is_dir():
        message = f"the real data of {DATA.relative_to(ROOT.parent)} beside the project is not there"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return DATA
