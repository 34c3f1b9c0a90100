"""Paper: sheets that were printed to be signed, and what was brought back of them. Signatures on paper are in `signatures`."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata
from campaign.store.tables.signatures import signatures

sheets = Table(
    "sheets",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="printed on it: the campaign's 17th sheet"),
    Column("print_run", Integer, nullable=False, comment="sheets printed together"),
    Column("text_hash", String(64), nullable=False, comment="the version of the text that is printed on it"),
    Column("language", String(8), nullable=False, comment="of that text"),
    Column("profile", String(24), nullable=False, comment="which columns it has"),
    Column("rows", Integer, nullable=False, comment="people who can sign on it"),
    Column("created_by", BigId, ForeignKey("campaigners.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column(
        "declaration",
        SmallInteger,
        nullable=False,
        server_default=text("0"),
        comment="what a line declares that has no tick; see signatures.declaration",
    ),
    UniqueConstraint("campaign_id", "number"),
    comment="sheets of paper to be signed by hand; rows are never changed",
)
Index("ix_sheets_run", sheets.c.campaign_id, sheets.c.print_run)

intakes = Table(
    "intakes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("sheet_id", BigId, ForeignKey("sheets.id"), comment="null: of a file, or a list without a number"),
    Column("label", String(120), nullable=False, comment="name of the file, or of the day it was typed in"),
    Column("sha256", String(64), nullable=False, comment="of the file; empty where it was typed in"),
    Column("repeat_number", Integer, nullable=False, comment="how often the same file had been taken in before"),
    Column("rows", Integer, nullable=False, comment="rows with something in them"),
    Column("imported", Integer, nullable=False, comment="signatures that came of it, undone ones among them"),
    Column("undone", Integer, nullable=False, comment="how many of them were taken back"),
    Column("excluded", JSON, nullable=False, comment="how many rows were not taken in, by why"),
    Column("encrypted_rows", Text, comment="rows read and not yet taken in, encrypted; for a day"),
    Column("created_by", BigId, ForeignKey("campaigners.id"), comment="null: the command line"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("undone_by", BigId, ForeignKey("campaigners.id")),
    Column("undone_at", UtcDateTime),
    Column("reason", String(200), nullable=False, comment="why it was undone"),
    Column("text_hash", String(64), comment="version of the text on the paper; null: not known"),
    Column("collected_from", Date, comment="first day it was signed; null: not said"),
    CheckConstraint("kind IN ('file', 'typed')", name="kind"),
    CheckConstraint("state IN ('unconfirmed', 'imported', 'undoing', 'undone')", name="state"),
    CheckConstraint("undone >= 0 AND undone <= imported", name="sane"),
    comment="signatures on paper brought in together: a file, or a sheet typed in",
    sqlite_autoincrement=True,
)
Index("ix_intakes_campaign_id", intakes.c.campaign_id, intakes.c.id)
# The same file is taken in once, also where two bring it at the same moment; once more only where that is asked for.
IMPORTED_ONCE_SQL = "kind = 'file' AND state IN ('imported', 'undoing')"
Index(
    "uq_intakes_sha256",
    intakes.c.campaign_id,
    intakes.c.sha256,
    intakes.c.repeat_number,
    unique=True,
    postgresql_where=text(IMPORTED_ONCE_SQL),
    sqlite_where=text(IMPORTED_ONCE_SQL),
)
# One intake for each sheet; and one for each campaigner and day for paper without a number.
ONE_PER_SHEET_SQL = "sheet_id IS NOT NULL AND state <> 'undone'"
Index(
    "uq_intakes_sheet_id",
    intakes.c.sheet_id,
    unique=True,
    postgresql_where=text(ONE_PER_SHEET_SQL),
    sqlite_where=text(ONE_PER_SHEET_SQL),
)
ONE_PER_DAY_SQL = "kind = 'typed' AND sheet_id IS NULL AND state = 'imported'"
Index(
    "uq_intakes_label",
    intakes.c.campaign_id,
    intakes.c.created_by,
    intakes.c.label,
    unique=True,
    postgresql_where=text(ONE_PER_DAY_SQL),
    sqlite_where=text(ONE_PER_DAY_SQL),
)
# What a worker has to do: take back, or throw away what nobody confirmed.
UNFINISHED_INTAKE_SQL = "state IN ('unconfirmed', 'undoing')"
"""Intakes a worker may have something to do for, in the words of their partial index."""
Index(
    "ix_intakes_unfinished",
    intakes.c.id,
    postgresql_where=text(UNFINISHED_INTAKE_SQL),
    sqlite_where=text(UNFINISHED_INTAKE_SQL),
)

UNREAD_UPLOAD_SQL = "uploads.state IN ('waiting', 'reading')"
"""Uploads that a worker has still to read."""
uploads = Table(
    "uploads",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("created_by", BigId, ForeignKey("campaigners.id"), nullable=False),
    Column("label", String(120), nullable=False, comment="name of the file"),
    Column("state", String(10), nullable=False),
    Column("encrypted_file", LargeBinary, comment="the file, encrypted; null once it is read"),
    Column("salt", String(32), nullable=False, comment="its key is made of this and the secret key"),
    Column("encrypted_form", Text, nullable=False, comment="what was typed beside it, encrypted"),
    Column("encrypted_error", Text, nullable=False, comment="why it cannot be read, encrypted; empty: it can"),
    Column("size", Integer, nullable=False, comment="octets of the file"),
    Column("rows_read", Integer, nullable=False, comment="rows read so far"),
    Column("intake_id", BigId, ForeignKey("intakes.id", ondelete="CASCADE"), comment="what it has become"),
    Column("claim_key", String(22), nullable=False, comment="random; of the worker that reads it"),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, comment="when a worker may take it: while one reads it, a little ahead"),
    CheckConstraint("state IN ('waiting', 'reading', 'read', 'refused')", name="state"),
    comment="lists of signatures on paper that were uploaded, until they are read; for a day",
    sqlite_autoincrement=True,
)
Index("ix_uploads_campaign_id", uploads.c.campaign_id, uploads.c.id)
Index("ix_uploads_intake_id", uploads.c.intake_id)
# A partial index speaks of its own table only, and is found by a query that has its words as they are.
_UNREAD = UNREAD_UPLOAD_SQL.removeprefix("uploads.")
Index("ix_uploads_unread", uploads.c.due_at, postgresql_where=text(_UNREAD), sqlite_where=text(_UNREAD))

typed_lines = Table(
    "typed_lines",
    metadata,
    Column("intake_id", BigId, ForeignKey("intakes.id"), primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("typed_by", BigId, ForeignKey("campaigners.id")),
    Column("typed_at", UtcDateTime, nullable=False),
    Column("left_out", String(12), nullable=False, comment="why it is no signature; empty where it is one"),
    comment="lines a typist typed in, whatever became of them; deleted when they are taken back",
)

# A line of a sheet is typed in once.
Index(
    "uq_signatures_line",
    signatures.c.intake_id,
    signatures.c.line,
    unique=True,
    postgresql_where=text("intake_id IS NOT NULL"),
    sqlite_where=text("intake_id IS NOT NULL"),
)
