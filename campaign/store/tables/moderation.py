"""Moderation: batches that invalidate many signatures at once, standing rules, and flags of what looks odd."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

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
    Column("rule_id", BigId, comment="the standing rule whose catch it is; null: started by hand"),
    CheckConstraint("state IN ('running', 'cancelled', 'done', 'undoing', 'undone')", name="state"),
    comment="invalidating many signatures at once",
    sqlite_autoincrement=True,
)
Index("ix_batches_campaign_id", batches.c.campaign_id, batches.c.id)
Index(
    "ix_batches_rule_id", batches.c.rule_id, batches.c.id, postgresql_where=text("rule_id IS NOT NULL"),
    sqlite_where=text("rule_id IS NOT NULL"),
)  # fmt: skip

RULE_IN_FORCE_SQL = "ended_at IS NULL"
"""Standing rules that are in force, in the words of their partial index."""

standing_rules = Table(
    "standing_rules",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), comment="null: of the whole site"),
    Column("action", String(8), nullable=False),
    Column("domain", String(255), nullable=False, comment="of canonical addresses; '*.' before it: and all below it"),
    Column("mailbox_hash", String(32), nullable=False, comment="keyed hash of a canonical address"),
    Column("mailbox_hint", String(260), nullable=False, comment="its first letter and its domain, for the desk"),
    Column("network", String(43), nullable=False, comment="a /24, a /48, or wider"),
    Column("name_pattern", String(130), nullable=False, comment="folded; a * before or after it is anything"),
    Column("reason", String(200), nullable=False),
    Column("created_by", BigId, ForeignKey("campaigners.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_by", BigId, ForeignKey("campaigners.id")),
    Column("ended_at", UtcDateTime),
    CheckConstraint("action IN ('block', 'allow')", name="action"),
    comment="which signatures are never counted, or never doubted",
    sqlite_autoincrement=True,
)
Index(
    "ix_standing_rules_in_force", standing_rules.c.campaign_id, standing_rules.c.id, postgresql_where=text(RULE_IN_FORCE_SQL),
    sqlite_where=text(RULE_IN_FORCE_SQL),
)  # fmt: skip

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
    Column("holds_until", UtcDateTime, comment="until when signatures of it wait; null: it never held any"),
    UniqueConstraint("campaign_id", "kind", "subject", "since"),
    comment="what looks odd, for campaigners to judge; nobody is refused by it",
)
Index(
    "ix_flags_holding", flags.c.campaign_id, flags.c.id, postgresql_where=text("holds_until IS NOT NULL"),
    sqlite_where=text("holds_until IS NOT NULL"),
)  # fmt: skip
