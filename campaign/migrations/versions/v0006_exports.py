"""Exports that were asked for, and what they hold until they expire; how campaigns are handed in."""

import sqlalchemy as sa
from alembic import op

from campaign.store.database.column_types import BigId, UtcDateTime

revision = "0006"
down_revision = "0005"

_UNFINISHED = "state IN ('waiting', 'running')"
_KEPT = "part_count > 0"


def upgrade() -> None:
    """Three tables beside those that are there."""
    op.create_table(
        "exports",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("campaigner_id", BigId, nullable=False, comment="who asked; nobody else has it"),
        sa.Column("plan", sa.JSON(), nullable=False, comment="format, columns, filters, order: nothing personal"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("expected", BigId, nullable=False, comment="rows to be written in all its files"),
        sa.Column("written", BigId, nullable=False, comment="rows written so far"),
        sa.Column("rows", BigId, nullable=False, comment="signatures in it, once it is done"),
        sa.Column("size", BigId, nullable=False, comment="octets of the file, once it is done"),
        sa.Column("part_count", sa.Integer(), nullable=False, comment="how many parts of the file are kept"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="SHA-256 of the file"),
        sa.Column(
            "salt",
            sa.String(32),
            nullable=False,
            comment="its key is made of this and the secret key; empty: nobody can open it",
        ),
        sa.Column("claim", sa.String(22), nullable=False, comment="random; of the worker that makes it"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(300), nullable=False, comment="why it failed, in a sentence"),
        sa.Column("created_at", UtcDateTime(), nullable=False, comment="when it was last asked for"),
        sa.Column(
            "due_at", UtcDateTime(), nullable=False, comment="when a worker may take it: while one makes it, a little ahead"
        ),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'expired', 'deleted')",
            name=op.f("ck_exports_state"),
        ),
        sa.CheckConstraint("written >= 0 AND written <= expected", name=op.f("ck_exports_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_exports_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_exports_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        comment="files of signatures that campaigners asked for",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exports_campaign_id", "exports", ["campaign_id", "campaigner_id", "id"])
    for name, column, where in (("unfinished", "due_at", _UNFINISHED), ("kept", "expires_at", _KEPT)):
        op.create_index(
            f"ix_exports_{name}", "exports", [column], postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )  # fmt: skip
    op.create_table(
        "export_parts",
        sa.Column("export_id", BigId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="at most 1 MB of the file, sealed"),
        sa.ForeignKeyConstraint(["export_id"], ["exports.id"], name=op.f("fk_export_parts_export_id_exports")),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_export_parts")),
    )
    op.create_table(
        "submissions",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("profile", sa.String(40), nullable=False, comment="the name of its folder in templates/submission"),
        sa.Column("options", sa.JSON(), nullable=False, comment="by the names the profile gives them: nothing of signatories"),
        sa.Column(
            "revision", sa.Integer(), nullable=False,
            comment="grows with every change, so that two editors never overwrite each other",
        ),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_submissions_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "profile", name=op.f("pk_submissions")),
        comment="how each campaign is handed in to each recipient it considers",
    )  # fmt: skip
