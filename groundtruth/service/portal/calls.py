"""The portal's calls: small JSON requests and answers, made by its own pages.

A call names who may make it, and everything it does with the database happens in a thread, so that one that waits for the disk
keeps nobody else waiting. What is refused is told as `{"error": code, "message": what to do}`.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from groundtruth.errors import (
    ApiError,
    ClosedTaskError,
    GroundTruthError,
    InputError,
    LateAnswerError,
    NoSuchTaskError,
    UnusableAnswerError,
)
from groundtruth.service.portal.accounts import InvitationError
from groundtruth.service.portal.guard import Brake, is_cross_site
from groundtruth.service.portal.threads import in_thread
from groundtruth.service.portal.visitors import CrossSiteError, NotSignedInError, Visitor, Visitors, set_cookie
from groundtruth.service.task import LONGEST_ANSWER

LONGEST_BODY = 4 * LONGEST_ANSWER + 100_000
"""Bytes of one request: the longest answer, when every character of it needs four."""

_REFUSALS: tuple[tuple[type[GroundTruthError], int, str], ...] = (
    (NotSignedInError, 401, "signed-out"),
    (CrossSiteError, 403, "cross-site"),
    (InvitationError, 403, "invitation"),
    (NoSuchTaskError, 404, "no-such-task"),
    (LateAnswerError, 409, "late"),
    (ClosedTaskError, 409, "closed"),
    (UnusableAnswerError, 422, "unusable"),
    (InputError, 422, "unusable"),
    (ApiError, 400, "refused"),
)


class TooManyTriesError(GroundTruthError):
    """An address guessed too often. `wait`: seconds until it may try again."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"Too many tries. Wait {int(wait) + 1} seconds.")
        self.wait = wait


@dataclass(frozen=True)
class Call:
    """One call: what its page sent, and who made it. `path`: the values in its address."""

    visitor: Visitor
    path: dict[str, str]
    body: dict[str, Any]
    request: Request

    def text(self, name: str) -> str:
        """A text that the page must have sent. Raises InputError when it is missing."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise UnusableAnswerError(f'"{name}" must be a text.')
        return value


@dataclass(frozen=True)
class Reply:
    """What a call answers, and the session cookie that it sets (empty: takes away; None: leaves alone)."""

    content: dict[str, Any] = field(default_factory=dict)
    cookie: str | None = None


class Calls:
    """Makes Starlette endpoints of functions that take a Call and give a Reply."""

    def __init__(self, visitors: Visitors, brake: Brake, own_origins: Iterable[str] = ()) -> None:
        self._visitors = visitors
        self._brake = brake
        self._own_origins = tuple(own_origins)

    def by_worker(self, work: Callable[[Call], Reply]) -> Callable[[Request], Any]:
        """An endpoint for workers."""

        def checked(call: Call) -> Reply:
            _ = call.visitor.worker_id
            return work(call)

        return self._endpoint(checked, self._visitors.worker)

    def by_owner(self, work: Callable[[Call], Reply]) -> Callable[[Request], Any]:
        """An endpoint for owners."""

        def checked(call: Call) -> Reply:
            call.visitor.check_owner()
            return work(call)

        return self._endpoint(checked, self._visitors.visitor)

    def by_anyone(self, work: Callable[[Call], Reply], *, takes_guesses: bool = False) -> Callable[[Request], Any]:
        """An endpoint for whoever has a page of the portal open. takes_guesses: those who guess wrong too often must wait."""

        def braked(call: Call) -> Reply:
            return self.guarding_guesses(call.request, lambda: work(call))

        return self._endpoint(braked if takes_guesses else work, self._visitors.visitor, needs_token=False)

    def guarding_guesses[T](self, request: Request, work: Callable[[], T]) -> T:
        """Do the work unless the address guessed wrong too often; raises TooManyTriesError then."""
        address = request.client.host if request.client else ""
        if wait := self._brake.wait(address):
            raise TooManyTriesError(wait)
        try:
            return work()
        except (InvitationError, NoSuchTaskError):
            self._brake.failed(address)
            raise

    def _endpoint(
        self, work: Callable[[Call], Reply], find: Callable[[Request], Visitor], *, needs_token: bool = True
    ) -> Callable[[Request], Any]:
        def answer(request: Request, body: bytes) -> Response:
            try:
                is_change = request.method not in {"GET", "HEAD"}
                if is_change and is_cross_site(request, self._own_origins):
                    raise CrossSiteError("This request did not come from a page of the portal, so it was refused.")
                visitor = find(request)
                if is_change and needs_token and request.headers.get("x-csrf-token") != visitor.csrf_token:
                    raise CrossSiteError("This page is of an earlier session. Reload it, then try again.")
                reply = work(Call(visitor, dict(request.path_params), _json(request, body), request))
            except GroundTruthError as error:
                return refusal(error)
            return _answer(request, reply)

        async def endpoint(request: Request) -> Response:
            body = b""
            async for chunk in request.stream():
                body += chunk
                if len(body) > LONGEST_BODY:
                    return refusal(UnusableAnswerError("The answer is too long to be kept."))
            return await in_thread(answer, request, body)

        return endpoint


def refusal(error: GroundTruthError) -> Response:
    """The answer to a call that cannot be done."""
    content: dict[str, Any] = {"message": str(error)}
    if isinstance(error, TooManyTriesError):
        return JSONResponse(content | {"error": "slow-down"}, 429, headers={"Retry-After": str(int(error.wait) + 1)})
    if isinstance(error, LateAnswerError):
        content["mayTakeAgain"] = error.may_take_again
    status, code = next(((status, code) for kind, status, code in _REFUSALS if isinstance(error, kind)), (500, "error"))
    return JSONResponse(content | {"error": code}, status)


def _answer(request: Request, reply: Reply) -> Response:
    response = JSONResponse(reply.content)
    if reply.cookie is not None:
        set_cookie(response, request, reply.cookie)
    return response


def _json(request: Request, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    # A form of another site cannot send this type without asking first.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise UnusableAnswerError("The request must be application/json.")
    try:
        content = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnusableAnswerError("The request is not JSON.") from error
    if not isinstance(content, dict):
        raise UnusableAnswerError("The request must be one JSON object.")
    return content


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
