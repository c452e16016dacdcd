"""Signing in and out."""

from starlette.routing import BaseRoute, Route

from groundtruth.service.portal.accounts import Accounts
from groundtruth.service.portal.calls import Call, Calls, Reply
from groundtruth.service.portal.sessions import Sessions
from groundtruth.service.portal.visitors import cookie_name


class EntryCalls:
    """The calls of people who are just coming or going."""

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        self._accounts = accounts
        self._sessions = sessions

    def routes(self, calls: Calls) -> list[BaseRoute]:
        """Their addresses, below `/api`."""
        return [
            Route("/session", calls.by_anyone(self.session), methods=["GET"]),
            Route("/invitation", calls.by_anyone(self.invitation, takes_guesses=True), methods=["POST"]),
            Route("/sign-in", calls.by_anyone(self.sign_in, takes_guesses=True), methods=["POST"]),
            Route("/sign-out", calls.by_anyone(self.sign_out), methods=["POST"]),
        ]

    def session(self, call: Call) -> Reply:
        """Who is signed in, and the token that changes need: for a page whose session was begun anew elsewhere."""
        account = call.visitor.account
        return Reply({"name": account.name if account else None, "csrfToken": call.visitor.csrf_token})

    def invitation(self, call: Call) -> Reply:
        """Whom a link invites. Looking does not use it: a mail program's preview must not."""
        account = self._accounts.look_at(call.text("token"))
        return Reply({"name": account.name, "isOwner": account.is_owner})

    def sign_in(self, call: Call) -> Reply:
        """Use a link, and begin a session in this browser."""
        return Reply(cookie=self._sessions.sign_in(call.text("token")))

    def sign_out(self, call: Call) -> Reply:
        """End the session of this browser."""
        cookie = call.request.cookies.get(cookie_name(call.request), "")
        if cookie:
            self._sessions.end(cookie)
        return Reply(cookie="")
