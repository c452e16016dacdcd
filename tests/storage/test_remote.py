"""Many objects written to an S3 over HTTP."""

import boto3
import pytest

from groundtruth.errors import StorageError
from groundtruth.storage import EmbeddedS3, RemoteS3, S3Location
from groundtruth.storage.embedded import CREDENTIALS


@pytest.fixture
def remote(tmp_path):
    with EmbeddedS3(tmp_path) as s3:
        s3.ensure_bucket("data")
        client = boto3.client(
            "s3",
            endpoint_url=s3.endpoint_url,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name="us-east-1",
        )
        yield RemoteS3(client=client)


def test_all_of_many_objects_are_there_when_they_are_said_to_be_written(remote):
    objects = {S3Location("data", f"answers/{number}.json"): b"%d" % number for number in range(40)}
    remote.put_all(objects.items())
    assert {location: remote.get(location) for location in objects} == objects


def test_one_refused_object_of_many_is_told(remote):
    objects = [(S3Location("data" if number != 7 else "missing", f"{number}"), b"") for number in range(20)]
    with pytest.raises(StorageError, match="s3://missing/7"):
        remote.put_all(objects)
