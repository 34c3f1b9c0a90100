"""Alarms: what a team or the operator is warned of."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "alarms",
        sa.Column("id", big_id, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("campaign_id", big_id, comment="null: of the whole site"),
        sa.Column("dedupe_key", sa.String(60), nullable=False, comment="kind, campaign and day: one mail for each"),
        sa.Column("facts", sa.JSON(), nullable=False, comment="numbers of its sentence; nothing personal"),
        sa.Column("raised_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False, comment="when it was last found to be so"),
        sa.Column("over_at", _TIME, comment="when it was found to be over"),
        sa.Column("mailed_at", _TIME, comment="when the mails about it were promised"),
        sa.Column("dismissed_at", _TIME, comment="when somebody put it aside"),
        sa.Column("dismissed_by", big_id),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_alarms_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["dismissed_by"], ["campaigners.id"], name=op.f("fk_alarms_dismissed_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_alarms_dedupe_key")),
        comment="what a team or the operator is warned of, by mail and at the desk; kept 30 days",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarms_seen_at", "alarms", ["seen_at"])
