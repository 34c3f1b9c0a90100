"""End of personal data: its plan for each campaign, and what finds signatures that are to be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table, a column and two indexes."""
    op.create_table(
        "retentions",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("months", sa.Integer, comment="after the deadline; null: the default of the site"),
        sa.Column("announced_at", _TIME, comment="when the team was told that the end is near"),
        sa.Column("started_at", _TIME),
        sa.Column(
            "erased_to", _ID, nullable=False, server_default=sa.text("0"), comment="signatures up to this number are done"
        ),
        sa.Column("finished_at", _TIME, comment="when all was destroyed"),
        sa.Column("signatures", _ID, nullable=False, server_default=sa.text("0"), comment="whose personal data was destroyed"),
        sa.Column(
            "mails", _ID, nullable=False, server_default=sa.text("0"), comment="rows about mails to them that were deleted"
        ),
        sa.CheckConstraint("months IS NULL OR months >= 1", name=op.f("ck_retentions_months")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_retentions_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_retentions")),
        comment="until when a campaign keeps personal data, and when it was destroyed; no row: as the site does by default",
    )
    op.add_column(
        "signatures",
        sa.Column(
            "erasure_requested_at", _TIME,
            comment="when its owner asked to have it erased once the total is final",
        ),
    )  # fmt: skip
    _partial_index(
        "ix_signatures_withdrawn_kept",
        ["ended_at", "id"],
        "(state = 'withdrawn' AND counted_as = 'withdrawn' AND erased_at IS NULL)",
    )
    _partial_index("ix_signatures_erasure_requested", ["id"], "(erasure_requested_at IS NOT NULL AND erased_at IS NULL)")


def _partial_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "signatures", columns, postgresql_where=where, sqlite_where=where)
