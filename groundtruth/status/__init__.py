"""How a labeling job stands, on AWS and on the local service alike: by its description and the files that it leaves in S3."""

from groundtruth.status.connection import Connection, connect
from groundtruth.status.job import JobDescription, find_job
from groundtruth.status.model import Failure, JobStatus, Pace, WorkerPace
from groundtruth.status.watching import StatusReader

__all__ = [
    "Connection",
    "Failure",
    "JobDescription",
    "JobStatus",
    "Pace",
    "StatusReader",
    "WorkerPace",
    "connect",
    "find_job",
]
