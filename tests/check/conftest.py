"""The toolkit's own stack, deployed into moto in this process."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
NAME = "invoice-labeling"


def deployment() -> ModuleType:
    """tests/contract/conftest.py, which makes a stack of template.yaml."""
    path = ROOT / "tests/contract/conftest.py"
    spec = importlib.util.spec_from_file_location("contract_deployment", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture
def stack(aws: None) -> dict[str, str]:
    """The outputs of a deployed stack whose label category configs are uploaded, ready for jobs."""
    module: Any = deployment()
    outputs: dict[str, str] = module.described(NAME, module.created(NAME, {})).outputs
    s3 = boto3.client("s3")
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["Access-Control-Allow-Origin"]}
    s3.put_bucket_cors(Bucket=outputs["BucketName"], CORSConfiguration={"CORSRules": [rule]})  # moto leaves it out
    for path in (ROOT / "label_categories").glob("*.json"):
        s3.upload_file(str(path), outputs["BucketName"], f"label-categories/{path.name}")
    return outputs
