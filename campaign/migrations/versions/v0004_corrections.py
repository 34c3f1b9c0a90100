"""Corrections: a link verifies what its own mail was about, so other details given meanwhile are kept beside those on file."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table, and say of each signature and each mail which edition it is about."""
    op.create_table(
        "corrections",
        sa.Column("signature_id", _ID, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False, comment="the one its verification mail speaks of"),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, comment="as typed this time: the same mailbox"),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("postcode", sa.String(12), nullable=False),
        sa.Column("comment", sa.String(500), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("updates_wording", sa.String(40), nullable=False),
        sa.Column("updates_at", _TIME, nullable=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("referral_code", sa.String(22), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("network", sa.String(43), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_corrections_signature_id_signatures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signature_id", "edition", name=op.f("pk_corrections")),
        comment="other details given for a pending signature: each is what one mail speaks of, until one of them is verified",
    )
    op.add_column(
        "signatures",
        sa.Column(
            "details_edition", sa.Integer(), nullable=False, server_default=sa.text("1"),
            comment="which edition the details here are of",
        ),
    )  # fmt: skip
    op.execute("UPDATE signatures SET details_edition = edition WHERE edition <> 1")
    op.add_column(
        "outbox",
        sa.Column(
            "edition", sa.Integer(), nullable=False, server_default=sa.text("0"),
            comment="of the details a verification mail is about",
        ),
    )  # fmt: skip
    owed = sa.text("state = 'owed'")
    op.drop_index("uq_outbox_owed", "outbox")
    op.create_index(
        "uq_outbox_owed", "outbox", ["signature_id", "kind", "edition"], unique=True, postgresql_where=owed, sqlite_where=owed
    )
