"""What stands before every page and every call: which host names are answered, the security headers, and a brake on guessing."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy of the portal's own pages. `frame-src` also keeps a task from leading its frame elsewhere."""

_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
"""The host names of this machine, as its own browser writes them."""


class Guard:
    """Answers only requests for known host names, and puts the security headers on every answer that does not set them itself.

    hosts: the names that are answered; None answers any. A page elsewhere whose name resolves to 127.0.0.1 would otherwise be of one origin
    with a portal that needs no sign-in.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] | None) -> None:
        self._app = app
        self._hosts = None if hosts is None else frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        app = self._app if self._is_known(Headers(scope=scope).get("host", "")) else _UNKNOWN_HOST
        await app(scope, receive, send_guarded)

    def _is_known(self, host: str) -> bool:
        return self._hosts is None or host_name(host) in self._hosts


_UNKNOWN_HOST = PlainTextResponse("This address is not one of this portal's.", 421)


def host_name(host: str) -> str:
    """The name in a Host header, without its port and in lower case; empty when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_cross_site(request: Request, own_origins: Iterable[str]) -> bool:
    """Whether a browser says that the request comes from a page that is not ours.

    A task's frame counts as another site: its origin is "null". Requests without both headers come from no browser of today.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin != own_origin(request) and origin not in own_origins:
        return True
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def own_origin(request: Request) -> str:
    """The origin that the browser reached us at."""
    return f"{request.url.scheme}://{request.url.netloc}"


class Brake:
    """Lets an address fail so many times in a stretch of time; more has to wait. Threads may share it."""

    def __init__(self, most: int = 20, seconds: float = 60.0, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, address: str) -> float:
        """Seconds that the address has to wait; 0 when it may try."""
        with self._lock:
            times = self._recent(address)
            return max(0.0, times[0] + self._seconds - self._clock()) if len(times) >= self._most else 0.0

    def failed(self, address: str) -> None:
        """The address guessed wrong."""
        with self._lock:
            self._recent(address).append(self._clock())
            if len(self._failures) > _MOST_ADDRESSES:
                for other in [known for known in self._failures if not self._recent(known)]:
                    del self._failures[other]

    def _recent(self, address: str) -> deque[float]:
        times = self._failures.setdefault(address, deque(maxlen=self._most))
        while times and times[0] <= self._clock() - self._seconds:
            times.popleft()
        return times


_MOST_ADDRESSES = 10_000
