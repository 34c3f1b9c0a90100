"""The outbox: mail to signatories, with a keyed hash of each address, and to campaigners."""

from sqlalchemy import (
    JSON,
    BigInteger,
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

from campaign.domain.mail.delivery import Delivery, SuppressionReason
from campaign.domain.mail.kinds import MailKind
from campaign.store.database.column_types import BigId, EnumText, UtcDateTime
from campaign.store.tables.metadata import metadata

UNTALLIED_SQL = "(NOT tallied AND kind IN ('verify', 'reminder', 'last_reminder') AND state IN ('sent', 'refused', 'unknown'))"
"""Mails whose result the funnel still has to take in, in the words of their partial index."""

UNTALLIED_DELIVERY_SQL = "(kind = 'verify' AND delivery <> counted_delivery)"
"""Mails whose delivery the funnel still has to take in, in the words of their partial index."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("signature_id", BigId, ForeignKey("signatures.id", ondelete="CASCADE"), comment="null: not to a signatory"),
    Column("kind", EnumText(MailKind, 20), nullable=False),
    Column("mailbox_hash", String(32), nullable=False, comment="keyed hash of a signatory's canonical address"),
    Column("edition", Integer, nullable=False, server_default=text("0"), comment="of the details a verification mail is about"),
    Column("priority", SmallInteger, nullable=False, comment="0 goes first"),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, comment="a claimed row is simply due again when its lease ends"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("reason", String(200), nullable=False),
    Column("tallied", Boolean, nullable=False, server_default=false(), comment="whether its result is in the funnel"),
    Column("counted_unknown", Boolean, nullable=False, server_default=false(), comment="whether the funnel has it as unknown"),
    Column("unknown_at", UtcDateTime, comment="when an attempt ended without the server's last answer; there is one more"),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), comment="who it goes to, where to no signatory"),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), comment="what a mail to a campaigner is about"),
    Column("invitation_id", BigId, comment="whose address it goes to, where to no campaigner"),
    Column("login_link_id", BigId, comment="the link to sign in with that it carries"),
    Column("dedupe_key", String(120), comment="what it is about: the same is said once"),
    Column("queue_ms", BigInteger, nullable=False, server_default=text("0"), comment="its place: milliseconds of the epoch"),
    Column("network_key", BigInteger, comment="while it is owed: keyed hash of the network that caused it"),
    Column("domain_key", BigInteger, comment="while it is owed: keyed hash of the domain it goes to"),
    Column("facts", JSON, comment="values for its templates: numbers and times; nothing personal"),
    Column("delivery", EnumText(Delivery, 10), nullable=False, server_default=text("''"), comment="what became of it later"),
    Column("delivery_at", UtcDateTime, comment="when that was told"),
    Column(
        "delivery_status", String(12), nullable=False, server_default=text("''"), comment="enhanced status code, as in 5.1.1"
    ),
    Column(
        "counted_delivery", EnumText(Delivery, 10), nullable=False, server_default=text("''"), comment="as the funnel has it"
    ),
    UniqueConstraint("dedupe_key"),
    CheckConstraint("state IN ('owed', 'sent', 'refused', 'dropped', 'unknown')", name="state"),
    comment="the mails that are owed, and what became of them",
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
    "ix_outbox_untallied_delivery",
    outbox.c.id,
    postgresql_where=text(UNTALLIED_DELIVERY_SQL),
    sqlite_where=text(UNTALLIED_DELIVERY_SQL),
)
Index(
    "ix_outbox_owed",
    outbox.c.priority,
    outbox.c.queue_ms,
    outbox.c.id,
    outbox.c.due_at,
    postgresql_where=text("state = 'owed'"),
    sqlite_where=text("state = 'owed'"),
)
# The last place of a network, and of a domain.
for _key in ("network_key", "domain_key"):
    Index(
        f"ix_outbox_owed_{_key}",
        outbox.c[_key],
        outbox.c.queue_ms,
        postgresql_where=text(f"state = 'owed' AND {_key} IS NOT NULL"),
        sqlite_where=text(f"state = 'owed' AND {_key} IS NOT NULL"),
    )
Index("ix_outbox_mailbox_hash_created_at", outbox.c.mailbox_hash, outbox.c.created_at)
Index("ix_outbox_signature_id", outbox.c.signature_id)
# A promise not yet kept is one promise, however often and however simultaneously it is asked for.
Index(
    "uq_outbox_owed",
    outbox.c.signature_id,
    outbox.c.kind,
    outbox.c.edition,
    unique=True,
    postgresql_where=text("state = 'owed'"),
    sqlite_where=text("state = 'owed'"),
)

mail_events = Table(
    "mail_events",
    metadata,
    Column("event_hash", String(64), primary_key=True, comment="SHA-256 of source and number of an event"),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_mail_events_received_at", "received_at"),
    comment="events about mails that were taken in, so that each is once; kept 30 days",
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("mailbox_hash", String(32), primary_key=True, comment="keyed hash of the canonical address"),
    Column("reason", EnumText(SuppressionReason, 12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, comment="null: never"),
    Column("lift_mailed_at", UtcDateTime, comment="when a link to lift it was last mailed, which was asked for"),
    Index("ix_suppressions_expires_at", "expires_at"),
    comment="mailboxes that get no mail",
)

reminder_progress = Table(
    "reminder_progress",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("kind", EnumText(MailKind, 20), primary_key=True),
    Column("signed_at", UtcDateTime, nullable=False, comment="when the last signature that was looked at was given"),
    Column("signature_id", BigId, nullable=False),
    comment="how far reminding those who have not confirmed has come",
)
