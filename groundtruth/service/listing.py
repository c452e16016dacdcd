"""Lists in pages, as AWS gives them: sorted, filtered by time, continued by a token."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, or_

from groundtruth.errors import ApiError

DEFAULT_RESULTS = 10
"""Entries of a page that nobody asked the size of."""


@dataclass(frozen=True)
class Page[T]:
    """Some entries of a list; `next_token` asks for the rest, None when there is none."""

    entries: tuple[T, ...]
    next_token: str | None


@dataclass(frozen=True)
class Listing:
    """How a list is asked for. sort_by: a column; times are seconds since the epoch, None does not limit."""

    sort_by: str
    is_descending: bool
    results: int = DEFAULT_RESULTS
    token: str | None = None
    created_after: float | None = None
    created_before: float | None = None
    modified_after: float | None = None
    modified_before: float | None = None


def page_of(connection: Connection, query: Select[Any], table: Table, listing: Listing) -> Page[Row[Any]]:
    """One page of the rows. Raises ApiError `ValidationException` for a token that this list did not give."""
    for column, is_after, limit in (
        (table.c.created_at, True, listing.created_after),
        (table.c.created_at, False, listing.created_before),
        (table.c.modified_at, True, listing.modified_after),
        (table.c.modified_at, False, listing.modified_before),
    ):
        if limit is not None:
            query = query.where(column > limit if is_after else column < limit)
    first, tie = table.c[listing.sort_by], table.c.name
    if listing.token is not None:
        value, name = _read_token(listing)
        behind = (first < value, tie < name) if listing.is_descending else (first > value, tie > name)
        query = query.where(or_(behind[0], and_(first == value, behind[1])))
    order = (first.desc(), tie.desc()) if listing.is_descending else (first.asc(), tie.asc())
    rows = connection.execute(query.order_by(*order).limit(listing.results + 1)).all()
    page = tuple(rows[: listing.results])
    token = _token(listing, page[-1]) if len(rows) > listing.results else None
    return Page(page, token)


def _token(listing: Listing, row: Row[Any]) -> str:
    place = [listing.sort_by, listing.is_descending, getattr(row, listing.sort_by), row.name]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_token(listing: Listing) -> tuple[Any, str]:
    try:
        sort_by, is_descending, value, name = json.loads(base64.urlsafe_b64decode(listing.token or ""))
    except (binascii.Error, ValueError, TypeError) as error:
        raise _bad_token() from error
    if (sort_by, is_descending) != (listing.sort_by, listing.is_descending) or not isinstance(name, str):
        raise _bad_token()
    if not isinstance(value, str | float | int):
        raise _bad_token()
    return value, name


def _bad_token() -> ApiError:
    return ApiError(
        "ValidationException",
        "NextToken is not of this list. Give the NextToken of the page before, with the same SortBy and SortOrder.",
    )
