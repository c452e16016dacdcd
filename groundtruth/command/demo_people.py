"""Simulated people at the demo's service: each takes task after task as a worker at the portal does, and answers it."""

from collections.abc import Callable, Mapping
from time import time
from typing import Any

from groundtruth.errors import ClosedTaskError
from groundtruth.service.stack import Stack
from groundtruth.service.tasks import Tasks
from groundtruth.workforce import SimulatedWorkforce
from groundtruth.workforce.simulate import WorkerAnswer

TEAM = "demo"
_NAMES = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Alan", "Radia", "Tony")


class DemoPeople:
    """The team's people, as many as answer an object; who is who in the simulated workforce goes by their order."""

    def __init__(self, stack: Stack, count: int) -> None:
        """The work team must be there. count: at most nine."""
        self._ahead = 0.0
        self._tasks = Tasks(stack.database, stack.settings, lambda: time() + self._ahead, stack.background.wake)
        self._ids = [stack.teams.join(TEAM, name).id for name in _NAMES[:count]]

    def work(self, job: str, workforce: SimulatedWorkforce, on_answer: Callable[[], None]) -> bool:
        """Everybody answers every task there is for them now; whether there was any. on_answer: told of each answer."""
        answered = False
        for position, worker_id in enumerate(self._ids):
            while self._answer_one(job, worker_id, position, workforce):
                answered = True
                on_answer()
        return answered

    def _answer_one(self, job: str, worker_id: str, position: int, workforce: SimulatedWorkforce) -> bool:
        try:
            task = self._tasks.next_task(worker_id, job)
        except ClosedTaskError:  # the job is not in progress yet, or is over
            return False
        if task is None:
            return False
        answer = _answer_of(workforce, position, task.dataset_object_id, task.task_input)
        if answer is None:
            self._tasks.decline(task.assignment_id, worker_id)
            return True
        self._spend(task.assignment_id, worker_id, answer.seconds)
        self._tasks.submit(task.assignment_id, worker_id, answer.content)
        return True

    def _spend(self, assignment_id: str, worker_id: str, seconds: float) -> None:
        """Let the task's clock show what a person would have taken for it, without waiting for it."""
        self._ahead = seconds
        self._tasks.pause(assignment_id, worker_id)
        self._ahead = 0.0
        self._tasks.resume(assignment_id, worker_id)


def _answer_of(
    workforce: SimulatedWorkforce, position: int, dataset_object_id: str, task_input: Mapping[str, Any]
) -> WorkerAnswer | None:
    """What the member of the workforce at this position answers; None when they never do."""
    member = workforce.team[position].worker_id
    data_object = {"source-ref": task_input["image"]}
    answers = workforce.answers(dataset_object_id, data_object, task_input, len(workforce.team))
    return next((answer for answer in answers if answer.worker_id == member), None)
