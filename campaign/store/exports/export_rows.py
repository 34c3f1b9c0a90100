"""What is exported: rows of signatures as bare tuples, streamed, and what the ledger says at that moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, text

from campaign.domain.exports.plan import COLUMN_TYPES, CellType, ExportOrder, ExportPlan
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import statement
from campaign.store.signatures.filter_sql import filter_condition

ROWS_PER_BATCH = 2_000
"""Rows fetched at once: more are no quicker, and take more memory."""
# Times are written by the database: it takes half as long as to read them as times first. None stays none.
_TIME_SQL = {
    "sqlite": "replace(substr({0}, 1, 19), ' ', 'T') || 'Z'",
    "postgresql": r"""to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\:MI\:SS"Z"')""",
}
_COLUMN_SQL = {
    "constituency": "coalesce((SELECT constituency FROM places WHERE places.id = signatures.place_id), '')",
}
_ORDERS = {
    ExportOrder.SIGNING: "id",
    ExportOrder.NAME: "name_key, id",
    ExportOrder.LEDGER: "ordinal NULLS LAST, id",
}
_LEDGER = statement(
    "SELECT sequence, total, at AS as_of FROM ledger WHERE campaign_id = :campaign_id ORDER BY sequence DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """Where a ledger ends."""

    entries: int
    """Its entries."""
    total: int
    """What its last entry brought the count to."""
    as_of: datetime | None
    """When that was; None for an empty ledger."""


def stream_rows(
    connection: Connection, campaign_id: int, plan: ExportPlan, batch_size: int = ROWS_PER_BATCH
) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows of an export, some at a time, each with a cell for every column of the plan but `number`.

    The connection must see one moment (`runtime.snapshot`). At most two blocks are in memory.
    """
    names = [name for name in plan.columns if name != "number"]
    with_hidden = "comment_hidden" in names
    listed = ", ".join(_column_sql(name, connection.dialect.name, with_hidden=with_hidden) for name in names) or "id"
    where, given = _plan_condition(campaign_id, plan)
    sql = _untyped_statement(f"SELECT {listed} FROM signatures WHERE {where} ORDER BY {_ORDERS[plan.order]}", given)
    for rows in _fetch_batches(connection, sql, given, batch_size):
        yield rows if names else [()] * len(rows)


def count_rows(connection: Connection, campaign_id: int, plan: ExportPlan) -> int:
    """How many rows an export has."""
    where, given = _plan_condition(campaign_id, plan)
    return int(
        connection.execute(_untyped_statement(f"SELECT count(*) FROM signatures WHERE {where}", given), given).scalar_one()
    )


def ledger_end(connection: Connection, campaign_id: int) -> LedgerEnd:
    """Where the ledger of a campaign ends."""
    row = connection.execute(_LEDGER, {"campaign_id": campaign_id}).one_or_none()
    return LedgerEnd(0, 0, None) if row is None else LedgerEnd(*row)


def _fetch_batches(
    connection: Connection, sql: Executable, given: dict[str, Any], batch_size: int
) -> Iterator[Sequence[Sequence[Any]]]:  # fmt: skip
    if connection.dialect.name != "sqlite":
        streamed = sql.execution_options(stream_results=True, max_row_buffer=batch_size)
        yield from connection.execute(streamed, given).partitions(batch_size)
        return
    # SQLite's own cursor streams anyway; its tuples need nothing around them, which saves a tenth of the time.
    cursor = connection.execute(sql, given).cursor
    while cursor is not None and (rows := cursor.fetchmany(batch_size)):
        yield rows


def _column_sql(name: str, dialect: str, *, with_hidden: bool) -> str:
    if name == "comment" and not with_hidden:
        return "CASE WHEN comment_hidden = '' THEN comment ELSE '' END"
    return _TIME_SQL[dialect].format(name) if COLUMN_TYPES[name] is CellType.TIME else _COLUMN_SQL.get(name, name)


def _plan_condition(campaign_id: int, plan: ExportPlan) -> tuple[str, dict[str, Any]]:
    meant = filter_condition(campaign_id, plan.filters)
    consent = {None: "", True: " AND updates", False: " AND NOT updates"}[plan.updates]
    return meant.sql + consent, meant.parameters


def _untyped_statement(sql: str, given: dict[str, Any]) -> Executable:
    """A statement whose results come as the driver gives them: nothing is made of any cell."""
    return text(sql).bindparams(*(bindparam(name, type_=UtcDateTime()) for name in ("since", "before") if name in given))
