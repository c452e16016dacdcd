"""The usual AWS settings, or one option, say whether AWS or the local service is meant."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundtruth.errors import RequestError
from groundtruth.status import connect

LOCAL = "http://127.0.0.1:8765"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No AWS settings at all, as on a fresh machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


@pytest.fixture
def two_ports() -> Iterator[int]:
    """A port P such that something listens at P + 2, as the local service's S3 does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1] - 2


def urls(connection) -> tuple[str, str]:
    return connection.client("sagemaker").meta.endpoint_url, connection.client("s3").meta.endpoint_url


def test_the_printed_settings_of_the_service_are_enough(monkeypatch, credentials):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER", LOCAL)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000")
    connection = connect()
    assert connection.is_local
    assert urls(connection) == (LOCAL, "http://127.0.0.1:9000")


def test_one_option_is_enough_for_the_local_service_without_any_settings(two_ports):
    connection = connect(f"http://127.0.0.1:{two_ports}")
    assert (connection.is_local, connection.region) == (True, "us-east-1")
    assert urls(connection) == (f"http://127.0.0.1:{two_ports}", f"http://127.0.0.1:{two_ports + 2}")


def test_one_address_for_everything_is_taken_for_everything(credentials):
    connection = connect("http://localstack.example:4566")
    assert urls(connection) == ("http://localstack.example:4566",) * 2
    assert connection.client("cloudformation").meta.endpoint_url == "http://localstack.example:4566"


def test_an_option_comes_before_a_setting_but_for_s3_of_its_own(monkeypatch, credentials):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000")
    assert urls(connect(LOCAL)) == (LOCAL, "http://127.0.0.1:9000")


def test_a_profile_may_say_it(monkeypatch, tmp_path):
    (tmp_path / "AWS_CONFIG_FILE").write_text(
        "[profile local]\nregion = eu-west-1\nservices = here\naws_access_key_id = x\naws_secret_access_key = x\n"
        f"[services here]\nsagemaker =\n  endpoint_url = {LOCAL}\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "local")
    connection = connect()
    assert (connection.is_local, connection.region) == (True, "eu-west-1")
    assert urls(connection) == (LOCAL, "http://127.0.0.1:9000")


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1"])
def test_without_an_address_it_is_aws(credentials, region):
    connection = connect(region=region)
    assert (connection.is_local, connection.region) == (False, region)
    assert "amazonaws.com" in urls(connection)[0]


def test_an_interface_endpoint_is_aws(credentials):
    assert not connect("https://vpce-1-abc.api.sagemaker.eu-west-1.vpce.amazonaws.com", "eu-west-1").is_local


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "No region is set"),
        ({"AWS_REGION": "eu-west-1"}, "There are no AWS credentials"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "There are no AWS credentials"),
        ({"AWS_PROFILE": "gone"}, "AWS cannot be asked: The config profile (gone) could not be found"),
        ({"AWS_ENDPOINT_URL_SAGEMAKER": "http://127.0.0.1:1"}, "Set AWS_ENDPOINT_URL_S3"),
        ({"AWS_ENDPOINT_URL_SAGEMAKER": "nonsense"}, "cannot be asked"),
    ],
)
def test_what_is_missing_is_said(monkeypatch, settings, said):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RequestError) as refused:
        connect()
    assert said in str(refused.value)
