"""What a run does, and its record in the new tree, which lets an interrupted run go on and keeps two runs from mixing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from groundtruth.errors import RequestError
from groundtruth.reconsolidate.trees import Tree

FOLDER = "reconsolidated"
"""Beside the jobs of an output path: where the new trees lie. The stack's function may write nowhere else."""
RECORD = "reconsolidation.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Run:
    """How a finished job is consolidated again.

    settings: environment variables of the consolidation function that differ from its own (CONSOLIDATION_METHOD and so on). label_categories: the
    config, None for the function's own. source: what is read (`parts.SOURCES`). iou: least IoU of two boxes that match when agreement is
    counted. created: what the labels' metadata say, ISO 8601; execution: the one on AWS, empty elsewhere.
    """

    job_output: str
    job_name: str
    task_type: str
    label_attribute: str
    settings: Mapping[str, str]
    label_categories: Mapping[str, Any] | None
    source: str = "auto"
    objects_at_once: int = 200
    iou: float = 0.5
    created: str = ""
    execution: str = ""

    def as_event(self) -> dict[str, Any]:
        """What the function is told of the run."""
        return {
            "taskType": self.task_type,
            "labelAttributeName": self.label_attribute,
            "jobName": self.job_name,
            "settings": dict(self.settings),
            "labelCategoryConfig": self.label_categories,
            "objectsAtOnce": self.objects_at_once,
            "agreementIou": self.iou,
        }

    def as_json(self) -> dict[str, Any]:
        """The record."""
        return {
            "format": _FORMAT,
            "job_output": self.job_output,
            "source": self.source,
            "created": self.created,
            "execution": self.execution,
            "run": self.as_event(),
        }


def begun(tree: Tree, run: Run) -> Run:
    """The run as its record has it: the one that was begun before, or this one, now on record.

    Raises RequestError when another run, with other settings, lies in the tree.
    """
    if not tree.exists(RECORD):
        started = replace(run, created=run.created or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}")
        record(tree, started)
        return started
    earlier = _record(tree)
    differing = sorted(
        name
        for name, value in {**run.as_event(), "source": run.source, "job_output": run.job_output}.items()
        if {**earlier["run"], **earlier}.get(name) != value
    )
    if differing:
        raise RequestError(
            f"{tree.address()}: another run lies there, which differs in {', '.join(differing)}. Choose another --name, or remove it."
        )
    return replace(run, created=earlier["created"], execution=earlier["execution"])


def record(tree: Tree, run: Run) -> None:
    """Write the run's record."""
    tree.write(RECORD, json.dumps(run.as_json(), indent=2, ensure_ascii=False).encode())


def _record(tree: Tree) -> dict[str, Any]:
    try:
        found = json.loads(tree.read(RECORD))
        if found["format"] == _FORMAT and isinstance(found["run"], dict):
            return {"created": str(found["created"]), "execution": str(found["execution"]), **found}
    except (ValueError, KeyError, TypeError):
        pass
    raise RequestError(f"{tree.address(RECORD)}: no record of a run. Choose another --name, or remove the folder.")
