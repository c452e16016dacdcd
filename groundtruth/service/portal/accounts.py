"""Who may sign in: workers of work teams and owners, each invited by a link.

A link carries a token and opens the portal once: it sets up a session in the browser that followed it. It expires, and it
can be revoked as long as it has not been used. A new link signs the same person in on another browser.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import time

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from groundtruth.errors import InputError, RequestError
from groundtruth.service.database import Database
from groundtruth.service.portal.tables import accounts, hash_of, invitations, make_tables, new_token, sessions
from groundtruth.service.records import team_members
from groundtruth.service.teams import Teams

DAY = 86_400.0
LINK_LIFETIME = 7 * DAY


class InvitationError(InputError):
    """An invitation link opens nothing: it is unknown, used, revoked or too old."""


@dataclass(frozen=True)
class Account:
    """A person who may sign in. `worker_id`: who they are in answers; None for an owner who does not work on tasks."""

    id: str
    name: str
    is_owner: bool
    worker_id: str | None


@dataclass(frozen=True)
class Invitation:
    """A link as its owner sees it; the token is not kept. Times are seconds since the epoch."""

    id: str
    account_id: str
    created_at: float
    expires_at: float
    used_at: float | None
    revoked_at: float | None

    def state(self, now: float) -> str:
        """`used`, `revoked`, `expired` or `open`."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "open"


@dataclass(frozen=True)
class AccountEntry:
    """An account in the owner's list: its teams, its latest link, and when it was last seen signed in."""

    account: Account
    teams: tuple[str, ...]
    invitation: Invitation | None
    seen_at: float | None


