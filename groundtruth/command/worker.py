"""`groundtruth worker`: who may sign in to the worker portal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from time import time
from typing import Any

import click
from rich.markup import escape

from groundtruth.command.console import console
from groundtruth.command.project import address_file
from groundtruth.errors import RequestError
from groundtruth.service.database import Database
from groundtruth.service.portal import PREFIX, Accounts
from groundtruth.service.portal.accounts import DAY, Account, AccountEntry
from groundtruth.service.teams import Teams

_EPILOG = """\b
Examples:
  groundtruth worker add "Ada Byron" --team clerks
  groundtruth worker add "Grace Hopper" --owner
  groundtruth worker list
"""


def _database_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say which service's accounts are meant, and opens them.

    Adding somebody may come before the service has ever run; other commands want a folder that is there.
    """

    @click.option(
        "--data",
        default="groundtruth-data",
        show_default=True,
        type=click.Path(path_type=Path, file_okay=False),
        help="The data folder of `groundtruth serve`.",
    )
    @click.option("--database", "database_url", metavar="URL", help="postgresql://... as given to `groundtruth serve`.")
    @wraps(command)
    def with_accounts(data: Path, database_url: str | None, **arguments: Any) -> Any:
        if "url" in arguments:
            arguments["url"] = arguments["url"] or _last_address(data)
        with _open_accounts(data, database_url, may_make=command.__name__ == "add") as accounts:
            return command(accounts=accounts, **arguments)

    return with_accounts


def _last_address(data: Path) -> str:
    file = address_file(data)
    return file.read_text(encoding="utf-8").strip() if file.is_file() else "http://127.0.0.1:8765"


def _link_options(command: Callable[..., Any]) -> Callable[..., Any]:
    valid = click.option(
        "--valid-days", default=7, show_default=True, type=click.IntRange(1, 90), help="Days until the link expires."
    )
    address = click.option(
        "--url", help="Where people reach the service. Default: where `groundtruth serve` served the data folder last."
    )
    return valid(address(command))


@click.group(epilog=_EPILOG)
def worker() -> None:
    """Invite people to the worker portal, list them, take them out.

    Works on a running service's accounts as well as on a stopped one's.
    """


@worker.command()
@click.argument("name")
@click.option("--team", help="The work team to put them into, as CreateWorkteam named it.")
@click.option("--owner", is_flag=True, help="They own the jobs: they see all of them, and invite people.")
@_link_options
@_database_options
def add(accounts: Accounts, name: str, team: str | None, owner: bool, url: str, valid_days: int) -> None:
    """Add NAME to a work team, or as an owner, and print their invitation link.

    The link works once and signs them in on the browser that opens it.
    """
    if team is None and not owner:
        raise RequestError("Name a work team with --team, or make them an owner with --owner.")
    if owner:
        account = accounts.add_owner(name)
        if team is not None:
            account = accounts.work_in(account, team)
    else:
        account = accounts.add_worker(team or "", name)
    _print_link(accounts, account, url, valid_days)


@worker.command()
@click.argument("name")
@_link_options
@_database_options
def invite(accounts: Accounts, name: str, url: str, valid_days: int) -> None:
    """Print a new link for NAME, for another browser; an earlier one that was not used opens nothing any more."""
    _print_link(accounts, accounts.find(name), url, valid_days)


@worker.command()
@click.argument("name")
@click.option("--team", help="Take them out of this team alone.")
@_database_options
def remove(accounts: Accounts, name: str, team: str | None) -> None:
    """Take NAME out of a team, or out of all, and sign them out for good. What they answered stays."""
    accounts.remove(accounts.find(name).id, team)
    console.print(f"{escape(name)} is out of {escape(team) if team else 'every team'}.")


@worker.command("list")
@_database_options
def list_(accounts: Accounts) -> None:
    """List who may sign in: name, role, teams, the state of their link, and when they were last seen; tabs between."""
    now = time()
    for entry in accounts.entries():
        click.echo("\t".join(_columns(entry, now)))


@contextmanager
def _open_accounts(data: Path, database_url: str | None, *, may_make: bool) -> Iterator[Accounts]:
    file = data / "groundtruth.db"
    if database_url is None and not may_make and not file.is_file():
        raise RequestError(f"--data: {data} is no data folder of `groundtruth serve`. Name the one that it uses.")
    database = Database.open(database_url) if database_url else Database.in_file(file)
    try:
        yield Accounts(database, Teams(database))
    finally:
        database.close()


def _print_link(accounts: Accounts, account: Account, url: str, valid_days: int) -> None:
    token = accounts.invite(account.id, valid_days * DAY)
    click.echo(f"{url.rstrip('/')}{PREFIX}/sign-in#{token}")
    console.print(
        f"Send this link to {escape(account.name)} and to nobody else. It works once, within {valid_days} days."
    )


def _columns(entry: AccountEntry, now: float) -> tuple[str, ...]:
    account = entry.account
    seen = "never" if entry.seen_at is None else datetime.fromtimestamp(entry.seen_at, UTC).isoformat(" ", "minutes")
    link = entry.invitation.state(now) if entry.invitation else "none"
    return (account.name, "owner" if account.is_owner else "worker", ",".join(entry.teams) or "-", link, seen)
