"""The service as one web application on one port: SageMaker's API at `/`, the portal at `/portal`, signed objects below `/objects`."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from groundtruth.service import objects
from groundtruth.service.api import Api
from groundtruth.service.jobs import LabelingJobs
from groundtruth.service.objects import Objects
from groundtruth.service.operations import Operations
from groundtruth.service.portal import PREFIX, PortalSettings, portal_app
from groundtruth.service.portal.guard import host_name
from groundtruth.service.portal.sessions import shared_key
from groundtruth.service.portal.visitors import is_loopback
from groundtruth.service.stack import Stack
from groundtruth.service.tagging import Tagging
from groundtruth.service.team_requests import TeamRequests
from groundtruth.storage import EmbeddedS3
from groundtruth.templates import signer

READ_ACCESS = 3600.0
"""Seconds that `grant_read_access` is good for; AWS does not document it."""

_PASSED_ON = ("forwarded", "x-forwarded-for", "via")


def create_app(stack: Stack, address: str, portal: PortalSettings | None = None) -> ASGIApp:
    """The application over a running stack. address: its own, as clients on this machine reach it, `http://127.0.0.1:8765`."""
    served = Objects(stack.storage, shared_key(stack.database, "objects"), READ_ACCESS)
    jobs = LabelingJobs(stack.database, on_change=stack.background.wake)
    is_embedded = isinstance(stack.storage, EmbeddedS3)
    sign = served.sign if is_embedded else signer(stack.s3_client, int(READ_ACCESS))
    operations = Operations(
        jobs,
        TeamRequests(stack.database),
        Tagging(stack.database),
        stack.storage,
        stack.functions,
        lambda uri: _absolute(address, sign(uri)),
    )
    portal_pages = portal_app(
        stack.database,
        stack.tasks,
        stack.teams,
        sign=sign,
        stop_job=jobs.stop,
        settings=portal,
    )
    routes = [
        Route("/", Api(operations, may_call).answer, methods=["POST"]),
        Route("/", _to_portal, methods=["GET"]),
        Route(f"{objects.PREFIX}/{{bucket}}/{{key:path}}", served.answer, methods=["GET"]),
        Mount(PREFIX, portal_pages),
    ]
    return _portal_first(portal_pages, Starlette(routes=routes))


def _portal_first(portal: ASGIApp, others: ASGIApp) -> ASGIApp:
    """Lead requests for the portal, by far the most, straight to it: each layer of routing costs as much as a query."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{PREFIX}/"):
            root = scope.get("root_path", "")
            await portal({**scope, "root_path": root + PREFIX, "app_root_path": root}, receive, send)
        else:
            await others(scope, receive, send)

    return app


def may_call(request: Request) -> bool:
    """Whether a request may use the API: from this machine, under one of its own names, and not passed on by a proxy.

    A page elsewhere whose name resolves to 127.0.0.1 comes with its own name.
    """
    client = request.client.host if request.client else ""
    is_passed_on = any(name in request.headers for name in _PASSED_ON)
    return is_loopback(client) and not is_passed_on and is_loopback(host_name(request.headers.get("host", "")))


def _absolute(address: str, url: str) -> str:
    return f"{address}{url}" if url.startswith("/") else url


async def _to_portal(_: Request) -> Response:
    return RedirectResponse(f"{PREFIX}/", 307)