class Accounts:
    """Adds people, invites them, and lets them go."""

    def __init__(self, database: Database, teams: Teams, clock: Callable[[], float] = time) -> None:
        make_tables(database)
        self._database = database
        self._teams = teams
        self._clock = clock

    def add_worker(self, team: str, name: str) -> Account:
        """Put a worker into a team; one who has an account keeps it. Raises RequestError when there is no such team."""
        worker = self._teams.join(team, name)

        def work(connection: Connection) -> Account:
            row = connection.execute(select(accounts).where(accounts.c.worker_id == worker.id)).one_or_none()
            return _account(row) if row else self._insert(connection, worker.name, worker.id, is_owner=False)

        return self._database.write(work)

    def add_owner(self, name: str) -> Account:
        """Make an owner's account; an owner of this name keeps theirs. Raises RequestError for an empty name."""
        name = name.strip()
        if not name:
            raise RequestError("An owner needs a name.")

        def work(connection: Connection) -> Account:
            query = select(accounts).where(accounts.c.name == name, accounts.c.is_owner)
            row = connection.execute(query).one_or_none()
            return _account(row) if row else self._insert(connection, name, None, is_owner=True)

        return self._database.write(work)

    def work_in(self, account: Account, team: str) -> Account:
        """Let an owner work on tasks of a team too, under their own name. Raises RequestError when there is no such team."""
        worker = self._teams.join(team, account.name)

        def work(connection: Connection) -> Account:
            other = select(accounts.c.id).where(accounts.c.worker_id == worker.id, accounts.c.id != account.id)
            if connection.execute(other).one_or_none() is not None:
                raise RequestError(f'"{account.name}" is a worker with an account of their own. Use that one.')
            mine = accounts.c.id == account.id
            connection.execute(update(accounts).where(mine).values(worker_id=worker.id))
            return Account(account.id, account.name, account.is_owner, worker.id)

        return self._database.write(work)

    def invite(self, account_id: str, lifetime: float = LINK_LIFETIME) -> str:
        """A new token for this account, the only copy of it. Earlier links that nobody used are revoked."""
        token, now = new_token(), self._clock()
        values = {
            "id": secrets.token_hex(8),
            "token_hash": hash_of(token),
            "account_id": account_id,
            "created_at": now,
            "expires_at": now + lifetime,
        }

        def work(connection: Connection) -> None:
            _revoke(connection, account_id, now)
            connection.execute(insert(invitations).values(values))

        self._database.write(work)
        return token

    def revoke(self, account_id: str) -> None:
        """Make the account's unused links open nothing."""
        now = self._clock()
        self._database.write(lambda connection: _revoke(connection, account_id, now))

    def sign_out(self, account_id: str) -> None:
        """End every session of the account, on every browser."""
        mine = delete(sessions).where(sessions.c.account_id == account_id)
        self._database.write(lambda connection: connection.execute(mine) and None)

    def remove(self, account_id: str, team: str | None = None) -> None:
        """Take the person out of a team, or out of all; who is in none and owns nothing is signed out for good. Answers stay."""
        account = self.account(account_id)
        if account is None:
            return
        if account.worker_id is not None:
            for name in self._teams.teams_of(account.worker_id):
                if team is None or name == team:
                    self._teams.leave(name, account.worker_id)
        is_in_a_team = account.worker_id is not None and bool(self._teams.teams_of(account.worker_id))
        if is_in_a_team or (account.is_owner and team is not None):
            return
        gone = delete(accounts).where(accounts.c.id == account_id)

        def work(connection: Connection) -> None:
            # SQLite keeps to ON DELETE CASCADE only where foreign keys are switched on; sessions must end in any case.
            for table in (sessions, invitations):
                connection.execute(delete(table).where(table.c.account_id == account_id))
            connection.execute(gone)

        self._database.write(work)

    def look_at(self, token: str) -> Account:
        """Whom a link invites, without using it. Raises InvitationError when it opens nothing."""
        with self._database.reading() as connection:
            return self._invited(connection, token)

    def use(self, connection: Connection, token: str) -> Account:
        """Use a link up, inside the caller's transaction. Raises InvitationError when it opens nothing."""
        account = self._invited(connection, token)
        unused = (invitations.c.token_hash == hash_of(token)) & invitations.c.used_at.is_(None)
        if connection.execute(update(invitations).where(unused).values(used_at=self._clock())).rowcount != 1:
            raise InvitationError(_USED)
        return account

    def account(self, account_id: str) -> Account | None:
        """The account with this id; None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == account_id)).one_or_none()
        return _account(row) if row else None

    def find(self, name: str) -> Account:
        """The account of this name. Raises RequestError when there is none, or more than one."""
        with self._database.reading() as connection:
            rows = connection.execute(select(accounts).where(accounts.c.name == name.strip())).all()
        if len(rows) != 1:
            how_many = "no account" if not rows else "more than one account"
            raise RequestError(f'There is {how_many} of the name "{name}". `groundtruth worker list` shows the names.')
        return _account(rows[0])

    def has_owner(self) -> bool:
        """Whether somebody may sign in as an owner."""
        query = select(func.count()).select_from(accounts).where(accounts.c.is_owner)
        with self._database.reading() as connection:
            return bool(connection.execute(query).scalar_one())

    def entries(self) -> tuple[AccountEntry, ...]:
        """Every account, owners first, then by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(accounts).order_by(accounts.c.is_owner.desc(), accounts.c.name)).all()
            links = connection.execute(select(invitations).order_by(invitations.c.created_at)).all()
            seen = connection.execute(
                select(sessions.c.account_id, func.max(sessions.c.seen_at).label("seen_at")).group_by(
                    sessions.c.account_id
                )
            ).all()
            members = connection.execute(select(team_members).order_by(team_members.c.team)).all()
        latest = {link.account_id: _invitation(link) for link in links}
        seen_at = {row.account_id: row.seen_at for row in seen}
        return tuple(
            AccountEntry(
                _account(row),
                tuple(member.team for member in members if member.worker_id == row.worker_id),
                latest.get(row.id),
                seen_at.get(row.id),
            )
            for row in rows
        )

    def _insert(self, connection: Connection, name: str, worker_id: str | None, *, is_owner: bool) -> Account:
        account = Account(secrets.token_hex(8), name, is_owner, worker_id)
        values = {
            "id": account.id,
            "name": name,
            "is_owner": is_owner,
            "worker_id": worker_id,
            "created_at": self._clock(),
        }
        connection.execute(insert(accounts).values(values))
        return account

    def _invited(self, connection: Connection, token: str) -> Account:
        query = (
            select(accounts, invitations.c.expires_at, invitations.c.used_at, invitations.c.revoked_at)
            .join(invitations, invitations.c.account_id == accounts.c.id)
            .where(invitations.c.token_hash == hash_of(token))
        )
        row = connection.execute(query).one_or_none()
        if row is None:
            raise InvitationError(
                "This invitation link is not valid. Check that it was copied whole, or ask for a new one."
            )
        if row.used_at is not None:
            raise InvitationError(_USED)
        if row.revoked_at is not None:
            raise InvitationError("This invitation link was taken back. Ask whoever invited you for a new one.")
        if row.expires_at <= self._clock():
            raise InvitationError("This invitation link is too old. Ask whoever invited you for a new one.")
        return _account(row)


_USED = "This invitation link has been used already; it works once. To sign in on another browser, ask for a new one."


def _revoke(connection: Connection, account_id: str, now: float) -> None:
    unused = (
        (invitations.c.account_id == account_id) & invitations.c.used_at.is_(None) & invitations.c.revoked_at.is_(None)
    )
    connection.execute(update(invitations).where(unused).values(revoked_at=now))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(row.id, row.name, bool(row.is_owner), row.worker_id)


def _invitation(row: Row[tuple[object, ...]]) -> Invitation:
    return Invitation(row.id, row.account_id, row.created_at, row.expires_at, row.used_at, row.revoked_at)
