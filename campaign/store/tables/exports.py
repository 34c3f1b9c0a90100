"""Exports that were asked for at the desk, and what they hold, encrypted, until they expire."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

UNFINISHED_EXPORT_SQL = "exports.state IN ('waiting', 'running')"
"""Exports that a worker has still to make."""
STORED_EXPORT_SQL = "exports.part_count > 0"
"""Exports with parts of a file."""
# A partial index speaks of its own table only, and is found by a query that has its words as they are.
_UNFINISHED, _STORED = (sql.removeprefix("exports.") for sql in (UNFINISHED_EXPORT_SQL, STORED_EXPORT_SQL))

exports = Table(
    "exports",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), nullable=False, comment="who asked; nobody else has it"),
    Column("plan", JSON, nullable=False, comment="format, columns, filters, order: nothing personal"),
    Column("state", String(10), nullable=False),
    Column("expected", BigId, nullable=False, comment="rows to be written in all its files"),
    Column("written", BigId, nullable=False, comment="rows written so far"),
    Column("signature_count", BigId, nullable=False, comment="signatures in it, once it is done"),
    Column("size", BigId, nullable=False, comment="octets of the file, once it is done"),
    Column("part_count", Integer, nullable=False, comment="how many parts of the file are kept"),
    Column("sha256", String(64), nullable=False, comment="SHA-256 of the file"),
    Column("salt", String(32), nullable=False, comment="its key is made of this and the secret key; empty: nobody can open it"),
    Column("claim_key", String(22), nullable=False, comment="random; of the worker that makes it"),
    Column("attempts", Integer, nullable=False),
    Column("failure_reason", String(300), nullable=False, comment="why it failed, in a sentence"),
    Column("created_at", UtcDateTime, nullable=False, comment="when it was last asked for"),
    Column("due_at", UtcDateTime, nullable=False, comment="when a worker may take it: while one makes it, a little ahead"),
    Column("finished_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    CheckConstraint("state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'expired', 'deleted')", name="state"),
    CheckConstraint("written >= 0 AND written <= expected", name="sane"),
    comment="files of signatures that campaigners asked for",
    sqlite_autoincrement=True,
)
Index("ix_exports_campaign_id", exports.c.campaign_id, exports.c.campaigner_id, exports.c.id)
Index("ix_exports_unfinished", exports.c.due_at, postgresql_where=text(_UNFINISHED), sqlite_where=text(_UNFINISHED))
Index("ix_exports_kept", exports.c.expires_at, postgresql_where=text(_STORED), sqlite_where=text(_STORED))

pack_timestamps = Table(
    "pack_timestamps",
    metadata,
    Column("export_id", BigId, ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, comment="when the authority may be asked; while one asks, a little ahead"),
    Column("token", LargeBinary, comment="its answer (RFC 3161), once it has stamped"),
    Column("stamped_at", UtcDateTime, comment="by the clock of the authority"),
    CheckConstraint("state IN ('waiting', 'stamped', 'refused', 'unknown')", name="state"),
    comment="time stamps of packs",
)

export_parts = Table(
    "export_parts",
    metadata,
    Column("export_id", BigId, ForeignKey("exports.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False, comment="at most 1 MB of the file, encrypted"),
)
