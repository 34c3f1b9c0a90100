"""Rows of an export: signatures as bare tuples, streamed, and where the ledger ends at that moment.

The statements are text: their cells are meant to come as the driver gives them, without any type of SQLAlchemy's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, select

from campaign.domain.exports.plan import COLUMN_TYPES, NAME_PARTS, CellType, ExportOrder, ExportPlan
from campaign.domain.signatures.name_order import split_name
from campaign.store.database.statements import text_statement
from campaign.store.signatures.filter_sql import filter_condition, time_parameters
from campaign.store.tables import ledger

ROWS_PER_BATCH = 2_000
"""Rows fetched at once: more are no quicker, and take more memory."""
# Times are written by the database: it takes half as long as to read them as times first. None stays none.
TIME_SQL = {
    "sqlite": "replace(substr({0}, 1, 19), ' ', 'T') || 'Z'",
    "postgresql": r"""to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\:MI\:SS"Z"')""",
}
_COLUMN_SQL = {
    "constituency": "coalesce((SELECT constituency FROM places WHERE places.id = signatures.place_id), '')",
    "council": "coalesce((SELECT council FROM places WHERE places.id = signatures.place_id), '')",
    # What was declared of who may sign, and the words it was declared of.
    "declared": "CASE WHEN declaration > 0 THEN 'yes' WHEN declaration < 0 THEN 'no' ELSE '' END",
    "statement": "coalesce((SELECT words FROM statements WHERE statements.campaign_id = signatures.campaign_id "
    "AND statements.number = abs(signatures.declaration)), '')",
    "first_name": "name",
    "last_name": "name",
}
ORDERS = {
    ExportOrder.SIGNING: "id",
    ExportOrder.NAME: "name_key, id",
    ExportOrder.LEDGER: "ordinal NULLS LAST, id",
}
_LEDGER_END = (
    select(ledger.c.sequence.label("entries"), ledger.c.total, ledger.c.at.label("as_of"))
    .where(ledger.c.campaign_id == bindparam("campaign_id"))
    .order_by(ledger.c.sequence.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """End of a ledger."""

    entries: int
    """Number of its entries."""
    total: int
    """The count after its last entry."""
    as_of: datetime | None
    """When that was; None for an empty ledger."""


def stream_rows(
    connection: Connection, campaign_id: int, plan: ExportPlan, batch_size: int = ROWS_PER_BATCH
) -> Iterator[Sequence[Sequence[Any]]]:
    """Rows of an export in batches, each with a cell for every column of the plan but `number`.

    The connection must see one moment (`runtime.snapshot`). At most two batches are in memory.
    """
    names = [name for name in plan.columns if name != "number"]
    with_hidden = "comment_hidden" in names
    listed = ", ".join(_column_sql(name, connection.dialect.name, with_hidden=with_hidden) for name in names) or "id"
    where, given = _plan_condition(campaign_id, plan)
    sql = untyped_statement(f"SELECT {listed} FROM signatures WHERE {where} ORDER BY {ORDERS[plan.order]}")
    for rows in fetch_batches(connection, sql, given, batch_size):
        yield _split_names(rows, names) if names else [()] * len(rows)


def _split_names(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> Sequence[Sequence[Any]]:
    """Rows with first and last names in place of whole ones, where these columns are asked for."""
    parts = {names.index(column): part for part, column in enumerate(NAME_PARTS) if column in names}
    if not parts:
        return rows
    return [[split_name(cell)[parts[at]] if at in parts else cell for at, cell in enumerate(row)] for row in rows]


def count_rows(connection: Connection, campaign_id: int, plan: ExportPlan) -> int:
    """Number of rows of an export."""
    where, given = _plan_condition(campaign_id, plan)
    counted = untyped_statement(f"SELECT count(*) FROM signatures WHERE {where}")
    return int(connection.execute(counted, given).scalar_one())


def ledger_end(connection: Connection, campaign_id: int) -> LedgerEnd:
    """End of the ledger of a campaign."""
    row = connection.execute(_LEDGER_END, {"campaign_id": campaign_id}).one_or_none()
    return LedgerEnd(0, 0, None) if row is None else LedgerEnd(**row._asdict())


def fetch_batches(
    connection: Connection, sql: Executable, given: dict[str, Any], batch_size: int
) -> Iterator[Sequence[Sequence[Any]]]:  # fmt: skip
    """Rows of a statement, so many at a time, without all of them in memory."""
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
    return TIME_SQL[dialect].format(name) if COLUMN_TYPES[name] is CellType.TIME else _COLUMN_SQL.get(name, name)


_NOT_HELD = " AND NOT (state = 'verified' AND held_flag_id IS NOT NULL)"
"""What a flag holds is not in the count, so nobody is handed it."""


def _plan_condition(campaign_id: int, plan: ExportPlan) -> tuple[str, dict[str, Any]]:
    meant = filter_condition(campaign_id, plan.filters)
    consent = {None: "", True: " AND updates", False: " AND NOT updates"}[plan.updates]
    return meant.sql + consent + _NOT_HELD, meant.parameters


def untyped_statement(sql: str) -> Executable:
    """Statement whose cells come as the driver gives them."""
    return text_statement(sql, *time_parameters(sql))
