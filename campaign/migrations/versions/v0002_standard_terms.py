"""Standard terms: columns of signatures, outbox, sheets and intakes, and states of intakes, get the names the code uses.

SQLite can rename columns but neither change a check nor rename a key, so there two small tables are written anew. The old ones
are moved aside first, for rows may refer to each other only under the names they have.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up only in a column it calls INTEGER
_TIME = sa.DateTime(timezone=True)
_COLUMNS = (
    ("signatures", "mailbox", "mailbox_hash"),
    ("signatures", "browser", "browser_hash"),
    ("signatures", "brought_by", "referral_code"),
    ("signatures", "opened", "link_opened"),
    ("signatures", "counted_opened", "counted_link_opened"),
    ("outbox", "mailbox", "mailbox_hash"),
)
_CREATORS = (("sheets", "made_by", "created_by"), ("intakes", "made_by", "created_by"))
_STATES = "state IN ('unconfirmed', 'imported', 'undoing', 'undone')"


def upgrade() -> None:
    """Rename columns, states, and what is named after them."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, old, new in (*_COLUMNS, *_CREATORS) if is_postgresql else _COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    if is_postgresql:
        op.execute("ALTER INDEX ix_signatures_brought_by RENAME TO ix_signatures_referral_code")
        op.execute("ALTER INDEX ix_outbox_mailbox_created_at RENAME TO ix_outbox_mailbox_hash_created_at")
        for table, old, new in _CREATORS:
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT fk_{table}_{old}_campaigners TO fk_{table}_{new}_campaigners")
        _drop_intake_indexes()
        op.drop_constraint(op.f("ck_intakes_state"), "intakes", type_="check")
        op.alter_column("intakes", "state", type_=sa.String(16), existing_type=sa.String(8), existing_nullable=False)
        op.execute("UPDATE intakes SET state = 'unconfirmed' WHERE state = 'held'")
        op.execute("UPDATE intakes SET state = 'imported' WHERE state = 'taken'")
        op.create_check_constraint(op.f("ck_intakes_state"), "intakes", _STATES)
        _create_intake_indexes()
    else:
        op.drop_index("ix_signatures_brought_by", "signatures")
        _partial_index("ix_signatures_referral_code", "signatures", ["campaign_id", "referral_code"], "referral_code <> ''")
        op.drop_index("ix_outbox_mailbox_created_at", "outbox")
        op.create_index("ix_outbox_mailbox_hash_created_at", "outbox", ["mailbox_hash", "created_at"])
        _rewrite_sheets_and_intakes()


def _rewrite_sheets_and_intakes() -> None:
    _drop_intake_indexes()
    op.drop_index("ix_intakes_campaign_id", "intakes")
    op.drop_index("uq_intakes_sheet_id", "intakes")
    op.drop_index("ix_sheets_run", "sheets")
    op.rename_table("intakes", "old_intakes")
    op.rename_table("sheets", "old_sheets")
    _create_sheets()
    _create_intakes()
    op.execute(
        "INSERT INTO sheets SELECT id, campaign_id, number, print_run, text_hash, language, profile, rows, made_by, created_at "
        "FROM old_sheets"
    )
    op.execute(
        "INSERT INTO intakes SELECT id, campaign_id, kind, "
        "CASE state WHEN 'held' THEN 'unconfirmed' WHEN 'taken' THEN 'imported' ELSE state END, "
        "sheet_id, label, sha256, repeat_number, rows, imported, undone, excluded, encrypted_rows, made_by, created_at, "
        "undone_by, undone_at, reason FROM old_intakes"
    )
    # The number of an intake that is gone is not given again.
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'intakes'")
    op.execute("INSERT INTO sqlite_sequence (name, seq) SELECT 'intakes', seq FROM sqlite_sequence WHERE name = 'old_intakes'")
    op.drop_table("old_intakes")
    op.drop_table("old_sheets")
    op.create_index("ix_sheets_run", "sheets", ["campaign_id", "print_run"])
    op.create_index("ix_intakes_campaign_id", "intakes", ["campaign_id", "id"])
    _partial_index("uq_intakes_sheet_id", "intakes", ["sheet_id"], "sheet_id IS NOT NULL AND state <> 'undone'", unique=True)
    _create_intake_indexes()


def _drop_intake_indexes() -> None:
    for index in ("ix_intakes_waiting", "uq_intakes_label", "uq_intakes_sha256"):
        op.drop_index(index, "intakes")


def _create_intake_indexes() -> None:
    """Indexes whose conditions name a state."""
    _partial_index("ix_intakes_unfinished", "intakes", ["id"], "state IN ('unconfirmed', 'undoing')")
    _partial_index(
        "uq_intakes_label",
        "intakes",
        ["campaign_id", "created_by", "label"],
        "kind = 'typed' AND sheet_id IS NULL AND state = 'imported'",
        unique=True,
    )
    _partial_index(
        "uq_intakes_sha256",
        "intakes",
        ["campaign_id", "sha256", "repeat_number"],
        "kind = 'file' AND state IN ('imported', 'undoing')",
        unique=True,
    )


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def _create_sheets() -> None:
    op.create_table(
        "sheets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("print_run", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("profile", sa.String(24), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created_by", _ID, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_sheets_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["created_by"], ["campaigners.id"], name=op.f("fk_sheets_created_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_sheets_campaign_id_number")),
    )


def _create_intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sheet_id", _ID, nullable=True),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("repeat_number", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("encrypted_rows", sa.Text(), nullable=True),
        sa.Column("created_by", _ID, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("undone_by", _ID, nullable=True),
        sa.Column("undone_at", _TIME, nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint("kind IN ('file', 'typed')", name=op.f("ck_intakes_kind")),
        sa.CheckConstraint(_STATES, name=op.f("ck_intakes_state")),
        sa.CheckConstraint("undone >= 0 AND undone <= imported", name=op.f("ck_intakes_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_intakes_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["created_by"], ["campaigners.id"], name=op.f("fk_intakes_created_by_campaigners")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_intakes_sheet_id_sheets")),
        sa.ForeignKeyConstraint(["undone_by"], ["campaigners.id"], name=op.f("fk_intakes_undone_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
        sqlite_autoincrement=True,
    )
