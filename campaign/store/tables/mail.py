"""The two outboxes: mail to signatories, with a keyed hash of each address, and mail to campaigners."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from campaign.domain.signatures.signature import MailKind
from campaign.store.database.column_types import BigId, EnumText, UtcDateTime
from campaign.store.tables.metadata import metadata

UNTALLIED_SQL = "(NOT tallied AND kind = 'verify' AND state IN ('sent', 'refused'))"
"""Mails whose result the funnel still has to take in, in the words of their partial index."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("signature_id", BigId, ForeignKey("signatures.id", ondelete="CASCADE"), nullable=False),
    Column("kind", EnumText(MailKind, 20), nullable=False),
    Column("mailbox", String(32), nullable=False, comment="keyed hash of the canonical address"),
    Column("priority", SmallInteger, nullable=False, comment="0 goes first"),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, comment="a claimed row is simply due again when its lease ends"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("reason", String(200), nullable=False),
    Column("tallied", Boolean, nullable=False, server_default=false(), comment="whether its result is in the funnel"),
    CheckConstraint("state IN ('owed', 'sent', 'refused', 'dropped')", name="state"),
    sqlite_autoincrement=True,
)
# What the funnel still has to take in.
Index(
    "ix_outbox_untallied",
    outbox.c.id,
    postgresql_where=text(UNTALLIED_SQL),
    sqlite_where=text(UNTALLIED_SQL),
)
Index(
    "ix_outbox_owed",
    outbox.c.priority,
    outbox.c.due_at,
    postgresql_where=text("state = 'owed'"),
    sqlite_where=text("state = 'owed'"),
)
Index("ix_outbox_mailbox_created_at", outbox.c.mailbox, outbox.c.created_at)
Index("ix_outbox_signature_id", outbox.c.signature_id)
# A promise not yet kept is one promise, however often and however simultaneously it is asked for.
Index(
    "uq_outbox_owed",
    outbox.c.signature_id,
    outbox.c.kind,
    unique=True,
    postgresql_where=text("state = 'owed'"),
    sqlite_where=text("state = 'owed'"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("once", String(120), comment="what it is about: the same is said once"),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id")),
    Column("invitation_id", BigId),
    Column("entrance_id", BigId),
    Column("campaign_id", BigId, ForeignKey("campaigns.id")),
    Column("facts", JSON, nullable=False, comment="numbers and times it tells of; nothing personal"),
    Column("priority", SmallInteger, nullable=False, comment="0 goes first"),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("reason", String(200), nullable=False),
    UniqueConstraint("once"),
    CheckConstraint("state IN ('owed', 'sent', 'refused', 'dropped')", name="state"),
    comment="the outbox of mails to campaigners",
    sqlite_autoincrement=True,
)
Index(
    "ix_notices_owed",
    notices.c.priority,
    notices.c.due_at,
    postgresql_where=text("state = 'owed'"),
    sqlite_where=text("state = 'owed'"),
)
