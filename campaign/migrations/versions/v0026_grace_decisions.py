"""Decisions on whether a grace grows by an outage of mail."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "grace_decisions",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("closes_at", _TIME, nullable=False, comment="the deadline it is about"),
        sa.Column("provider", sa.String(40), nullable=False, comment="whose mailboxes no mail reached; empty: all, or none"),
        sa.Column("began_at", _TIME, nullable=True, comment="of the outage; null: there was none"),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("added_seconds", sa.Integer(), nullable=False, comment="what the grace has grown by"),
        sa.Column("decided_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_grace_decisions_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "closes_at", name=op.f("pk_grace_decisions")),
        comment="whether a grace has grown by an outage of mail: decided once for each deadline",
    )
