"""Uploaded lists of signatures on paper, which a worker reads."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_UNREAD = sa.text("state IN ('waiting', 'reading')")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "uploads",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("label", sa.String(120), nullable=False, comment="name of the file"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("encrypted_file", sa.LargeBinary(), nullable=True, comment="the file, encrypted; null once it is read"),
        sa.Column("salt", sa.String(32), nullable=False, comment="its key is made of this and the secret key"),
        sa.Column("encrypted_form", sa.Text(), nullable=False, comment="what was typed beside it, encrypted"),
        sa.Column("encrypted_error", sa.Text(), nullable=False, comment="why it cannot be read, encrypted; empty: it can"),
        sa.Column("size", sa.Integer(), nullable=False, comment="octets of the file"),
        sa.Column("rows_read", sa.Integer(), nullable=False, comment="rows read so far"),
        sa.Column("intake_id", _ID, nullable=True, comment="what it has become"),
        sa.Column("claim_key", sa.String(22), nullable=False, comment="random; of the worker that reads it"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False, comment="when a worker may take it: while one reads it, a little ahead"),
        sa.CheckConstraint("state IN ('waiting', 'reading', 'read', 'refused')", name=op.f("ck_uploads_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_uploads_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["created_by"], ["campaigners.id"], name=op.f("fk_uploads_created_by_campaigners")),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name=op.f("fk_uploads_intake_id_intakes"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        comment="lists of signatures on paper that were uploaded, until they are read; for a day",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_uploads_campaign_id", "uploads", ["campaign_id", "id"])
    op.create_index("ix_uploads_intake_id", "uploads", ["intake_id"])
    op.create_index("ix_uploads_unread", "uploads", ["due_at"], postgresql_where=_UNREAD, sqlite_where=_UNREAD)
