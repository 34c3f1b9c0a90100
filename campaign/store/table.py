"""The table of signatures: one page of those that filters fit, newest first, found from where the last page ended.

Each page begins at a row and not at a number of rows to skip, so that it takes as long as the first, and nothing is shown twice
or left out while signatures arrive.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, Executable, Row

from campaign.domain.filters import Filters
from campaign.domain.signature import SignatureState
from campaign.store.filtering import condition, states
from campaign.store.sql import statement

COUNTED = 1_000
"""Up to how many are counted."""
_LATE = timedelta(hours=1)
"""How much later than its text was replaced a signature can have been signed: the clocks of machines differ."""

Towards = Literal["older", "newer"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after the row it names, towards older or newer ones."""

    towards: Towards
    id: int
    signed_at: datetime | None = None
    """Of that row, where rows are in the order of their time."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row. Addresses and networks are empty for those who may not read them."""

    id: int
    state: SignatureState
    name: str
    email: str
    country: str
    postcode: str
    area: str
    network: str
    source: str
    comment: str
    comment_hidden: str
    public: bool
    signed_at: datetime
    verified_at: datetime | None
    ended_class: str
    batch_id: int | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, newest first."""

    rows: tuple[Listed, ...]
    newer: Cursor | None
    older: Cursor | None


_COLUMNS = """id, state, name, country, area, source, comment, comment_hidden, public, signed_at, verified_at, ended_class,
    batch_id, erased_at"""
_ALL = f"{_COLUMNS}, email, network, postcode"
_WITHOUT_ADDRESSES = f"{_COLUMNS}, '' AS email, '' AS network, '' AS postcode"
# A text comes after another in one language, and may still be asked for in a second one that says the same.
_REPLACED = statement(
    """SELECT v.text_hash, max(CASE WHEN n.created_at IS NULL THEN 1 ELSE 0 END) AS asked_for, max(n.created_at) AS created_at
       FROM versions v LEFT JOIN versions n
           ON n.campaign_id = v.campaign_id AND n.language = v.language AND n.number = v.number + 1
       WHERE v.campaign_id = :campaign_id AND v.text_hash = :text_hash GROUP BY v.text_hash"""
)


def page(
    connection: Connection, campaign_id: int, filters: Filters, cursor: Cursor | None, most: int, *, addresses: bool
) -> Page:
    """The page a cursor leads to, the newest for None. Where fewer newer ones are left than fill a page, the newest page."""
    filters = within_its_time(connection, campaign_id, filters)
    by_time = bool(filters.since or filters.before)
    if cursor is not None and (cursor.signed_at is not None) != by_time:
        cursor = None
    sql = _page(
        condition(campaign_id, filters.without("states"), up_to=None).sql, _arms(filters), _ALL if addresses else
        _WITHOUT_ADDRESSES, by_time, cursor.towards if cursor else None,
    )  # fmt: skip
    given = {**condition(campaign_id, filters).given, "most": most + 1}
    if cursor is not None:
        given |= {"after": cursor.id} | ({"until": cursor.signed_at} if by_time else {})
    rows = [_read(row) for row in connection.execute(sql, given)]
    more, rows = len(rows) > most, rows[:most]
    if cursor is not None and cursor.towards == "newer":
        if not more:
            return page(connection, campaign_id, filters, None, most, addresses=addresses)
        rows.reverse()
        return Page(tuple(rows), _at(rows[0], "newer", by_time), _at(rows[-1], "older", by_time))
    newer = None
    if cursor is not None:
        newer = _at(rows[0], "newer", by_time) if rows else replace(cursor, towards="newer")
    return Page(tuple(rows), newer, _at(rows[-1], "older", by_time) if more else None)


def count(connection: Connection, campaign_id: int, filters: Filters, *, most: int = COUNTED) -> tuple[int, bool]:
    """How many signatures the filters fit, up to `most`, and whether there are more."""
    where = condition(campaign_id, within_its_time(connection, campaign_id, filters))
    found = int(connection.execute(_count(where.sql), {**where.given, "most": most + 1}).scalar_one())
    return min(found, most), found > most


def within_its_time(connection: Connection, campaign_id: int, filters: Filters) -> Filters:
    """The same filters, bounded to the time in which the text that is looked for could be signed.

    What was signed first is found by that, without an index of texts that every signature would have to keep.
    """
    if not filters.text:
        return filters
    row = connection.execute(_REPLACED, {"campaign_id": campaign_id, "text_hash": filters.text}).one_or_none()
    if row is None or row.asked_for:
        return filters
    until = row.created_at + _LATE
    return replace(filters, before=min(filters.before, until) if filters.before else until)


def _arms(filters: Filters) -> tuple[tuple[SignatureState, ...], ...]:
    """The states that are read by themselves, each in the order of its index; one empty arm for all."""
    if SignatureState.VERIFIED in filters.states or len(filters.states) < 2:
        return (filters.states,)
    return tuple((state,) for state in filters.states)


@lru_cache(maxsize=512)
def _page(
    where: str, arms: tuple[tuple[SignatureState, ...], ...], columns: str, by_time: bool, towards: Towards | None
) -> Executable:
    direction, than = ("ASC", ">") if towards == "newer" else ("DESC", "<")
    order = f"signed_at {direction}, id {direction}" if by_time else f"id {direction}"
    if towards is not None:
        where += f" AND (signed_at, id) {than} (:until, :after)" if by_time else f" AND id {than} :after"
    selected = [
        f"SELECT {columns} FROM signatures WHERE {where}{f' AND {states(arm)}' if arm else ''} ORDER BY {order} LIMIT :most"
        for arm in arms
    ]
    if len(selected) == 1:
        return statement(selected[0])
    joined = " UNION ALL ".join(f"SELECT * FROM ({one}) AS arm{number}" for number, one in enumerate(selected))
    return statement(f"{joined} ORDER BY {order} LIMIT :most")


@lru_cache(maxsize=256)
def _count(where: str) -> Executable:
    return statement(f"SELECT count(*) FROM (SELECT 1 FROM signatures WHERE {where} LIMIT :most) AS found")


def _read(row: Row[Any]) -> Listed:
    return Listed(**{**row._asdict(), "state": SignatureState(row.state)})


def _at(row: Listed, towards: Towards, by_time: bool) -> Cursor:
    return Cursor(towards, row.id, row.signed_at if by_time else None)
