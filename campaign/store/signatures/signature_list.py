"""Paged list of signatures: one page of those that filters fit, newest first, found from where the last page ended.

Each page begins at a row and not at a number of rows to skip, so that it takes as long as the first, and nothing is shown twice
or left out while signatures arrive.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from sqlalchemy import Connection, Executable, String, and_, bindparam, case, func, literal_column, select

from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, rows_as, text_statement
from campaign.store.signatures.filter_sql import filter_condition, state_condition, time_parameters
from campaign.store.tables import signatures, text_versions

MAX_COUNTED = 1_000
"""Up to how many are counted."""
_CLOCK_SKEW = timedelta(hours=1)
"""How much later than its text was replaced a signature can have been signed: the clocks of machines differ."""

PageDirection = Literal["older", "newer"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Cursor of a page: after the row it names, towards older or newer ones."""

    direction: PageDirection
    id: int
    signed_at: datetime | None = None
    """Of that row, where rows are in the order of their time."""


@dataclass(frozen=True, slots=True)
class ListedSignature:
    """One row. Address, network and postcode are empty for those who may not read them."""

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
    comment_public: bool
    comment_published_at: datetime | None
    public: bool
    signed_at: datetime
    verified_at: datetime | None
    ended_class: str
    batch_id: int | None
    held_flag_id: int | None
    """The flag that keeps it from being counted."""
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignaturePage:
    """One page, newest first."""

    rows: tuple[ListedSignature, ...]
    newer: Cursor | None
    older: Cursor | None


_SOME_AT_DOMAIN = (
    select(literal_column("1"))
    .select_from(signatures)
    .where(signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.domain == bindparam("domain"))
    .limit(bindparam("limit"))
    .subquery()
)
_COUNT_AT_DOMAIN = select(func.count()).select_from(_SOME_AT_DOMAIN)
HIDDEN_ADDRESS_COLUMNS = dict.fromkeys(("email", "network", "postcode"), literal_column("''", String()))
"""What those who may not read addresses get in place of columns: the empty text, so that none leaves the database."""
_COLUMNS = columns_of(ListedSignature, signatures)
_COLUMN_NAMES = tuple(field.name for field in fields(ListedSignature))
_ALL_SQL = ", ".join(_COLUMN_NAMES)
_WITHOUT_ADDRESSES_SQL = ", ".join(f"'' AS {name}" if name in HIDDEN_ADDRESS_COLUMNS else name for name in _COLUMN_NAMES)
_following = text_versions.alias("following")
# A text comes after another in one language, and may still be asked for in a second one that says the same.
_TEXT_REPLACED_AT = (
    select(
        func.max(case((_following.c.created_at.is_(None), 1), else_=0)).label("is_asked_for"),
        func.max(_following.c.created_at).label("replaced_at"),
    )
    .select_from(
        text_versions.outerjoin(
            _following,
            and_(
                _following.c.campaign_id == text_versions.c.campaign_id,
                _following.c.language == text_versions.c.language,
                _following.c.number == text_versions.c.number + 1,
            ),
        )
    )
    .where(text_versions.c.campaign_id == bindparam("campaign_id"), text_versions.c.text_hash == bindparam("text_hash"))
    .group_by(text_versions.c.text_hash)
)


def count_at_domain(connection: Connection, campaign_id: int, domain: str, limit: int) -> int:
    """Number of a campaign's signatures at a mail domain, `limit` at most."""
    given = {"campaign_id": campaign_id, "domain": domain, "limit": limit}
    return int(connection.execute(_COUNT_AT_DOMAIN, given).scalar_one())


