"""What kind of thing a file is, by its name and, for JSON, by what stands in it."""

from enum import StrEnum
from pathlib import Path

from groundtruth.check.document import read_text
from groundtruth.errors import RequestError

_BY_ENDING = {
    ".manifest": "manifest",
    ".jsonl": "manifest",
    ".ndjson": "manifest",
    ".liquid": "template",
    ".html": "template",
    ".htm": "template",
}


class Kind(StrEnum):
    """What a file can be checked as."""

    MANIFEST = "manifest"
    TEMPLATE = "template"
    LABEL_CATEGORIES = "label-categories"
    REQUEST = "request"


def kind_of(path: Path) -> Kind:
    """What a file is. Raises RequestError, naming the options that say it, when that cannot be seen."""
    if ending := _BY_ENDING.get(path.suffix.lower()):
        return Kind(ending)
    if path.suffix.lower() == ".json":
        text = read_text(path)
        for kind, marks in _BY_CONTENT.items():
            if any(mark in text for mark in marks):
                return kind
    raise RequestError(
        f"{path}: it cannot be seen what this is. Say it with --manifest, --template, --label-categories or --request."
    )


# In this order: a request may hold anything in its tags, and only a manifest's lines name sources.
_BY_CONTENT = {
    Kind.REQUEST: ('"HumanTaskConfig"', '"LabelingJobName"', '"LabelAttributeName"', '"InputConfig"'),
    Kind.MANIFEST: ('"source-ref"', '"source"', "'source-ref'", "'source'"),
    Kind.LABEL_CATEGORIES: ('"labels"', '"document-version"'),
}
