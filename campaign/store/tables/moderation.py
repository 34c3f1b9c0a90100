"""Moderation: batches that invalidate many signatures at once, and flags of what looks odd."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

batches = Table(
    "batches",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id")),
    Column("selection", JSON, nullable=False, comment="the filters, or the signatures themselves by number"),
    Column("max_signature_id", BigId, nullable=False, comment="the last signature there was: later ones are not meant"),
    Column("reason_class", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("expected", BigId, nullable=False, comment="how many the dry run found"),
    Column("last_signature_id", BigId, nullable=False, comment="the last signature looked at"),
    Column("invalidated", BigId, nullable=False, comment="how many are invalidated by it now"),
    Column("restored", BigId, nullable=False, comment="how many its undoing gave back"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    CheckConstraint("state IN ('running', 'cancelled', 'done', 'undoing', 'undone')", name="state"),
    comment="invalidating many signatures at once",
    sqlite_autoincrement=True,
)
Index("ix_batches_campaign_id", batches.c.campaign_id, batches.c.id)

flags = Table(
    "flags",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("subject", String(255), nullable=False, comment="a network, a domain, a source: what the desk filters by"),
    Column("since", UtcDateTime, nullable=False, comment="its first signature"),
    Column("before", UtcDateTime, nullable=False, comment="just after its last signature"),
    Column("score", Integer, nullable=False),
    Column("score_parts", JSON, nullable=False, comment="what the score is made of, by name"),
    Column("figures", JSON, nullable=False, comment="the numbers its reason is told with"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("dismissed_at", UtcDateTime),
    Column("dismissed_by", BigId, ForeignKey("campaigners.id")),
    UniqueConstraint("campaign_id", "kind", "subject", "since"),
    comment="what looks odd, for campaigners to judge; nobody is refused by it",
)
