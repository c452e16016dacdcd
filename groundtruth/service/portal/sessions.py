"""Who is signed in: sessions in cookies, and the token that a page proves with that it is ours.

A session is one row and one cookie that scripts cannot read and that other sites' requests do not carry. Changes need the
session's CSRF token as well, which only a page of the portal is told.
"""

import contextlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import time

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from groundtruth.service.database import Database
from groundtruth.service.portal.accounts import Account, Accounts
from groundtruth.service.portal.tables import accounts, hash_of, keys, new_token, sessions
from groundtruth.service.prepared import Prepared

IDLE_LIFETIME = 30 * 86_400.0
"""Seconds after which a session that nobody used ends."""

LONGEST_LIFETIME = 90 * 86_400.0
_SEEN_EVERY = 3_600.0

_FIND = Prepared(
    select(accounts, sessions.c.created_at.label("begun_at"), sessions.c.seen_at, sessions.c.is_local)
    .join(sessions, sessions.c.account_id == accounts.c.id)
    .where(sessions.c.token_hash == bindparam("wanted"))
)


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `csrf_token` must come back with every change. `is_local`: begun on the machine without a link."""

    account: Account
    csrf_token: str
    is_local: bool


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, database: Database, known: Accounts, clock: Callable[[], float] = time) -> None:
        self._database = database
        self._accounts = known
        self._clock = clock
        self._key = shared_key(database, "csrf")

    def sign_in(self, invitation_token: str) -> str:
        """Use an invitation and begin a session; returns the cookie's value. Raises InvitationError when the link opens nothing."""

        def work(connection: Connection) -> str:
            account = self._accounts.use(connection, invitation_token)
            return self._begin(connection, account, is_local=False)

        return self._database.write(work)

    def begin_locally(self, account: Account) -> str:
        """Begin a session for somebody at the machine itself; returns the cookie's value."""
        return self._database.write(lambda connection: self._begin(connection, account, is_local=True))

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie; None when it has ended or never was."""
        token_hash, now = hash_of(cookie), self._clock()
        with self._database.reading() as connection:
            row = _FIND.row(connection, wanted=token_hash)
        if row is None or row.seen_at + IDLE_LIFETIME < now or row.begun_at + LONGEST_LIFETIME < now:
            return None
        if row.seen_at + _SEEN_EVERY < now:
            seen = update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now)
            self._database.write(lambda connection: connection.execute(seen) and None)
        account = Account(row.id, row.name, bool(row.is_owner), row.worker_id)
        return Session(account, self.csrf_token(cookie), bool(row.is_local))

    def end(self, cookie: str) -> None:
        """End the session of a cookie."""
        mine = delete(sessions).where(sessions.c.token_hash == hash_of(cookie))
        self._database.write(lambda connection: connection.execute(mine) and None)

    def csrf_token(self, cookie: str) -> str:
        """What a page of this session sends with every change."""
        return hmac.digest(self._key, cookie.encode("utf-8", "replace"), "sha256").hex()

    def _begin(self, connection: Connection, account: Account, *, is_local: bool) -> str:
        cookie, now = new_token(), self._clock()
        old = (sessions.c.seen_at < now - IDLE_LIFETIME) | (sessions.c.created_at < now - LONGEST_LIFETIME)
        connection.execute(delete(sessions).where(old))
        values = {
            "token_hash": hash_of(cookie),
            "account_id": account.id,
            "created_at": now,
            "seen_at": now,
            "is_local": is_local,
        }
        connection.execute(insert(sessions).values(values))
        return cookie


def shared_key(database: Database, purpose: str) -> bytes:
    """A secret that every process over this database knows, made when it is first asked for."""
    mine = select(keys.c.value).where(keys.c.purpose == purpose)
    fresh = insert(keys).values(purpose=purpose, value=secrets.token_hex(32))

    def known() -> str | None:
        with database.reading() as connection:
            return connection.execute(mine).scalar_one_or_none()

    if known() is None:
        # Another process may be a moment ahead: its key counts.
        with contextlib.suppress(IntegrityError):
            database.write(lambda connection: connection.execute(fresh) and None)
    return bytes.fromhex(known() or "")
