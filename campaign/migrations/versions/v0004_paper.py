"""Signatures on paper: sheets printed, what was brought back, counted apart."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from campaign.store.database.column_types import BigId, UtcDateTime

revision = "0004"
down_revision = "0003"

_ONCE = "kind = 'file' AND state IN ('taken', 'undoing')"
_OF_SHEET = "sheet_id IS NOT NULL AND state <> 'undone'"
_OF_DAY = "kind = 'typed' AND sheet_id IS NULL AND state = 'taken'"
_WAITING = "state IN ('held', 'undoing')"


def upgrade() -> None:
    """Add to what is there; every signature so far was given online."""
    of_signatures: tuple[sa.Column[Any], ...] = (
        sa.Column(
            "kind",
            sa.String(8),
            nullable=False,
            server_default=sa.text("'online'"),
            comment="how it was given: online, or on paper",
        ),
        sa.Column("counted_kind", sa.String(8), nullable=False, server_default=sa.text("'online'")),
        sa.Column("intake_id", BigId, comment="what it was brought in with; null: signed online"),
        sa.Column("line", sa.Integer(), comment="of the sheet or file; null once it was taken back"),
    )
    for column in of_signatures:
        op.add_column("signatures", column)
    op.add_column(
        "tallies",
        sa.Column("paper", BigId, nullable=False, server_default=sa.text("0"), comment="of the verified ones, those on paper"),
    )
    op.add_column(
        "certificates",
        sa.Column("paper", BigId, nullable=False, server_default=sa.text("0"), comment="of the total, those on paper"),
    )
    _index("uq_signatures_line", "signatures", ["intake_id", "line"], "intake_id IS NOT NULL", unique=True)
    op.create_table(
        "sheets",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="printed on it: the campaign's 17th sheet"),
        sa.Column("run", sa.Integer(), nullable=False, comment="sheets printed together"),
        sa.Column("text_hash", sa.String(64), nullable=False, comment="the version of the text that is printed on it"),
        sa.Column("language", sa.String(8), nullable=False, comment="of that text"),
        sa.Column("profile", sa.String(24), nullable=False, comment="which columns it has"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="people who can sign on it"),
        sa.Column("made_by", BigId),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_sheets_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["made_by"], ["campaigners.id"], name=op.f("fk_sheets_made_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_sheets_campaign_id_number")),
        comment="sheets of paper to be signed by hand; rows are never changed",
    )
    op.create_index("ix_sheets_run", "sheets", ["campaign_id", "run"])
    op.create_table(
        "intakes",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("sheet_id", BigId, comment="null: of a file, or a list without a number"),
        sa.Column("label", sa.String(120), nullable=False, comment="name of the file, or of the day it was typed in"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="of the file; empty where it was typed in"),
        sa.Column("again", sa.Integer(), nullable=False, comment="how often the same file had been taken in before"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="rows with something in them"),
        sa.Column("taken", sa.Integer(), nullable=False, comment="signatures that came of it, undone ones among them"),
        sa.Column("undone", sa.Integer(), nullable=False, comment="how many of them were taken back"),
        sa.Column("left_out", sa.JSON(), nullable=False, comment="how many rows were not taken in, by why"),
        sa.Column("held", sa.Text(), comment="rows read and not yet taken in, sealed; for a day"),
        sa.Column("made_by", BigId, comment="null: the command line"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", BigId),
        sa.Column("undone_at", UtcDateTime()),
        sa.Column("reason", sa.String(200), nullable=False, comment="why it was undone"),
        sa.CheckConstraint("kind IN ('file', 'typed')", name=op.f("ck_intakes_kind")),
        sa.CheckConstraint("state IN ('held', 'taken', 'undoing', 'undone')", name=op.f("ck_intakes_state")),
        sa.CheckConstraint("undone >= 0 AND undone <= taken", name=op.f("ck_intakes_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_intakes_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_intakes_sheet_id_sheets")),
        sa.ForeignKeyConstraint(["made_by"], ["campaigners.id"], name=op.f("fk_intakes_made_by_campaigners")),
        sa.ForeignKeyConstraint(["undone_by"], ["campaigners.id"], name=op.f("fk_intakes_undone_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
        comment="signatures on paper brought in together: a file, or a sheet typed in",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_intakes_campaign_id", "intakes", ["campaign_id", "id"])
    _index("uq_intakes_sha256", "intakes", ["campaign_id", "sha256", "again"], _ONCE, unique=True)
    _index("uq_intakes_sheet_id", "intakes", ["sheet_id"], _OF_SHEET, unique=True)
    _index("uq_intakes_label", "intakes", ["campaign_id", "made_by", "label"], _OF_DAY, unique=True)
    _index("ix_intakes_waiting", "intakes", ["id"], _WAITING)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
