"""Fair mail: places in the queue, and mailboxes that nothing is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table, and move the priorities of what is owed."""
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
    op.create_table(
        "suppressions",
        sa.Column("mailbox_hash", sa.String(32), nullable=False, comment="keyed hash of a canonical address"),
        sa.Column("reason", sa.String(12), nullable=False, comment="asked, complaint or bounced"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column(
            "lift_mailed_at", _TIME, nullable=True, comment="when a link to lift it was last mailed, which was asked for"
        ),
        sa.CheckConstraint("reason IN ('asked', 'complaint', 'bounced')", name=op.f("ck_suppressions_reason")),
        sa.PrimaryKeyConstraint("mailbox_hash", name=op.f("pk_suppressions")),
        comment="mailboxes that nothing is written to",
    )


def _add(table: str, kind: "sa.types.TypeEngine[int]", name: str, comment: str, default: str | None = None) -> None:
    column = sa.Column(
        name, kind, nullable=default is None, server_default=sa.text(default) if default else None, comment=comment
    )
    op.add_column(table, column)


def _partial_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "outbox", columns, postgresql_where=where, sqlite_where=where)
