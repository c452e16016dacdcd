"""A folder for documents, and an S3 over HTTP to prepare them into."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from groundtruth.prepare.naming import destination
from groundtruth.prepare.request import PrepareReport, PrepareRequest
from groundtruth.prepare.run import prepare
from groundtruth.storage import EmbeddedS3

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT / "functions" / "pre_annotation"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    if not DATA.is_dir():
        message = f"{DATA} is missing: the real invoices and responses are read from there."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return DATA


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedS3]:
    """An S3 with the bucket `acme`, which the environment points clients at."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with EmbeddedS3(tmp_path / "s3") as server:
        server.ensure_bucket("acme")
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.endpoint_url)
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for documents."""
    path = tmp_path / "invoices"
    path.mkdir()
    return path


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Callable[..., PrepareReport]:
    """Prepares the folder into s3://acme/q3, with one process."""

    def call(**settings: Any) -> PrepareReport:
        steps: tuple[Any, ...] = settings.pop("steps", ())
        defaults: dict[str, Any] = {
            "folder": folder,
            "destination": destination("s3://acme/q3"),
            "manifest": tmp_path / "q3.manifest",
            "workers": 1,
        }
        return prepare(PrepareRequest(**defaults | settings), *steps)

    return call
