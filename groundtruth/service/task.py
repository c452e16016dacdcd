"""What passes between workers and the service: jobs to work on, tasks, answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundtruth.errors import UnusableAnswerError
from groundtruth.service.job_card import JobCard

LONGEST_ANSWER = 5_000_000
"""Characters of one answer: several workers' answers must fit into a consolidation request that a function reads."""


@dataclass(frozen=True)
class OpenJob:
    """A job that a worker may work on. `available`: data objects they can take now; `unfinished`: they have a task of it in hand."""

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    time_limit: int
    created_at: float
    available: int
    unfinished: bool


@dataclass(frozen=True)
class Task:
    """One worker's task: what to show and how long there is. Times are seconds since the epoch.

    template: the source of the worker template. task_input: what it knows as `task.input`. draft: what `save_draft` kept last.
    """

    assignment_id: str
    job_name: str
    job_title: str
    job_description: str
    dataset_object_id: str
    template: str
    task_input: Any
    accepted_at: float
    deadline: float
    draft: str | None

    def seconds_left(self, now: float) -> float:
        """Seconds until the task's time is over."""
        return max(0.0, self.deadline - now)


@dataclass(frozen=True)
class Submission:
    """An answer that is kept. `repeated`: it was there before, and what was submitted now changed nothing."""

    assignment_id: str
    job_name: str
    submitted_at: float
    repeated: bool


def shown(card: JobCard, assignment: Mapping[str, Any], row: Any) -> Task:
    """The task of an assignment to the data object in this row."""
    return Task(
        assignment_id=assignment["id"],
        job_name=card.name,
        job_title=card.title,
        job_description=card.description,
        dataset_object_id=str(row.number),
        template=card.template,
        task_input=json.loads(row.line if row.task_input is None else row.task_input),
        accepted_at=assignment["accepted_at"],
        deadline=assignment["deadline"],
        draft=assignment["draft"],
    )


def answer_text(answer: Mapping[str, Any]) -> str:
    """The answer as it is kept. Raises UnusableAnswerError when it cannot be."""
    if not isinstance(answer, Mapping):
        raise UnusableAnswerError("An answer is one JSON object, keyed by the names of the form's elements.")
    try:
        content = storable(json.dumps(answer, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise UnusableAnswerError(f"The answer cannot be written as JSON: {error}.") from error
    if len(content) > LONGEST_ANSWER:
        raise UnusableAnswerError(f"The answer has {len(content):,} characters; at most {LONGEST_ANSWER:,} are kept.")
    return content


def storable(text: str) -> str:
    """The text without what no database keeps: a browser may send half a surrogate pair, or a NUL."""
    return (
        text.encode("utf-16-le", "surrogatepass")
        .decode("utf-16-le", "replace")
        .replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def duration_text(seconds: int) -> str:
    """A time limit as people say it."""
    minutes, rest = divmod(seconds, 60)
    return f"{seconds} seconds" if minutes == 0 or rest else f"{minutes} minute{'s' if minutes > 1 else ''}"
