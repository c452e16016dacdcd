"""The portal's own tables: who may sign in, by which link, and who is signed in.

No token is kept, only its SHA-256: who reads the database cannot sign in with what is there. Tokens have 256 random bits,
so a slow hash would add nothing. Times are seconds since the epoch.
"""

import hashlib
import secrets

from sqlalchemy import Boolean, Column, Connection, Double, ForeignKey, Index, Table, Text, text

from groundtruth.service.database import Database
from groundtruth.service.records import METADATA, answers

accounts = Table(
    "portal_accounts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("is_owner", Boolean, nullable=False),
    Column("worker_id", Text, ForeignKey("workers.id"), unique=True),  # none: an owner who does not work on tasks
    Column("created_at", Double, nullable=False),
)

invitations = Table(
    "portal_invitations",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("account_id", Text, ForeignKey("portal_accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    Column("revoked_at", Double),
    Index("portal_invitations_of_account", "account_id"),
)

sessions = Table(
    "portal_sessions",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("account_id", Text, ForeignKey("portal_accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("is_local", Boolean, nullable=False),  # begun without a link, on the machine itself
)

keys = Table(
    "portal_keys",
    METADATA,
    Column("purpose", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

answers_by_worker = Index("answers_by_worker", answers.c.job_id, answers.c.worker_id, answers.c.seconds)
"""What the owner's page counts by worker, without reading the answers themselves."""

_MAKES_PORTAL_TABLES = 0x6774_7270
"""The advisory lock of the process that makes the portal's tables."""


def new_token() -> str:
    """256 random bits, for a URL or a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make_tables(database: Database) -> None:
    """Make the portal's tables where they are missing: a database may have been opened before this module was loaded."""

    def work(connection: Connection) -> None:
        if database.is_shared:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MAKES_PORTAL_TABLES})"))
        METADATA.create_all(connection, tables=[accounts, invitations, sessions, keys])
        answers_by_worker.create(connection, checkfirst=True)

    database.write(work)
