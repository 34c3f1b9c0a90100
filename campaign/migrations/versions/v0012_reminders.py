"""Reminders: whether a campaign sends them, how far they have come, and their place in the funnel."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_UNTALLIED = "(NOT tallied AND kind IN ('verify', 'reminder', 'last_reminder') AND state IN ('sent', 'refused', 'unknown'))"


def upgrade() -> None:
    """Add the table and the columns; mails that no server answered for are in the funnel from now on."""
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "reminder_progress",
        sa.Column("campaign_id", big_id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column(
            "signed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the last signature that was looked at was given",
        ),
        sa.Column("signature_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_reminder_progress_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "kind", name=op.f("pk_reminder_progress")),
        comment="how far reminding those who have not confirmed has come",
    )
    reminders: sa.Column[bool] = sa.Column(
        "reminders", sa.Boolean(), nullable=False, server_default=sa.true(), comment="whether who has not confirmed is reminded"
    )
    op.add_column("campaigns", reminders)
    counted: sa.Column[bool] = sa.Column(
        "counted_unknown", sa.Boolean(), nullable=False, server_default=sa.false(),
        comment="whether the funnel has it as unknown",
    )  # fmt: skip
    op.add_column("outbox", counted)
    for name, comment in (
        ("unknown", "verification mails no server answered for"),
        ("reminded", "reminders a server took"),
    ):
        total: sa.Column[int] = sa.Column(name, big_id, nullable=False, server_default=sa.text("0"), comment=comment)
        op.add_column("cohort_tallies", total)
    op.drop_index("ix_outbox_untallied", "outbox")
    where = sa.text(_UNTALLIED)
    op.create_index("ix_outbox_untallied", "outbox", ["id"], postgresql_where=where, sqlite_where=where)
