"""The owner's pages: jobs and how they go, what went wrong, and the people who work on them."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from groundtruth.errors import NoSuchTaskError, RequestError
from groundtruth.service.database import Database
from groundtruth.service.overview import Overview
from groundtruth.service.portal.accounts import Account, Accounts
from groundtruth.service.portal.calls import Call, Calls, Reply
from groundtruth.service.portal.pages import Pages, Visit
from groundtruth.service.portal.sessions import Sessions
from groundtruth.service.portal.tallies import chart, median_seconds
from groundtruth.service.status import IN_PROGRESS, INITIALIZING
from groundtruth.service.teams import Teams

JOBS_ON_A_PAGE = 25
ENTRIES_ON_A_PAGE = 100


class JobStopper(Protocol):
    """Stops a job by its name, as StopLabelingJob does."""

    def __call__(self, job_name: str, /) -> object:
        """Raises a GroundTruthError when it cannot be stopped."""


class OwnerPages:
    """The pages that owners see."""

    def __init__(
        self,
        pages: Pages,
        overview: Overview,
        database: Database,
        teams: Teams,
        accounts: Accounts,
        clock: Callable[[], float],
    ) -> None:
        self._pages = pages
        self._overview = overview
        self._database = database
        self._teams = teams
        self._accounts = accounts
        self._clock = clock

    def jobs(self, visit: Visit) -> Response:
        """Every job, the newest first, some to a page; `?status=` shows those of one status."""
        visit.visitor.check_owner()
        every = self._overview.jobs()
        status = visit.request.query_params.get("status", "")
        wanted = [job for job in every if not status or job.status == status]
        last = max(1, -(-len(wanted) // JOBS_ON_A_PAGE))
        number = min(max(1, _number(visit.request.query_params.get("page", "1"))), last)
        return self._pages.fill(
            "owner-jobs.html",
            visit.visitor,
            jobs=wanted[(number - 1) * JOBS_ON_A_PAGE : number * JOBS_ON_A_PAGE],
            counts=Counter(job.status for job in every),
            total=len(every),
            wanted_status=status,
            number=number,
            last=last,
        )

    def job(self, visit: Visit) -> Response:
        """One job: how far it is, throughput, who answered, and its log, some of it to a page; `?before=` shows what is older than an entry."""
        visit.visitor.check_owner()
        name = visit.request.path_params["job"]
        job = self._overview.job(name)
        medians = median_seconds(self._database, name)
        before = _number(visit.request.query_params.get("before", ""), none=0) or None
        entries = self._overview.log(
            name, ENTRIES_ON_A_PAGE + 1, before
        )  # one more: it tells whether there is another page
        return self._pages.fill(
            "owner-job.html",
            visit.visitor,
            job=job,
            chart=chart(self._overview.answers_by_day(name)),
            workers=[(tally, medians.get(tally.worker_id)) for tally in self._overview.answers_by_worker(name)],
            log=entries[:ENTRIES_ON_A_PAGE],
            has_older=len(entries) > ENTRIES_ON_A_PAGE,
            is_latest=before is None,
            may_stop=job.status in {INITIALIZING, IN_PROGRESS},
        )

    def people(self, visit: Visit) -> Response:
        """Work teams, accounts and invitations."""
        visit.visitor.check_owner()
        now = self._clock()
        entries = [
            (entry, entry.invitation.state(now) if entry.invitation else None) for entry in self._accounts.entries()
        ]
        return self._pages.fill("owner-people.html", visit.visitor, teams=self._teams.teams(), entries=entries)


class OwnerCalls:
    """What an owner's page asks of the portal."""

    def __init__(
        self, accounts: Accounts, sessions: Sessions, stop_job: JobStopper, link: Callable[[Request, str], str]
    ) -> None:
        """link: the address of an invitation's token, as the owner's browser reached us."""
        self._accounts = accounts
        self._sessions = sessions
        self._stop_job = stop_job
        self._link = link

    def routes(self, calls: Calls) -> list[BaseRoute]:
        """Their addresses, below `/api/owner`."""
        return [
            Route("/jobs/{job}/stop", calls.by_owner(self.stop), methods=["POST"]),
            Route("/workers", calls.by_owner(self.add_worker), methods=["POST"]),
            Route("/accounts/{id}/invite", calls.by_owner(self.invite), methods=["POST"]),
            Route("/accounts/{id}/revoke", calls.by_owner(self.revoke), methods=["POST"]),
            Route("/accounts/{id}/sign-out", calls.by_owner(self.sign_out), methods=["POST"]),
            Route("/accounts/{id}/remove", calls.by_owner(self.remove), methods=["POST"]),
            Route("/work-in", calls.by_owner(self.work_in), methods=["POST"]),
        ]

    def stop(self, call: Call) -> Reply:
        """Stop a job; answers that were given stay."""
        self._stop_job(call.path["job"])
        return Reply()

    def add_worker(self, call: Call) -> Reply:
        """Put somebody into a team, and give the link that invites them."""
        account = self._accounts.add_worker(call.text("team"), call.text("name"))
        return self._invited(call, account)

    def invite(self, call: Call) -> Reply:
        """A new link for somebody; earlier ones open nothing any more."""
        return self._invited(call, self._account(call))

    def revoke(self, call: Call) -> Reply:
        """Take back the link of somebody who has not used it."""
        self._accounts.revoke(self._account(call).id)
        return Reply()

    def sign_out(self, call: Call) -> Reply:
        """End somebody's sessions on every browser."""
        self._accounts.sign_out(self._account(call).id)
        return Reply()

    def remove(self, call: Call) -> Reply:
        """Take somebody out of a team, or out of all."""
        account, team = self._account(call), call.body.get("team")
        if account.is_owner and account == call.visitor.account and not team:
            raise RequestError("This is your own account. Another owner can remove it.")
        self._accounts.remove(account.id, team if isinstance(team, str) and team else None)
        return Reply()

    def work_in(self, call: Call) -> Reply:
        """Work on the tasks of a team oneself, in this browser."""
        team, account = call.text("team"), call.visitor.account
        if account is None:
            return Reply(cookie=self._sessions.begin_locally(self._accounts.add_worker(team, call.text("name"))))
        if account.worker_id is None:
            self._accounts.work_in(account, team)
        else:
            self._accounts.add_worker(team, account.name)
        return Reply()

    def _account(self, call: Call) -> Account:
        account = self._accounts.account(call.path["id"])
        if account is None:
            raise NoSuchTaskError("There is no such account (any more). Reload the page.")
        return account

    def _invited(self, call: Call, account: Account) -> Reply:
        link = self._link(call.request, self._accounts.invite(account.id))
        return Reply({"name": account.name, "link": link})


def _number(text: str, none: int = 1) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else none
