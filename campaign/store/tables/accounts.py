"""The desk: who runs campaigns, what they may do, what they did, and what they are told."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from campaign.domain.accounts.role import Role
from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

_ROLES = ", ".join(f"'{role}'" for role in Role)

campaigners = Table(
    "campaigners",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("email", String(254), nullable=False, comment="as typed: what mail is sent to"),
    Column("email_key", String(320), nullable=False, comment="canonical: for comparing only"),
    Column("name", String(120), nullable=False),
    Column("operator", Boolean, nullable=False, server_default=false()),
    Column("password", String(255), nullable=False, server_default=text("''"), comment="argon2id; empty for none"),
    Column(
        "totp_secret", Text, nullable=False, server_default=text("''"), comment="sealed with the secret key; empty for none"
    ),
    Column("totp_step", BigId, nullable=False, server_default=text("0"), comment="the last one used: each code works once"),
    Column("told", Boolean, nullable=False, server_default=true(), comment="of milestones and of a deadline that comes near"),
    Column("digest", Boolean, nullable=False, server_default=false(), comment="every day"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    UniqueConstraint("email_key"),
    sqlite_autoincrement=True,
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), nullable=False),
    Column("credential_id", String(1400), nullable=False, comment="base64url"),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigId, nullable=False),
    Column("name", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    UniqueConstraint("credential_id"),
)
Index("ix_passkeys_campaigner_id", passkeys.c.campaigner_id)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), primary_key=True, autoincrement=False),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", UtcDateTime),
)

login_links = Table(
    "entrances",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", String(22), nullable=False, comment="random; part of the signed link"),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    comment="links to sign in with, each good once",
    sqlite_autoincrement=True,
)
Index("ix_entrances_campaigner_id", login_links.c.campaigner_id)

team_members = Table(
    "team",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), primary_key=True, autoincrement=False),
    Column("role", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint(f"role IN ({_ROLES})", name="role"),
    comment="who may do what with which campaign",
)
Index("ix_team_campaigner_id", team_members.c.campaigner_id)

invitations = Table(
    "invitations",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", String(22), nullable=False, comment="random; part of the signed link"),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), comment="null: to the site, as a campaigner"),
    Column("role", String(12), nullable=False, comment="empty where it is to the site"),
    Column("email", String(254), nullable=False),
    Column("email_key", String(320), nullable=False),
    Column("invited_by", BigId, ForeignKey("campaigners.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    sqlite_autoincrement=True,
)
Index("ix_invitations_campaign_id", invitations.c.campaign_id)

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

audit_log = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True),
    # No foreign keys: what was done outlives who did it and what it was done to.
    Column("campaigner_id", BigId, comment="null: the command line, or the site itself"),
    Column("who", String(120), nullable=False),
    Column("act", String(40), nullable=False),
    Column("campaign_id", BigId),
    Column("subject", String(120), nullable=False, comment="what it was done to, by number or slug; never personal"),
    Column("was", JSON, nullable=False),
    Column("became", JSON, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("network", String(43), nullable=False, comment="/24 or /48 it came from"),
    Column("created_at", UtcDateTime, nullable=False),
    comment="what was done at the desk and by command line; append-only",
    sqlite_autoincrement=True,
)
Index("ix_audit_campaign_id", audit_log.c.campaign_id, audit_log.c.id)
Index("ix_audit_subject", audit_log.c.campaign_id, audit_log.c.subject)

text_versions = Table(
    "versions",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("language", String(8), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text_hash", String(64), nullable=False),
    Column("reason", String(300), nullable=False, comment="why it was changed; empty for the first"),
    Column("created_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["campaign_id", "text_hash"], ["texts.campaign_id", "texts.hash"]),
    comment="which text was asked for from when, in each language; append-only",
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("who", String(120), nullable=False, comment="as the public reads it"),
    Column("reason", String(300), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    comment="what was done to a campaign that the public is told of: closed early, extended, paused; append-only",
)
Index("ix_announcements_campaign_id", announcements.c.campaign_id, announcements.c.id)

former_slugs = Table(
    "slugs",
    metadata,
    Column("slug", String(80), primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    comment="addresses campaigns once had; they lead to the one they have now",
)
Index("ix_slugs_campaign_id", former_slugs.c.campaign_id)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), nullable=False),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("filters", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("campaigner_id", "campaign_id", "name"),
)

batches = Table(
    "batches",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id")),
    Column("rule", JSON, nullable=False, comment="the filters, or the signatures themselves by number"),
    Column("up_to", BigId, nullable=False, comment="the last signature there was: later ones are not meant"),
    Column("class", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("expected", BigId, nullable=False, comment="how many the dry run found"),
    Column("seen", BigId, nullable=False, comment="the last signature looked at"),
    Column("moved", BigId, nullable=False, comment="how many are invalidated by it now"),
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
    Column("hour", UtcDateTime, nullable=False, comment="when it began"),
    Column("score", Integer, nullable=False),
    Column("parts", JSON, nullable=False, comment="what the score is made of, by name"),
    Column("facts", JSON, nullable=False, comment="the numbers its reason is told with"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("dismissed_at", UtcDateTime),
    Column("dismissed_by", BigId, ForeignKey("campaigners.id")),
    UniqueConstraint("campaign_id", "kind", "subject", "hour"),
    comment="what looks odd, for campaigners to judge; nobody is refused by it",
)

switches = Table(
    "switches",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("thrown", Boolean, nullable=False),
    Column("message", String(300), nullable=False, comment="what the public reads while it is on"),
    Column("changed_by", BigId, ForeignKey("campaigners.id"), comment="null: the command line"),
    Column("created_at", UtcDateTime, nullable=False, comment="when it was last thrown"),
    Column("revision", BigId, nullable=False, comment="of all switches together; grows with every throw of any"),
    comment="what the operator has thrown; one that is not here was never on",
)
