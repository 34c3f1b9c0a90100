"""Data-protection complaints, and the end of each campaign's personal data."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

complaints = Table(
    "complaints",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False, comment="as typed: where the answer goes"),
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False, comment="what the person reads"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", BigId, ForeignKey("campaigners.id")),
    Column("note", Text, nullable=False, server_default=text("''"), comment="what was done about it"),
    Column("erased_at", UtcDateTime, comment="when name, address, text and note were erased"),
    Index("ix_complaints_campaign_id_id", "campaign_id", "id"),
    comment="complaints about what a campaign does with personal data",
    sqlite_autoincrement=True,
)
Index(
    "ix_complaints_open",
    complaints.c.created_at,
    complaints.c.id,
    postgresql_where=text("closed_at IS NULL"),
    sqlite_where=text("closed_at IS NULL"),
)

retentions = Table(
    "retentions",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("months", Integer, comment="after the deadline; null: the default of the site"),
    Column("announced_at", UtcDateTime, comment="when the team was told that the end is near"),
    Column("started_at", UtcDateTime),
    Column("erased_to", BigId, nullable=False, server_default=text("0"), comment="signatures up to this number are done"),
    Column("finished_at", UtcDateTime, comment="when all was destroyed"),
    Column("signatures", BigId, nullable=False, server_default=text("0"), comment="whose personal data was destroyed"),
    Column("mails", BigId, nullable=False, server_default=text("0"), comment="rows about mails to them that were deleted"),
    CheckConstraint("months IS NULL OR months >= 1", name="months"),
    comment="until when a campaign keeps personal data, and when it was destroyed; no row: as the site does by default",
)
