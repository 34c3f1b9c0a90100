"""Delivery: what became of mails after a server took them, which events told so, and mailboxes that get no mail."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_UNTALLIED = sa.text("(kind = 'verify' AND delivery <> counted_delivery)")


def upgrade() -> None:
    """Add the columns and tables."""
    for name, length, comment in (
        ("delivery", 10, "what became of it later"),
        ("delivery_status", 12, "enhanced status code, as in 5.1.1"),
        ("counted_delivery", 10, "as the funnel has it"),
    ):
        column = sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''"), comment=comment)
        op.add_column("outbox", column)
    op.add_column("outbox", sa.Column("delivery_at", _TIME, nullable=True, comment="when that was told"))
    op.create_index("ix_outbox_untallied_delivery", "outbox", ["id"], postgresql_where=_UNTALLIED, sqlite_where=_UNTALLIED)
    for name, comment in (
        ("delivered", "verification mails a mailbox's server has"),
        ("bounced", "verification mails that came back"),
    ):
        total: sa.Column[int] = sa.Column(name, _ID, nullable=False, server_default=sa.text("0"), comment=comment)
        op.add_column("cohort_tallies", total)
    op.create_table(
        "mail_events",
        sa.Column("event_hash", sa.String(64), nullable=False, comment="SHA-256 of source and number of an event"),
        sa.Column("received_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("event_hash", name=op.f("pk_mail_events")),
        comment="events about mails that were taken in, so that each is once; kept 30 days",
    )
    op.create_index("ix_mail_events_received_at", "mail_events", ["received_at"])
    op.create_table(
        "suppressions",
        sa.Column("mailbox_hash", sa.String(32), nullable=False, comment="keyed hash of the canonical address"),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=True, comment="null: never"),
        sa.PrimaryKeyConstraint("mailbox_hash", name=op.f("pk_suppressions")),
        comment="mailboxes that get no mail",
    )
    op.create_index("ix_suppressions_expires_at", "suppressions", ["expires_at"])
