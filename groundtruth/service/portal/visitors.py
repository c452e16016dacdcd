"""Who is asking: a signed-in worker, an owner, or the person at a machine whose portal needs no sign-in."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from groundtruth.errors import RequestError, ServiceError
from groundtruth.service.portal.accounts import Account, Accounts
from groundtruth.service.portal.guard import LOCAL_HOSTS, host_name
from groundtruth.service.portal.sessions import LONGEST_LIFETIME, Sessions


class NotSignedInError(ServiceError):
    """The request needs a session that it does not have."""


class CrossSiteError(ServiceError):
    """The request did not come from a page of this portal."""


@dataclass(frozen=True)
class Visitor:
    """Who is asking. `account`: None for the person at the machine, and for strangers. `csrf_token`: what their pages send with changes."""

    account: Account | None
    is_owner: bool
    csrf_token: str

    @property
    def worker_id(self) -> str:
        """Who they are as a worker. Raises NotSignedInError when they are none."""
        if self.account is None or self.account.worker_id is None:
            raise NotSignedInError(_SIGN_IN)
        return self.account.worker_id

    @property
    def is_worker(self) -> bool:
        """Whether they work on tasks."""
        return self.account is not None and self.account.worker_id is not None

    def check_owner(self) -> None:
        """Raises NotSignedInError when they do not own the jobs."""
        if not self.is_owner:
            raise NotSignedInError("This page is for the owner of the jobs. Sign in with an owner's link.")


_PASSED_ON = ("forwarded", "x-forwarded-for", "via")
_SIGN_IN = "You are not signed in (any more). Open your invitation link, or ask whoever invited you for a new one."


class Visitors:
    """Finds out who is asking.

    is_local_only: the service listens on this machine alone. Then, and only as long as there is no owner's account, whoever is at the
    machine is the owner.
    """

    def __init__(self, accounts: Accounts, sessions: Sessions, *, is_local_only: bool) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._is_local_only = is_local_only

    def is_open(self, request: Request) -> bool:
        """Whether the request comes from the person at the machine, who needs no sign-in; what a proxy passes on does not."""
        is_direct = not any(name in request.headers for name in _PASSED_ON)
        return self._is_local_only and is_direct and not self._accounts.has_owner()

    def visitor(self, request: Request) -> Visitor:
        """Who is asking."""
        cookie = request.cookies.get(cookie_name(request), "")
        session = self._sessions.find(cookie) if cookie else None
        if session is not None and session.is_local and not self.is_open(request):
            session = None
        if session is None:
            return Visitor(None, self.is_open(request), self._sessions.csrf_token("nobody"))
        is_owner = session.account.is_owner or self.is_open(request)
        return Visitor(session.account, is_owner, session.csrf_token)

    def worker(self, request: Request) -> Visitor:
        """Who is asking, when only a worker is of interest: says nothing of who owns the jobs, which takes longer to find out."""
        cookie = request.cookies.get(cookie_name(request), "")
        session = self._sessions.find(cookie) if cookie else None
        if session is None or (session.is_local and not self.is_open(request)):
            raise NotSignedInError(_SIGN_IN)
        return Visitor(session.account, session.account.is_owner, session.csrf_token)


def cookie_name(request: Request) -> str:
    """The session cookie's name. Cookies do not know ports: two services on one machine must not take each other's."""
    return "__Host-groundtruth" if request.url.scheme == "https" else f"groundtruth-{request.url.port or 80}"


def set_cookie(response: Response, request: Request, value: str) -> None:
    """Give the browser its session; an empty value takes it away."""
    response.set_cookie(
        cookie_name(request),
        value,
        max_age=int(LONGEST_LIFETIME) if value else 0,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone. A name such as 127.evil.example does not."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check_listening(host: str, accounts: Accounts) -> None:
    """Raises RequestError when the service may not listen on this address: others could reach it, and nobody has an owner's account."""
    if not is_loopback(host) and not accounts.has_owner():
        raise RequestError(
            f"--host {host}: everybody who can reach this address would own the jobs. Make an owner's account first: "
            "groundtruth worker add YOUR-NAME --owner"
        )


def hosts_to_answer(host: str, public_url: str | None) -> tuple[str, ...] | None:
    """The host names that a service on this address answers to; None for any, when sign-in is needed anyway."""
    if not is_loopback(host):
        return None
    public = (host_name(urlsplit(public_url).netloc),) if public_url else ()
    return (*LOCAL_HOSTS, host, *public)
