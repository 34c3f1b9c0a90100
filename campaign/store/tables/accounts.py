"""Accounts: campaigners, how they sign in, who is in which team, and the audit log of what they did."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
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
        "totp_secret", Text, nullable=False, server_default=text("''"), comment="encrypted with the secret key; empty for none"
    ),
    Column("totp_step", BigId, nullable=False, server_default=text("0"), comment="the last one used: each code works once"),
    Column(
        "wants_alerts",
        Boolean,
        nullable=False,
        server_default=true(),
        comment="of milestones and of a deadline that comes near",
    ),
    Column("wants_digest", Boolean, nullable=False, server_default=false(), comment="every day"),
    Column(
        "language", String(35), nullable=False, server_default=text("''"), comment="of the desk and of mails; empty: not chosen"
    ),
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
    "login_links",
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
Index("ix_login_links_campaigner_id", login_links.c.campaigner_id)

team_members = Table(
    "team_members",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), primary_key=True, autoincrement=False),
    Column("role", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint(f"role IN ({_ROLES})", name="role"),
    comment="who may do what with which campaign",
)
Index("ix_team_members_campaigner_id", team_members.c.campaigner_id)

organisation_teams = Table(
    "organisation_teams",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    comment="teams of the organisation: each runs the campaigns it holds",
    sqlite_autoincrement=True,
)

organisation_team_members = Table(
    "organisation_team_members",
    metadata,
    Column("team_id", BigId, ForeignKey("organisation_teams.id"), primary_key=True, autoincrement=False),
    Column("campaigner_id", BigId, ForeignKey("campaigners.id"), primary_key=True, autoincrement=False),
    Column("role", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint(f"role IN ({_ROLES})", name="role"),
    comment="who may do what with every campaign that a team of the organisation holds",
)
Index("ix_organisation_team_members_campaigner_id", organisation_team_members.c.campaigner_id)

organisation_team_campaigns = Table(
    "organisation_team_campaigns",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("team_id", BigId, ForeignKey("organisation_teams.id"), primary_key=True, autoincrement=False),
    Column("created_at", UtcDateTime, nullable=False),
    comment="which campaigns a team of the organisation holds",
)
Index("ix_organisation_team_campaigns_team_id", organisation_team_campaigns.c.team_id)

invitations = Table(
    "invitations",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", String(22), nullable=False, comment="random; part of the signed link"),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), comment="null: to the site, as a campaigner"),
    Column("team_id", BigId, comment="the team of the organisation it is to; null: to none"),
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

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigId, primary_key=True),
    # No foreign keys: what was done outlives who did it and what it was done to.
    Column("campaigner_id", BigId, comment="null: the command line, or the site itself"),
    Column("actor_name", String(120), nullable=False),
    Column("action", String(40), nullable=False),
    Column("campaign_id", BigId),
    Column("subject", String(120), nullable=False, comment="what it was done to, by number or slug; never personal"),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("network", String(43), nullable=False, comment="/24 or /48 it came from"),
    Column("created_at", UtcDateTime, nullable=False),
    comment="what was done at the desk and by command line; append-only",
    sqlite_autoincrement=True,
)
Index("ix_audit_log_campaign_id", audit_log.c.campaign_id, audit_log.c.id)
Index("ix_audit_log_subject", audit_log.c.campaign_id, audit_log.c.subject)
