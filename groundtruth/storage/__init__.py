"""S3, the only file system between the parts of a job: any S3 by boto3, or an embedded one that keeps its objects as files."""

from groundtruth.storage.embedded import EmbeddedS3
from groundtruth.storage.location import S3Location
from groundtruth.storage.remote import RemoteS3
from groundtruth.storage.store import Storage

__all__ = ["EmbeddedS3", "RemoteS3", "S3Location", "Storage"]
