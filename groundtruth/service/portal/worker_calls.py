"""What a worker's page asks of the portal: jobs, tasks, drafts and answers."""

import json
from typing import Any

from starlette.routing import BaseRoute, Route

from groundtruth.errors import UnusableAnswerError
from groundtruth.service.portal.calls import Call, Calls, Reply
from groundtruth.service.portal.frames import Frames
from groundtruth.service.task import Task
from groundtruth.service.tasks import Tasks


class WorkerCalls:
    """The calls of workers. Each is about the worker's own tasks: those of others are not there."""

    def __init__(self, tasks: Tasks, frames: Frames, prefix: str, clock: Any) -> None:
        self._tasks = tasks
        self._frames = frames
        self._prefix = prefix
        self._clock = clock

    def routes(self, calls: Calls) -> list[BaseRoute]:
        """Their addresses, below `/api`."""
        by_worker = calls.by_worker
        return [
            Route("/jobs", by_worker(self.jobs), methods=["GET"]),
            Route("/jobs/{job}/next", by_worker(self.next), methods=["POST"]),
            Route("/tasks/{id}", by_worker(self.task), methods=["GET"]),
            Route("/tasks/{id}/submit", by_worker(self.submit), methods=["POST"]),
            Route("/tasks/{id}/draft", by_worker(self.draft), methods=["PUT"]),
            Route("/tasks/{id}/decline", by_worker(self.decline), methods=["POST"]),
            Route("/tasks/{id}/pause", by_worker(self.pause), methods=["POST"]),
            Route("/tasks/{id}/release", by_worker(self.release), methods=["POST"]),
            Route("/tasks/{id}/take-again", by_worker(self.take_again), methods=["POST"]),
        ]

    def jobs(self, call: Call) -> Reply:
        """The open jobs of the worker's teams."""
        found = [
            {
                "name": job.name,
                "title": job.title,
                "description": job.description,
                "timeLimit": job.time_limit,
                "available": job.available,
                "unfinished": job.unfinished,
            }
            for job in self._tasks.open_jobs(call.visitor.worker_id)
        ]
        return Reply({"jobs": found})

    def next(self, call: Call) -> Reply:
        """The task in hand, or the next one: `{"task": null}` when there is none now."""
        task = self._tasks.next_task(call.visitor.worker_id, call.path["job"])
        return Reply({"task": None if task is None else self._told(task)})

    def task(self, call: Call) -> Reply:
        """The task as it stands."""
        return Reply({"task": self._told(self._tasks.task(call.path["id"], call.visitor.worker_id))})

    def submit(self, call: Call) -> Reply:
        """Keep an answer. It is on disk when this answers."""
        answer = call.body.get("answer")
        if not isinstance(answer, dict):
            raise UnusableAnswerError("An answer is one JSON object, keyed by the names of the form's elements.")
        kept = self._tasks.submit(call.path["id"], call.visitor.worker_id, answer)
        return Reply({"saved": True, "repeated": kept.repeated})

    def draft(self, call: Call) -> Reply:
        """Keep what the worker has so far."""
        draft = call.body.get("answer")
        if not isinstance(draft, dict):
            raise UnusableAnswerError("A draft is one JSON object, keyed by the names of the form's elements.")
        text = json.dumps(draft, ensure_ascii=False, separators=(",", ":"))
        self._tasks.save_draft(call.path["id"], call.visitor.worker_id, text)
        return Reply()

    def decline(self, call: Call) -> Reply:
        """The worker will not do this task."""
        self._tasks.decline(call.path["id"], call.visitor.worker_id)
        return Reply()

    def pause(self, call: Call) -> Reply:
        """Stop, and resume later."""
        self._tasks.pause(call.path["id"], call.visitor.worker_id)
        return Reply()

    def release(self, call: Call) -> Reply:
        """Give the task back undone."""
        self._tasks.release(call.path["id"], call.visitor.worker_id)
        return Reply()

    def take_again(self, call: Call) -> Reply:
        """Go on with a task whose time was over."""
        return Reply({"task": self._told(self._tasks.take_again(call.path["id"], call.visitor.worker_id))})

    def _told(self, task: Task) -> dict[str, Any]:
        return {
            "id": task.assignment_id,
            "job": task.job_name,
            "secondsLeft": round(task.seconds_left(self._clock()), 1),
            "draft": _draft(task.draft),
            "frame": f"{self._prefix}/frame/{self._frames.token(task.assignment_id)}",
        }


def _draft(text: str | None) -> dict[str, Any] | None:
    try:
        draft = json.loads(text) if text else None
    except ValueError:
        return None
    return draft if isinstance(draft, dict) else None
