"""The document of one task, for the sandboxed frame of the worker's page.

A frame's address carries a token that is good for one task, as long as its worker has it in hand, and for nothing else; no
cookie is looked at. The document says itself that it is sandboxed: opened anywhere else it is as powerless. Its content
security policy lets it load from this portal, from where its documents were signed for, and from hosts that the job's own
template names, and send nothing anywhere else.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from time import time
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from groundtruth.errors import NoSuchTaskError
from groundtruth.service import journal
from groundtruth.service.database import Database
from groundtruth.service.portal.recent_pages import FrameDocument, RecentPages
from groundtruth.service.portal.sessions import shared_key
from groundtruth.service.records import jobs
from groundtruth.service.task import Task
from groundtruth.service.tasks import Tasks
from groundtruth.templates import render

SANDBOX = "allow-scripts allow-forms"

_ORIGIN = re.compile(r"(https?)://([A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?", re.ASCII)
_WHOLE_URL = re.compile(r"https://[^\s\"'<>]{1,4000}")
_MOST_ORIGINS = 40


class Frames:
    """Makes the addresses and the documents of task frames.

    sign: turns a URI into a URL that reads the object for a short while. crowd_elements_url: the script in place of AWS's.
    """

    def __init__(
        self,
        database: Database,
        tasks: Tasks,
        sign: Callable[[str], str],
        crowd_elements_url: str,
        clock: Callable[[], float] = time,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._sign = sign
        self._elements = crowd_elements_url
        self._clock = clock
        self._key = shared_key(database, "frames")
        self._recent = RecentPages()

    def token(self, assignment_id: str) -> str:
        """The token in the address of this task's frame."""
        return f"{assignment_id}.{hmac.digest(self._key, assignment_id.encode(), 'sha256').hex()}"

    def task_of(self, token: str) -> Task:
        """The task of a frame's token.

        Raises NoSuchTaskError when the token is not ours, LateAnswerError or ClosedTaskError when the task is in hand no more.
        """
        assignment_id = token.rpartition(".")[0]
        if not hmac.compare_digest(self.token(assignment_id).encode(), token.encode("utf-8", "replace")):
            raise NoSuchTaskError("There is no such task.")
        return self._tasks.task_of_frame(assignment_id)

    def report(self, task: Task, message: str) -> None:
        """Enter into the job's log, once, that its tasks cannot be shown."""
        this = select(jobs.c.id).where(jobs.c.unique_name == task.job_name.lower())

        def work(connection: Connection) -> None:
            journal.warn_once(connection, connection.execute(this).scalar_one(), self._clock(), (message,))

        self._database.write(work)

    def document(self, task: Task, own_origin: str) -> FrameDocument:
        """The task's page. Raises TemplateError when the template and the task's values do not go together."""
        key = (task.job_name, task.dataset_object_id, own_origin)  # a job's template and an object's input never change
        if (document := self._recent.find(key)) is None:
            document = self._rendered(task, own_origin)
            self._recent.keep(key, document)
        return document

    def _rendered(self, task: Task, own_origin: str) -> FrameDocument:
        signed: list[str] = []

        def sign(uri: str) -> str:
            signed.append(self._sign(uri))
            return signed[-1]

        page = render(
            task.template,
            task.task_input,
            sign=sign,
            crowd_elements_url=self._elements,
            name=f"The template of {task.job_name}",
        )
        scripts = {own_origin, *_origins_in(self._elements), *template_origins(task.template)}
        shown = {origin for url in (*signed, *_whole_urls(task.task_input)) for origin in _origins_in(url)}
        return FrameDocument(page, frame_policy(scripts, shown))


def frame_policy(scripts: Iterable[str], shown: Iterable[str]) -> str:
    """The content security policy of a task's frame.

    scripts: origins to load scripts, styles and anything else from. shown: origins to load pictures and documents from alone.
    """
    trusted = " ".join(sorted(scripts)[:_MOST_ORIGINS])
    pictures = " ".join(sorted({*scripts, *shown})[:_MOST_ORIGINS])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'unsafe-inline' 'unsafe-eval' blob: {trusted}",
            f"style-src 'unsafe-inline' {trusted}",
            f"font-src data: {trusted}",
            f"img-src data: blob: {pictures}",
            f"media-src data: blob: {pictures}",
            f"frame-src blob: {pictures}",
            f"connect-src data: blob: {pictures}",
            "worker-src blob:",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
            f"sandbox {SANDBOX}",
        )
    )


@lru_cache(maxsize=64)
def template_origins(template: str) -> tuple[str, ...]:
    """The origins that a template names: its owner wrote it, and without its libraries it would not run."""
    return tuple(sorted(set(_origins_in(template))))


def _origins_in(text: str) -> Iterator[str]:
    for match in _ORIGIN.finditer(text):
        yield match[0]


def _whole_urls(value: Any, depth: int = 0) -> Iterator[str]:
    """The strings of a task input that are nothing but a URL: a template may show them without `grant_read_access`."""
    if isinstance(value, str):
        if _WHOLE_URL.fullmatch(value) and urlsplit(value).netloc:
            yield value
    elif depth < 6 and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _whole_urls(inner, depth + 1)
