"""The embedded S3 serves boto3 clients, keeps objects as files, and shows them again when it is opened next time."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundtruth.errors import StorageError
from groundtruth.storage import EmbeddedS3, RemoteS3, S3Location
from groundtruth.storage.embedded import CREDENTIALS
from groundtruth.storage.files import existing_path, stored_keys, write_object


def client(s3: EmbeddedS3) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=s3.endpoint_url,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )


def test_what_a_client_puts_is_a_file_and_what_the_engine_puts_a_client_reads(tmp_path: Path):
    with EmbeddedS3(tmp_path) as s3:
        boto = client(s3)
        boto.create_bucket(Bucket="invoices")
        boto.put_object(Bucket="invoices", Key="pages/2026-11-03_09:41:12.json", Body=b"[1]")
        assert (tmp_path / "invoices/pages/2026-11-03_09:41:12.json").read_bytes() == b"[1]"
        s3.put(S3Location("invoices", "b.json"), b"{}")
        answer = boto.get_object(Bucket="invoices", Key="b.json")
        assert answer["Body"].read() == b"{}"
        assert answer["ContentType"] == "application/json"
        assert s3.get(S3Location("invoices", "pages/2026-11-03_09:41:12.json")) == b"[1]"


def test_objects_are_there_again_when_the_folder_is_opened_again_and_deleted_ones_are_not(tmp_path: Path):
    page = tmp_path / "page.png"
    page.write_bytes(b"png")
    with EmbeddedS3(tmp_path / "s3") as s3:
        s3.put_file(S3Location("invoices", "pages/1.png"), page)
        s3.put(S3Location("invoices", "a//b"), b"odd key")
        s3.put(S3Location("invoices", "gone"), b"x")
        client(s3).delete_object(Bucket="invoices", Key="gone")
    with EmbeddedS3(tmp_path / "s3") as s3:
        listed = client(s3).list_objects_v2(Bucket="invoices")["Contents"]
        assert [entry["Key"] for entry in listed] == ["a//b", "pages/1.png"]
        head = client(s3).head_object(Bucket="invoices", Key="pages/1.png")
        assert (head["ContentLength"], head["ContentType"]) == (3, "image/png")
        assert s3.get(S3Location("invoices", "a//b")) == b"odd key"


def test_an_object_that_is_not_there_is_named(tmp_path: Path):
    with EmbeddedS3(tmp_path) as s3:
        s3.ensure_bucket("invoices")
        with pytest.raises(StorageError, match="s3://invoices/missing.png"):
            s3.get(S3Location("invoices", "missing.png"))
        with pytest.raises(StorageError, match="s3://elsewhere/x: S3 would not write"):
            s3.put(S3Location("elsewhere", "x"), b"")
        remote = RemoteS3(client=client(s3))
        with pytest.raises(StorageError, match="s3://invoices/missing.png"):
            remote.get(S3Location("invoices", "missing.png"))
        assert not remote.exists(S3Location("invoices", "missing.png"))


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_come_one_by_one_whatever_ends_them(tmp_path: Path, end: bytes):
    lines = [b'{"source":"%d"}' % number for number in range(20_000)]
    with EmbeddedS3(tmp_path) as s3:
        s3.ensure_bucket("invoices")
        location = S3Location("invoices", "q3.manifest")
        s3.put(location, end.join(lines) + end)
        assert list(s3.lines(location)) == lines
        assert list(RemoteS3(client=client(s3)).lines(location)) == lines


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40), unique=True, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_any_key_is_kept_below_the_bucket_and_found_again(tmp_path_factory: pytest.TempPathFactory, keys: list[str]):
    folder = tmp_path_factory.mktemp("s3")
    for key in keys:
        path = write_object(folder, S3Location("invoices", key), key.encode())
        assert path.resolve().is_relative_to((folder / "invoices").resolve())
    assert sorted(stored_keys(folder, "invoices")) == sorted(keys)
    for key in keys:
        found = existing_path(folder, S3Location("invoices", key))
        assert found is not None
        assert found.read_bytes().decode() == key


def test_an_object_beside_a_folder_of_its_name_is_another_object(tmp_path: Path):
    with EmbeddedS3(tmp_path) as s3:
        boto = client(s3)
        boto.create_bucket(Bucket="invoices")
        for key in ("a", "a/b", "c/d", "c"):
            boto.put_object(Bucket="invoices", Key=key, Body=key.encode())
        listed = [entry["Key"] for entry in boto.list_objects_v2(Bucket="invoices")["Contents"]]
        assert listed == ["a", "a/b", "c", "c/d"]
        assert [boto.get_object(Bucket="invoices", Key=key)["Body"].read().decode() for key in listed] == listed


def test_what_the_engine_writes_again_a_client_reads_anew(tmp_path: Path):
    with EmbeddedS3(tmp_path) as s3:
        s3.ensure_bucket("invoices")
        for body in (b"1", b"22"):
            s3.put(S3Location("invoices", "x.json"), body)
            answer = client(s3).get_object(Bucket="invoices", Key="x.json")
            assert (answer["Body"].read(), answer["ContentLength"]) == (body, len(body))


def test_what_a_client_says_of_an_object_is_there_again_after_the_folder_was_opened_anew(tmp_path: Path):
    with EmbeddedS3(tmp_path) as s3:
        boto = client(s3)
        boto.create_bucket(Bucket="invoices")
        told = {"ContentType": "application/x-invoice", "Metadata": {"vendor": "acme"}}
        boto.put_object(Bucket="invoices", Key="1.png", Body=b"1", **told)
        boto.copy_object(Bucket="invoices", Key="2.png", CopySource="invoices/1.png")
        boto.put_object(Bucket="invoices", Key="3.png", Body=b"3", **told)
        boto.put_object(Bucket="invoices", Key="3.png", Body=b"3", ContentType="image/png")
        boto.put_object(Bucket="invoices", Key="4.png", Body=b"4", **told)
        s3.put(S3Location("invoices", "4.png"), b"4")
        boto.put_object(Bucket="invoices", Key="5.png", Body=b"5", **told)
        boto.delete_object(Bucket="invoices", Key="5.png")
    with EmbeddedS3(tmp_path) as s3:
        boto = client(s3)
        stored = {key: boto.head_object(Bucket="invoices", Key=f"{key}.png") for key in "1234"}
        assert [stored[key]["ContentType"] for key in "1234"] == ["application/x-invoice"] * 2 + ["image/png"] * 2
        assert [stored[key]["Metadata"] for key in "1234"] == [{"vendor": "acme"}] * 2 + [{}] * 2
        listed = boto.list_objects_v2(Bucket="invoices")["Contents"]
        assert [entry["Key"] for entry in listed] == ["1.png", "2.png", "3.png", "4.png"]
    assert len(list((tmp_path / "invoices/.objects").iterdir())) == 2


def test_a_large_upload_in_parts_is_there_again(tmp_path: Path):
    body = bytes(range(256)) * 4096 * 12
    (tmp_path / "scan.tiff").write_bytes(body)
    with EmbeddedS3(tmp_path / "s3") as s3:
        boto = client(s3)
        boto.create_bucket(Bucket="invoices")
        extra = {"Metadata": {"pages": "12"}}
        boto.upload_file(str(tmp_path / "scan.tiff"), "invoices", "scan.tiff", ExtraArgs=extra)
    with EmbeddedS3(tmp_path / "s3") as s3:
        stored = client(s3).get_object(Bucket="invoices", Key="scan.tiff")
        assert stored["Body"].read() == body
        assert stored["Metadata"] == {"pages": "12"}


def test_a_file_goes_to_any_s3_with_the_content_type_of_its_key(tmp_path: Path):
    page = tmp_path / "page"
    page.write_bytes(b"png")
    with EmbeddedS3(tmp_path / "s3") as s3:
        s3.ensure_bucket("invoices")
        RemoteS3(client=client(s3)).put_file(S3Location("invoices", "1.png"), page)
        answer = client(s3).get_object(Bucket="invoices", Key="1.png")
        assert (answer["Body"].read(), answer["ContentType"]) == (b"png", "image/png")
        with pytest.raises(StorageError, match="s3://elsewhere/1.png"):
            RemoteS3(client=client(s3)).put_file(S3Location("elsewhere", "1.png"), page)
