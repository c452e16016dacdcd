"""The portal as one web application, to be mounted beside the API."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from groundtruth.crowd_elements import ENTRY, STATIC
from groundtruth.errors import NoSuchTaskError
from groundtruth.service.database import Database
from groundtruth.service.overview import Overview
from groundtruth.service.portal.accounts import Accounts
from groundtruth.service.portal.assets import Assets
from groundtruth.service.portal.bundle import BundleError, bundle
from groundtruth.service.portal.calls import Calls
from groundtruth.service.portal.entry import EntryCalls
from groundtruth.service.portal.frames import Frames
from groundtruth.service.portal.guard import Brake, Guard, own_origin
from groundtruth.service.portal.live_report import LiveReport
from groundtruth.service.portal.owner import JobStopper, OwnerCalls, OwnerPages
from groundtruth.service.portal.pages import Pages, Visit, WorkerPages, page
from groundtruth.service.portal.sessions import Sessions
from groundtruth.service.portal.visitors import Visitors, hosts_to_answer, is_loopback
from groundtruth.service.portal.worker_calls import WorkerCalls
from groundtruth.service.tasks import Tasks
from groundtruth.service.teams import Teams

PREFIX = "/portal"
"""Where the portal must be mounted."""

_log = logging.getLogger(__name__)
_STATIC_FILES = Path(__file__).parent / "static"
_FOR_ALL_ORIGINS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True)
class PortalSettings:
    """host: the address that the service listens on. public_url: where people reach it when that is elsewhere, as through a proxy.

    crowd_elements_url: the script to load in place of the offline Crowd elements.
    """

    host: str = "127.0.0.1"
    public_url: str | None = None
    crowd_elements_url: str | None = None


def portal_app(
    database: Database,
    tasks: Tasks,
    teams: Teams,
    *,
    sign: Callable[[str], str],
    stop_job: JobStopper,
    settings: PortalSettings | None = None,
    clock: Callable[[], float] = time,
) -> Starlette:
    """The portal, to be mounted at PREFIX.

    sign: turns an S3 URI into a URL that reads the object for a short while (`groundtruth.templates.signer`). stop_job: stops a job by
    name, raising a GroundTruthError when it cannot be.
    """
    settings = settings or PortalSettings()
    accounts = Accounts(database, teams, clock)
    sessions = Sessions(database, accounts, clock)
    is_local_only = is_loopback(settings.host) and settings.public_url is None
    visitors = Visitors(accounts, sessions, is_local_only=is_local_only)
    elements = settings.crowd_elements_url or f"{PREFIX}/crowd/{ENTRY}"
    frames = Frames(database, tasks, sign, elements, clock)
    calls = Calls(visitors, Brake(), (settings.public_url.rstrip("/"),) if settings.public_url else ())
    pages = Pages(PREFIX)
    worker_pages = WorkerPages(pages, tasks, frames, PREFIX)
    owner_pages = OwnerPages(pages, Overview(database), database, teams, accounts, clock)
    entry = EntryCalls(accounts, sessions)

    def shown(work: Callable[[Visit], Response]) -> Callable[[Request], Any]:
        return page(visitors, pages, work, worker_pages.signed_out)

    def nothing_here(visit: Visit) -> Response:
        raise NoSuchTaskError(f"There is no page at {visit.request.url.path}.")

    def link(request: Request, token: str) -> str:
        return f"{(settings.public_url or own_origin(request)).rstrip('/')}{PREFIX}/sign-in#{token}"

    owner_calls = OwnerCalls(accounts, sessions, stop_job, link)
    worker_calls = WorkerCalls(tasks, frames, PREFIX, clock)
    routes = [
        Route("/", shown(worker_pages.home)),
        Route("/sign-in", shown(worker_pages.sign_in)),
        Route("/tasks/{job}", shown(worker_pages.work)),
        Route("/frame/{token}", worker_pages.frame_endpoint(calls)),
        Route("/owner", shown(owner_pages.jobs)),
        Route("/owner/people", shown(owner_pages.people)),
        Route("/owner/jobs/{job}", shown(owner_pages.job)),
        Route("/owner/jobs/{job}/report", shown(LiveReport(database, sign, clock).page)),
        Mount("/api/owner", routes=owner_calls.routes(calls)),
        Mount("/api", routes=[*entry.routes(calls), *worker_calls.routes(calls)]),
        Mount("/static", Assets(_STATIC_FILES, {})),
        # Frames have an origin of their own that is nobody's, so to them these files are another site's.
        Mount("/crowd", _elements()),
        Route("/{rest:path}", shown(nothing_here)),
    ]
    hosts = hosts_to_answer(settings.host, settings.public_url)
    return Starlette(routes=routes, middleware=[Middleware(Guard, hosts=hosts)])


def _elements() -> Assets:
    try:
        replaced = {ENTRY: bundle(STATIC)}
    except BundleError as error:
        _log.warning("The Crowd elements are served module by module, which is slower: %s", error)
        replaced = {}
    return Assets(STATIC, _FOR_ALL_ORIGINS, replaced)
