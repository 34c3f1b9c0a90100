"""Samples: which were drawn of a campaign for a recipient, and what checking them has found."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "samples",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("seed", sa.String(200), nullable=False, comment="words the recipient chose; they name nobody"),
        sa.Column("size", sa.Integer(), nullable=False, comment="how many were asked for"),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("population", _ID, nullable=False, comment="counted signatures it was drawn from"),
        sa.Column("sequence", _ID, nullable=False, comment="the last entry of the ledger that was looked at"),
        sa.Column("valid", sa.Integer(), nullable=True, comment="null until the results are noted"),
        sa.Column("invalid", sa.Integer(), nullable=True),
        sa.Column("unreachable", sa.Integer(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("noted_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_samples_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samples")),
        comment="random samples drawn for recipients, and what checking them has found",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_samples_campaign_id", "samples", ["campaign_id", "id"])
