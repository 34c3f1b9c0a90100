"""Complaints about what a campaign does with personal data."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "complaints",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, comment="as typed: where the answer goes"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False, comment="what the person reads"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME),
        sa.Column("closed_by", _ID),
        sa.Column("note", sa.Text, nullable=False, server_default=sa.text("''"), comment="what was done about it"),
        sa.Column("erased_at", _TIME, comment="when name, address, text and note were erased"),
        sa.PrimaryKeyConstraint("id", name="pk_complaints"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_complaints_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["closed_by"], ["campaigners.id"], name="fk_complaints_closed_by_campaigners"),
        comment="complaints about what a campaign does with personal data",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_complaints_campaign_id_id", "complaints", ["campaign_id", "id"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index("ix_complaints_open", "complaints", ["created_at", "id"], postgresql_where=is_open, sqlite_where=is_open)
