"""What somebody asks for who submits a job, and what is taken when they do not say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from groundtruth.submit.estimate import Prices

_LONGEST_NAME = 63
_OUTPUT_MANIFEST = "/manifests/output/output.manifest"


@dataclass(frozen=True)
class Asked:
    """A job as it is asked for; None, or an empty text, where a default is taken.

    manifest: a file or an S3 URI; chain: the job whose labels it starts from instead. workteam: an ARN, or the name of a private team. stack: the name
    of a deployed stack, None for the local service. sam_template: declares the task type's functions, which are invoked in the checks. template:
    of workers. label_categories: the job's own, None for what lies in S3 under its name, else default_categories. instructions: a file of HTML in place
    of the template's own. time_limit, availability: seconds. people: who share the work, for the estimate. look_at_objects: None looks at them when
    there are few.
    """

    task_type: str
    sam_template: Path
    template: Path
    default_categories: Path | None
    manifest: str | None = None
    chain: str | None = None
    stack: str | None = None
    workteam: str | None = None
    name: str | None = None
    label_attribute: str | None = None
    label_categories: Path | None = None
    instructions: Path | None = None
    gold: Path | None = None
    output: str | None = None
    role: str | None = None
    kms_key: str | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    workers: int = 3
    time_limit: int | None = None
    availability: int | None = None
    max_concurrent: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    people: int | None = None
    look_at_objects: bool | None = None


@dataclass(frozen=True)
class TaskDefaults:
    """What workers are told of a task type. time_limit: seconds they may take; seconds: what an answer takes on average, before there are any."""

    title: str
    description: str
    keywords: tuple[str, ...]
    time_limit: int
    seconds: float


_TASKS = {
    "document-type": TaskDefaults(
        "Choose the document type", "Say what kind of document the page shows.", ("invoice", "document type"), 900, 15
    ),
    "invoice-boxes": TaskDefaults(
        "Draw boxes around the fields of an invoice",
        "Draw a box around each value that the instructions ask for.",
        ("invoice", "boxes"),
        1800,
        120,
    ),
    "invoice-fields": TaskDefaults(
        "Type the fields of an invoice",
        "Type each value that the instructions ask for, as it is printed.",
        ("invoice", "fields"),
        1800,
        150,
    ),
}


def defaults_of(task_type: str) -> TaskDefaults:
    """The defaults of a task type; a task type of one's own is named by its own words."""
    words = task_type.replace("-", " ")
    own = TaskDefaults(f"{words.capitalize()}", f"Answer what the page asks for: {words}.", ("documents",), 1800, 120)
    return _TASKS.get(task_type, own)


def job_name(asked: Asked) -> str:
    """The job's name: as asked for, else made of the manifest's, or of the job that it is chained to, and the task type."""
    if asked.name is not None:
        return asked.name
    begin = asked.chain.rsplit("/", 1)[-1] if asked.chain else _manifest_name(asked.manifest or "")
    for task in (*_TASKS, asked.task_type):
        begin = begin.removesuffix(f"-{task}")
    words = re.sub(r"[^a-zA-Z0-9]+", "-", begin).strip("-")
    ending = f"-{asked.task_type}"
    name = words[: _LONGEST_NAME - len(ending)].rstrip("-") + ending
    return (
        f"{name[: _LONGEST_NAME - 2]}-2" if asked.chain and name == asked.chain.rsplit("/", 1)[-1] else name.strip("-")
    )


def _manifest_name(manifest: str) -> str:
    path = manifest.removeprefix("s3://")
    if path.endswith(_OUTPUT_MANIFEST):
        return PurePosixPath(path.removesuffix(_OUTPUT_MANIFEST)).name
    return PurePosixPath(path).stem
