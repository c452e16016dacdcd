"""The portal's pages for workers, and what they share with the owner's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from groundtruth.errors import GroundTruthError, LateAnswerError, NoSuchTaskError, TaskError, TemplateError
from groundtruth.service.portal.calls import Calls, TooManyTriesError
from groundtruth.service.portal.frames import Frames, frame_policy
from groundtruth.service.portal.guard import own_origin
from groundtruth.service.portal.threads import in_thread
from groundtruth.service.portal.visitors import NotSignedInError, Visitor, Visitors
from groundtruth.service.task import duration_text
from groundtruth.service.tasks import Tasks

_FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Visit:
    """A request for a page, and who makes it."""

    request: Request
    visitor: Visitor


class Pages:
    """Fills the page templates. `prefix`: where the portal is mounted."""

    def __init__(self, prefix: str) -> None:
        # Undefined names are mistakes of ours, not of a job.
        self._environment = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["prefix"] = prefix
        self._environment.filters["duration"] = duration_text
        self._environment.filters["timestamp"] = _timestamp
        self._environment.filters["span"] = _span

    def fill(self, name: str, visitor: Visitor, status: int = 200, **values: Any) -> Response:
        """A page for this visitor."""
        html = self._environment.get_template(name).render(visitor=visitor, **values)
        return HTMLResponse(html, status)

    def bare(self, name: str, **values: Any) -> str:
        """A document that belongs to nobody: what a task's frame shows in its task's place."""
        return self._environment.get_template(name).render(**values)


class WorkerPages:
    """The pages that workers see, and the documents in their task frames."""

    def __init__(
        self,
        pages: Pages,
        tasks: Tasks,
        frames: Frames,
        prefix: str,
    ) -> None:
        self._pages = pages
        self._tasks = tasks
        self._frames = frames
        self._prefix = prefix

    def home(self, visit: Visit) -> Response:
        """The open jobs of the worker."""
        visitor = visit.visitor
        if not visitor.is_worker and visitor.is_owner and not _is_followed_link(visit.request):
            return RedirectResponse(f"{self._prefix}/owner")
        if not visitor.is_worker:
            return self.signed_out(visit)
        return self._pages.fill("home.html", visitor, jobs=self._tasks.open_jobs(visitor.worker_id))

    def work(self, visit: Visit) -> Response:
        """The page on which a worker does the tasks of a job."""
        wanted = visit.request.path_params["job"].lower()
        found = [job for job in self._tasks.open_jobs(visit.visitor.worker_id) if job.name.lower() == wanted]
        if not found:
            raise NoSuchTaskError("None of your teams has an open job of this name. It may be finished.")
        return self._pages.fill("work.html", visit.visitor, job=found[0])

    def sign_in(self, visit: Visit) -> Response:
        """Where an invitation link leads. Its token is after the #, which browsers keep to themselves."""
        return self._pages.fill("sign-in.html", visit.visitor)

    def signed_out(self, visit: Visit) -> Response:
        """What a stranger sees; or a moment's detour for somebody who followed a link from another site.

        Such a request comes without the session's cookie. One that our own page makes has it.
        """
        name = "again.html" if _is_followed_link(visit.request) else "signed-out.html"
        return self._pages.fill(name, visit.visitor, status=401)

    def frame_endpoint(self, calls: Calls) -> Callable[[Request], Any]:
        """The document of one task, as a Starlette endpoint; calls: counts who guesses tokens."""

        async def endpoint(request: Request) -> Response:
            return await in_thread(self._frame, request, calls)

        return endpoint

    def _frame(self, request: Request, calls: Calls) -> Response:
        own = own_origin(request)
        try:
            task = calls.guarding_guesses(request, lambda: self._frames.task_of(request.path_params["token"]))
        except TaskError as error:
            status = 410 if not isinstance(error, NoSuchTaskError) else 404
            return self._frame_notice(str(error), status, is_late=isinstance(error, LateAnswerError))
        except TooManyTriesError as error:
            return self._frame_notice(str(error), 429)
        try:
            document = self._frames.document(task, own)
        except TemplateError as error:
            self._frames.report(task, str(error))
            return self._frame_notice(f"This task cannot be shown. {error}", 422)
        return _framed(document.html, document.policy, 200)

    def _frame_notice(self, message: str, status: int, *, is_late: bool = False) -> Response:
        html = self._pages.bare("frame-notice.html", message=message, is_late=is_late)
        return _framed(html, frame_policy((), ()), status)


def page(
    visitors: Visitors, pages: Pages, work: Callable[[Visit], Response], signed_out: Callable[[Visit], Response]
) -> Callable[[Request], Any]:
    """A Starlette endpoint of a function that makes a page; what is refused becomes a page as well."""

    def answer(request: Request) -> Response:
        visit = Visit(request, visitors.visitor(request))
        try:
            return work(visit)
        except NotSignedInError:
            return signed_out(visit)
        except GroundTruthError as error:
            status = 404 if isinstance(error, NoSuchTaskError) else 400
            return pages.fill("refused.html", visit.visitor, status=status, message=str(error))

    async def endpoint(request: Request) -> Response:
        return await in_thread(answer, request)

    return endpoint


def _is_followed_link(request: Request) -> bool:
    return request.headers.get("sec-fetch-site") == "cross-site"


def _framed(html: str, policy: str, status: int) -> Response:
    headers = {"Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "unsafe-none"}
    return HTMLResponse(html, status, headers=headers)


def _timestamp(seconds: float | None) -> str:
    """A time as a person reads it; UTC, since workers and owners may be anywhere."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _span(seconds: float | None) -> str:
    """How long something took."""
    if seconds is None:
        return "–"
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