def signature_page(
    connection: Connection, campaign_id: int, filters: Filters, cursor: Cursor | None, limit: int, *, with_addresses: bool
) -> SignaturePage:
    """The page a cursor leads to, the newest for None. Where fewer newer ones are left than fill a page, the newest page."""
    filters = limited_to_text_period(connection, campaign_id, filters)
    by_time = bool(filters.since or filters.before)
    if cursor is not None and (cursor.signed_at is not None) != by_time:
        cursor = None
    sql = _page_sql(
        filter_condition(campaign_id, filters.without("states"), max_signature_id=None).sql,
        _state_branches(filters),
        _ALL_SQL if with_addresses else _WITHOUT_ADDRESSES_SQL,
        by_time,
        cursor.direction if cursor else None,
    )
    given = {**filter_condition(campaign_id, filters).parameters, "most": limit + 1}
    if cursor is not None:
        given |= {"after": cursor.id} | ({"until": cursor.signed_at} if by_time else {})
    rows = rows_as(ListedSignature, connection.execute(sql, given))
    more, rows = len(rows) > limit, rows[:limit]
    if cursor is not None and cursor.direction == "newer":
        if not more:
            return signature_page(connection, campaign_id, filters, None, limit, with_addresses=with_addresses)
        rows.reverse()
        return SignaturePage(tuple(rows), _cursor_at(rows[0], "newer", by_time), _cursor_at(rows[-1], "older", by_time))
    newer = None
    if cursor is not None:
        newer = _cursor_at(rows[0], "newer", by_time) if rows else replace(cursor, direction="newer")
    return SignaturePage(tuple(rows), newer, _cursor_at(rows[-1], "older", by_time) if more else None)


def count_matches(connection: Connection, campaign_id: int, filters: Filters, *, limit: int = MAX_COUNTED) -> tuple[int, bool]:
    """How many signatures the filters fit, up to `limit`, and whether there are more."""
    where = filter_condition(campaign_id, limited_to_text_period(connection, campaign_id, filters))
    found = int(connection.execute(_count_sql(where.sql), {**where.parameters, "most": limit + 1}).scalar_one())
    return min(found, limit), found > limit


def limited_to_text_period(connection: Connection, campaign_id: int, filters: Filters) -> Filters:
    """The same filters, bounded to the time in which the text that is looked for could be signed.

    What was signed first is found by that, without an index of texts that every signature would have to keep.
    """
    if not filters.text:
        return filters
    row = connection.execute(_TEXT_REPLACED_AT, {"campaign_id": campaign_id, "text_hash": filters.text}).one_or_none()
    if row is None or row.is_asked_for:
        return filters
    until = row.replaced_at + _CLOCK_SKEW
    return replace(filters, before=min(filters.before, until) if filters.before else until)


def _state_branches(filters: Filters) -> tuple[tuple[SignatureState, ...], ...]:
    """The states that are read by themselves, each in the order of its index; one empty branch for all."""
    if SignatureState.VERIFIED in filters.states or len(filters.states) < 2:
        return (filters.states,)
    return tuple((state,) for state in filters.states)


@lru_cache(maxsize=512)
def _page_sql(
    where: str,
    branches: tuple[tuple[SignatureState, ...], ...],
    columns: str,
    by_time: bool,
    page_direction: PageDirection | None,
) -> Executable:
    direction, than = ("ASC", ">") if page_direction == "newer" else ("DESC", "<")
    order = f"signed_at {direction}, id {direction}" if by_time else f"id {direction}"
    if page_direction is not None:
        where += f" AND (signed_at, id) {than} (:until, :after)" if by_time else f" AND id {than} :after"
    selected = [
        f"SELECT {columns} FROM signatures WHERE {where}{f' AND {state_condition(branch)}' if branch else ''} ORDER BY {order} "
        f"LIMIT :most"
        for branch in branches
    ]
    sql = selected[0]
    if len(selected) > 1:
        joined = " UNION ALL ".join(f"SELECT * FROM ({one}) AS branch{number}" for number, one in enumerate(selected))
        sql = f"{joined} ORDER BY {order} LIMIT :most"
    until = (bindparam("until", type_=UtcDateTime()),) if by_time and page_direction is not None else ()
    return text_statement(sql, *time_parameters(sql), *until, columns=_COLUMNS)


@lru_cache(maxsize=256)
def _count_sql(where: str) -> Executable:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM signatures WHERE {where} LIMIT :most) AS found"
    return text_statement(sql, *time_parameters(sql))


def _cursor_at(row: ListedSignature, direction: PageDirection, by_time: bool) -> Cursor:
    return Cursor(direction, row.id, row.signed_at if by_time else None)
