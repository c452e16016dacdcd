"""From a folder of documents to page images and a manifest in S3."""

from groundtruth.prepare.duplicates import Duplicate, DuplicatePolicy
from groundtruth.prepare.model import Problem
from groundtruth.prepare.request import PrepareReport, PrepareRequest
from groundtruth.prepare.run import prepare
from groundtruth.prepare.sources import Selection

__all__ = ["Duplicate", "DuplicatePolicy", "PrepareReport", "PrepareRequest", "Problem", "Selection", "prepare"]
