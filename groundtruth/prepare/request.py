"""What `groundtruth prepare` is asked, and what it answers."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from groundtruth.prepare.duplicates import Duplicate, DuplicatePolicy
from groundtruth.prepare.model import Problem
from groundtruth.prepare.sources import Selection
from groundtruth.storage import S3Location


@dataclass(frozen=True)
class PrepareRequest:
    """What to prepare, and how.

    folder: the documents. destination: the bucket and prefix. manifest: the local file to write. dpi: of PDF pages. vendor_from: see
    `groundtruth.prepare.vendors`. gold_truth: a truth file of the gold documents. words: whether the words of text layers are wanted. textract: `call`,
    a folder of saved responses, or None. minimum_confidence: of Textract's fields, 0 to 1. workers: processes that render. timeout: seconds
    a part of a document may take. endpoint_url: of S3.
    """

    folder: Path
    destination: S3Location
    manifest: Path
    dpi: int = 150
    selection: Selection = field(default_factory=Selection)
    vendor_from: str | None = None
    gold_truth: Path | None = None
    words: bool = False
    textract: str | Path | None = None
    textract_fields: Path | None = None
    minimum_confidence: float = 0.5
    exact_duplicates: DuplicatePolicy = DuplicatePolicy.LEAVE_OUT
    near_duplicates: DuplicatePolicy = DuplicatePolicy.KEEP
    workers: int = 2
    uploads: int = 8
    timeout: float = 120.0
    endpoint_url: str | None = None
    create_bucket: bool = False
    dry_run: bool = False

    @property
    def manifest_name(self) -> str:
        """The manifest's name below the destination."""
        return self.manifest.name

    @property
    def gold_file(self) -> Path:
        """Where the gold documents' truth is written."""
        return self.manifest.with_name(f"{self.manifest.stem}.gold.jsonl")

    @property
    def journal(self) -> Path:
        """Where it is noted what is done."""
        return self.manifest.with_name(f"{self.manifest.name}.progress")


@dataclass(frozen=True)
class PrepareReport:
    """What came of it. manifest_uri: None after a dry run. notes: what was changed or is missing, by page.

    uploaded, skipped: objects sent, and those that lay there already. pages: lines of the manifest.
    """

    manifest: Path
    manifest_uri: str | None
    documents: int
    pages: int
    gold: int
    with_words: int
    with_predictions: int
    uploaded: int
    skipped: int
    duplicates: tuple[Duplicate, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    elapsed: float

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            **asdict(self),
            "manifest": str(self.manifest),
            "duplicates": [asdict(duplicate) for duplicate in self.duplicates],
            "problems": [asdict(problem) for problem in self.problems],
            "elapsed": round(self.elapsed, 3),
        }
