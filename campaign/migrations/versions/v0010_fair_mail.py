"""Fair mail: places in the queue, and how a mailbox that gets no mail can get some again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns, and move the priorities of what is owed."""
    _add("outbox", sa.BigInteger(), "queue_ms", "its place: milliseconds of the epoch", default="0")
    _add("outbox", sa.BigInteger(), "network_key", "while it is owed: keyed hash of the network that caused it")
    _add("outbox", sa.BigInteger(), "domain_key", "while it is owed: keyed hash of the domain it goes to")
    # Before everything else go links to sign in to the desk, and alarms.
    op.execute(
        "UPDATE outbox SET priority = priority + 1 WHERE state = 'owed' AND kind NOT IN ('desk_sign_in', 'desk_address')"
    )
    op.drop_index("ix_outbox_owed", "outbox")
    _partial_index("ix_outbox_owed", ["priority", "queue_ms", "id", "due_at"], "state = 'owed'")
    for key in ("network_key", "domain_key"):
        _partial_index(f"ix_outbox_owed_{key}", [key, "queue_ms"], f"state = 'owed' AND {key} IS NOT NULL")
    lift_mailed_at = sa.Column(
        "lift_mailed_at", _TIME, nullable=True, comment="when a link to lift it was last mailed, which was asked for"
    )
    op.add_column("suppressions", lift_mailed_at)


def _add(table: str, kind: "sa.types.TypeEngine[int]", name: str, comment: str, default: str | None = None) -> None:
    column = sa.Column(
        name, kind, nullable=default is None, server_default=sa.text(default) if default else None, comment=comment
    )
    op.add_column(table, column)


def _partial_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "outbox", columns, postgresql_where=where, sqlite_where=where)
