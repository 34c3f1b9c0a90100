"""Claims of rows that stand for long work: a worker has one of them at a time, under a lease after which another may have it.

Their table has `id`, `state`, `due_at` (what is due then, and while it is claimed: when the lease ends), `attempts`, and
`claim_key`, which only the worker that has it knows.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, TextClause, Update, bindparam, select, update
from sqlalchemy.sql.elements import BindParameter


def now_parameter(table: Table) -> BindParameter[datetime]:
    """The parameter `now`, typed as the times of a table."""
    return bindparam("now", type_=table.c.due_at.type)


def due_row(table: Table, is_unfinished: ColumnElement[bool] | TextClause) -> Select[int]:
    """The row that has been due for longest, locked; `now` is its parameter. Rows that others look at are passed over."""
    return (
        select(table.c.id)
        .where(is_unfinished, table.c.due_at <= now_parameter(table))
        .order_by(table.c.due_at, table.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def claim_row(table: Table, state: str, **also: Any) -> Update:
    """Claim the row `of_id` with the key `claim_key`, `until` a time."""
    return (
        update(table)
        .where(table.c.id == bindparam("of_id"))
        .values(
            state=state, claim_key=bindparam("claim_key"), due_at=bindparam("until"), attempts=table.c.attempts + 1, **also
        )
    )  # fmt: skip


def claimed_row(table: Table, state: str) -> Update:
    """An update of the row `of_id`, its values still to be said; nothing comes of it where the claim `of_claim` is gone."""
    return update(table).where(
        table.c.id == bindparam("of_id"), table.c.claim_key == bindparam("of_claim"), table.c.state == state
    )


def claim_due(
    connection: Connection, due: Select[int], claim: Update, claim_key: str, now: datetime, until: datetime, **also: Any
) -> int | None:
    """Claim the row that is due; returns its id, None where none is. `also` are more parameters of the claim."""
    found = connection.execute(due, {"now": now}).scalar_one_or_none()
    if found is not None:
        connection.execute(claim, {"of_id": found, "claim_key": claim_key, "until": until, **also})
    return found
