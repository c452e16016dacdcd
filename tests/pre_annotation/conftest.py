"""The function's code on the path, an S3 over HTTP, and small configs."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "functions" / "pre_annotation"))

BUCKET = "acme-invoices"
LABELS: dict[str, list[dict[str, Any]]] = {
    "document-type": [{"label": "invoice", "displayName": "Invoice"}, {"label": "credit_note"}],
    "invoice-boxes": [{"label": "total_amount", "displayName": "Total amount"}, {"label": "due_date"}],
    "invoice-fields": [
        {"label": "total_amount", "displayName": "Total amount", "type": "amount", "description": "Tax included."},
        {"label": "due_date", "type": "date", "dateOrder": "day-first", "required": False},
    ],
}


@pytest.fixture(scope="session")
def categories() -> Callable[..., Any]:
    """Makes the label categories of a task type, with settings under `task`."""
    from pre_annotation.label_categories import read_label_categories  # noqa: PLC0415

    def make(task_type: str, **task: object) -> Any:
        document = json.dumps({"labels": LABELS[task_type], "task": task}).encode()
        return read_label_categories(document, f"s3://{BUCKET}/{task_type}.json", task_type)

    return make


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of an S3 that is served over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of that S3 with an empty bucket; the environment points every other client there too."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=entry["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def upload(s3: Any) -> Callable[[str, object], None]:
    """Writes a config into the bucket: bytes as they are, anything else as JSON."""

    def put(key: str, config: object) -> None:
        body = config if isinstance(config, bytes) else json.dumps(config).encode()
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    return put
