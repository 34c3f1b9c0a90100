"""The desk: campaigners, what they may do and did; drafts and versions; what signatures are found by; totals for charts."""

from collections import Counter
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from campaign.domain.ledger.latency_histogram import bucket_number
from campaign.domain.signatures.search_keys import name_key, surname_key
from campaign.store.database.column_types import BigId, UtcDateTime

revision = "0003"
down_revision = "0002"

_UNCOUNTED = (
    "(counted_as <> state OR counted_opened <> opened OR (counted_as = 'verified' "
    "AND (counted_country <> country OR counted_source <> source OR counted_area <> area)))"
)
_IMMUTABLE = ("audit", "versions", "announcements")
_HOUR = {"sqlite": "strftime('%Y-%m-%d %H:00:00.000000', {})", "postgresql": "date_trunc('hour', {}, 'UTC')"}
_AT_ONCE = 10_000
"""Signatures read at a time where a database cannot say what is to be stored."""


def upgrade() -> None:
    """Add to what is there, then fill what is new from it."""
    _create()
    _add()
    _fill()
    op.drop_index("ix_signatures_uncounted", "signatures")
    op.create_index(
        "ix_signatures_uncounted", "signatures", ["campaign_id", "id"], postgresql_where=sa.text(_UNCOUNTED),
        sqlite_where=sa.text(_UNCOUNTED),
    )  # fmt: skip
    for table in _IMMUTABLE:
        _protect(table)


def _create() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaigner_id", BigId, nullable=True, comment="null: the command line, or the site itself"),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", BigId, nullable=True),
        sa.Column(
            "subject", sa.String(length=120), nullable=False, comment="what it was done to, by number or slug; never personal"
        ),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("became", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("network", sa.String(length=43), nullable=False, comment="/24 or /48 it came from"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        comment="what was done at the desk and by command line; append-only",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_campaign_id", "audit", ["campaign_id", "id"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["campaign_id", "subject"], unique=False)
    op.create_table(
        "campaigners",
        sa.Column("id", BigId, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="as typed: what mail is sent to"),
        sa.Column("email_key", sa.String(length=320), nullable=False, comment="canonical: for comparing only"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("operator", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "password", sa.String(length=255), server_default=sa.text("''"), nullable=False, comment="argon2id; empty for none"
        ),
        sa.Column(
            "totp_secret",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="sealed with the secret key; empty for none",
        ),
        sa.Column(
            "totp_step", BigId, server_default=sa.text("0"), nullable=False, comment="the last one used: each code works once"
        ),
        sa.Column(
            "told",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="of milestones and of a deadline that comes near",
        ),
        sa.Column("digest", sa.Boolean(), server_default=sa.false(), nullable=False, comment="every day"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigners")),
        sa.UniqueConstraint("email_key", name=op.f("uq_campaigners_email_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "announcements",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False, comment="as the public reads it"),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_announcements_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        comment="what was done to a campaign that the public is told of: closed early, extended, paused; append-only",
    )
    op.create_index("ix_announcements_campaign_id", "announcements", ["campaign_id", "id"], unique=False)
    op.create_table(
        "area_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("area", sa.String(length=4), nullable=False, comment="postcode area"),
        sa.Column("verified", BigId, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_area_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "area", name=op.f("pk_area_tallies")),
        comment="the total by postcode area",
    )
    op.create_table(
        "batches",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("campaigner_id", BigId, nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False, comment="the filters, or the signatures themselves by number"),
        sa.Column("up_to", BigId, nullable=False, comment="the last signature there was: later ones are not meant"),
        sa.Column("class", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("expected", BigId, nullable=False, comment="how many the dry run found"),
        sa.Column("seen", BigId, nullable=False, comment="the last signature looked at"),
        sa.Column("moved", BigId, nullable=False, comment="how many are invalidated by it now"),
        sa.Column("restored", BigId, nullable=False, comment="how many its undoing gave back"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'cancelled', 'done', 'undoing', 'undone')", name=op.f("ck_batches_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_batches_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_batches_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        comment="invalidating many signatures at once",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batches_campaign_id", "batches", ["campaign_id", "id"], unique=False)
    op.create_table(
        "cohort_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False, comment="in which they were signed"),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("submitted", BigId, nullable=False),
        sa.Column("sent", BigId, nullable=False, comment="verification mails a server took"),
        sa.Column("refused", BigId, nullable=False, comment="verification mails a server refused for good"),
        sa.Column("opened", BigId, nullable=False, comment="whose page with the button was seen"),
        sa.Column("verified", BigId, nullable=False, comment="ever, whatever became of them later"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_cohort_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hour", "domain", name=op.f("pk_cohort_tallies")),
        comment="what became of the signatures of each hour, by mail domain: the funnel",
    )
    op.create_table(
        "entrances",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False, comment="random; part of the signed link"),
        sa.Column("campaigner_id", BigId, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_entrances_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrances")),
        comment="links to sign in with, each good once",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entrances_campaigner_id", "entrances", ["campaigner_id"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column(
            "subject", sa.String(length=255), nullable=False, comment="a network, a domain, a source: what the desk filters by"
        ),
        sa.Column("hour", UtcDateTime(), nullable=False, comment="when it began"),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False, comment="what the score is made of, by name"),
        sa.Column("facts", sa.JSON(), nullable=False, comment="the numbers its reason is told with"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("dismissed_at", UtcDateTime(), nullable=True),
        sa.Column("dismissed_by", BigId, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_flags_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["dismissed_by"], ["campaigners.id"], name=op.f("fk_flags_dismissed_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("campaign_id", "kind", "subject", "hour", name=op.f("uq_flags_campaign_id_kind_subject_hour")),
        comment="what looks odd, for campaigners to judge; nobody is refused by it",
    )
    op.create_table(
        "invitations",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False, comment="random; part of the signed link"),
        sa.Column("campaign_id", BigId, nullable=True, comment="null: to the site, as a campaigner"),
        sa.Column("role", sa.String(length=12), nullable=False, comment="empty where it is to the site"),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("invited_by", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_invitations_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["invited_by"], ["campaigners.id"], name=op.f("fk_invitations_invited_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitations_campaign_id", "invitations", ["campaign_id"], unique=False)
    op.create_table(
        "passkeys",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaigner_id", BigId, nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False, comment="base64url"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_passkeys_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index("ix_passkeys_campaigner_id", "passkeys", ["campaigner_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("campaigner_id", BigId, autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaigner_id"], ["campaigners.id"], name=op.f("fk_recovery_codes_campaigner_id_campaigners")
        ),
        sa.PrimaryKeyConstraint("campaigner_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "removal_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("class", sa.String(length=16), nullable=False),
        sa.Column("removed", BigId, nullable=False),
        sa.CheckConstraint("removed >= 0", name=op.f("ck_removal_tallies_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_removal_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "class", name=op.f("pk_removal_tallies")),
        comment="signatures invalidated that had been verified, by kind of reason: what the public page says",
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaigner_id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_saved_filters_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_saved_filters_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint(
            "campaigner_id", "campaign_id", "name", name=op.f("uq_saved_filters_campaigner_id_campaign_id_name")
        ),
    )
    op.create_table(
        "slugs",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_slugs_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_slugs")),
        comment="addresses campaigns once had; they lead to the one they have now",
    )
    op.create_index("ix_slugs_campaign_id", "slugs", ["campaign_id"], unique=False)
    op.create_table(
        "source_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("verified", BigId, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_source_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "source", name=op.f("pk_source_tallies")),
        comment="the total by where signatures came from",
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("thrown", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False, comment="what the public reads while it is on"),
        sa.Column("changed_by", BigId, nullable=True, comment="null: the command line"),
        sa.Column("created_at", UtcDateTime(), nullable=False, comment="when it was last thrown"),
        sa.Column("revision", BigId, nullable=False, comment="of all switches together; grows with every throw of any"),
        sa.ForeignKeyConstraint(["changed_by"], ["campaigners.id"], name=op.f("fk_switches_changed_by_campaigners")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
        comment="what the operator has thrown; one that is not here was never on",
    )
    op.create_table(
        "team",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("campaigner_id", BigId, autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'editor', 'moderator', 'viewer')", name=op.f("ck_team_role")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_team_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_team_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("campaign_id", "campaigner_id", name=op.f("pk_team")),
        comment="who may do what with which campaign",
    )
    op.create_index("ix_team_campaigner_id", "team", ["campaigner_id"], unique=False)
    op.create_table(
        "wait_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False, comment="in which they were signed"),
        sa.Column(
            "bucket", sa.SmallInteger(), autoincrement=False, nullable=False, comment="of time from signing to verifying"
        ),
        sa.Column("verified", BigId, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_wait_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hour", "bucket", name=op.f("pk_wait_tallies")),
        comment="how long verifying took, as a histogram",
    )
    op.create_table(
        "notices",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=True, comment="what it is about: the same is said once"),
        sa.Column("campaigner_id", BigId, nullable=True),
        sa.Column("invitation_id", BigId, nullable=True),
        sa.Column("entrance_id", BigId, nullable=True),
        sa.Column("campaign_id", BigId, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False, comment="numbers and times it tells of; nothing personal"),
        sa.Column("priority", sa.SmallInteger(), nullable=False, comment="0 goes first"),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("state IN ('owed', 'sent', 'refused', 'dropped')", name=op.f("ck_notices_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_notices_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_notices_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("once", name=op.f("uq_notices_once")),
        comment="the outbox of mails to campaigners",
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_notices_owed",
        "notices",
        ["priority", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'owed'"),
        sqlite_where=sa.text("state = 'owed'"),
    )
    op.create_table(
        "versions",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False, comment="why it was changed; empty for the first"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "text_hash"],
            ["texts.campaign_id", "texts.hash"],
            name=op.f("fk_versions_campaign_id_text_hash_texts"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_versions_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "language", "number", name=op.f("pk_versions")),
        comment="which text was asked for from when, in each language; append-only",
    )


def _add() -> None:
    op.add_column("campaigns", sa.Column("published_at", UtcDateTime(), nullable=True, comment="null while it is a draft"))
    op.add_column(
        "campaigns",
        sa.Column(
            "preview_key",
            sa.String(length=22),
            server_default=sa.text("''"),
            nullable=False,
            comment="opens the preview of a draft",
        ),
    )
    op.add_column("campaigns", sa.Column("summary", sa.String(length=300), server_default=sa.text("''"), nullable=False))
    op.add_column(
        "campaigns",
        sa.Column(
            "thank_you",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Markdown, on the page after verifying",
        ),
    )
    op.add_column(
        "campaigns", sa.Column("recipient_kind", sa.String(length=12), server_default=sa.text("'other'"), nullable=False)
    )
    op.add_column("campaigns", sa.Column("paused_message", sa.String(length=300), server_default=sa.text("''"), nullable=False))
    op.add_column(
        "campaigns",
        sa.Column(
            "second_factor", sa.Boolean(), server_default=sa.false(), nullable=False, comment="whether its team must have one"
        ),
    )
    op.create_index("ix_ledger_signature_id", "ledger", ["campaign_id", "signature_id"], unique=False)
    op.add_column(
        "outbox",
        sa.Column(
            "tallied", sa.Boolean(), server_default=sa.false(), nullable=False, comment="whether its result is in the funnel"
        ),
    )
    op.create_index(
        "ix_outbox_untallied",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("(NOT tallied AND kind = 'verify' AND state IN ('sent', 'refused'))"),
        sqlite_where=sa.text("(NOT tallied AND kind = 'verify' AND state IN ('sent', 'refused'))"),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "name_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            server_default=sa.text("''"),
            nullable=False,
            comment="folded: for searching only",
        ),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "surname_key",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            server_default=sa.text("''"),
            nullable=False,
            comment="its last word",
        ),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "domain", sa.String(length=255), server_default=sa.text("''"), nullable=False, comment="of the canonical address"
        ),
    )
    op.add_column(
        "signatures",
        sa.Column("area", sa.String(length=4), server_default=sa.text("''"), nullable=False, comment="postcode area, like SW"),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "network",
            sa.String(length=43),
            server_default=sa.text("''"),
            nullable=False,
            comment="/24 or /48 it came from; kept 30 days",
        ),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "first_signed_at",
            UtcDateTime(),
            nullable=True,
            comment="before a withdrawal, where they signed again; null: as signed_at",
        ),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "opened",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="1 once its page with the button was seen",
        ),
    )
    op.add_column("signatures", sa.Column("counted_opened", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("signatures", sa.Column("counted_source", sa.String(length=64), server_default=sa.text("''"), nullable=False))
    op.add_column("signatures", sa.Column("counted_area", sa.String(length=4), server_default=sa.text("''"), nullable=False))
    op.add_column("signatures", sa.Column("batch_id", BigId, nullable=True, comment="the batch that invalidated it"))
    op.add_column(
        "signatures",
        sa.Column(
            "ended_class",
            sa.String(length=16),
            server_default=sa.text("''"),
            nullable=False,
            comment="what kind of reason, for the public",
        ),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "comment_hidden",
            sa.String(length=200),
            server_default=sa.text("''"),
            nullable=False,
            comment="why its comment is hidden",
        ),
    )
    op.add_column(
        "signatures",
        sa.Column(
            "erased_at",
            UtcDateTime(),
            nullable=True,
            comment="when all that is personal in it was erased; it is never restored",
        ),
    )
    op.create_index(
        "ix_signatures_area",
        "signatures",
        ["campaign_id", "area", "id"],
        unique=False,
        postgresql_where=sa.text("area <> ''"),
        sqlite_where=sa.text("area <> ''"),
    )
    op.create_index(
        "ix_signatures_batch_id",
        "signatures",
        ["batch_id", "id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
        sqlite_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index("ix_signatures_campaign_id_id", "signatures", ["campaign_id", "id"], unique=False)
    op.create_index(
        "ix_signatures_comment",
        "signatures",
        ["campaign_id", "id"],
        unique=False,
        postgresql_where=sa.text("comment <> ''"),
        sqlite_where=sa.text("comment <> ''"),
    )
    op.create_index(
        "ix_signatures_comment_hidden",
        "signatures",
        ["campaign_id", "id"],
        unique=False,
        postgresql_where=sa.text("comment_hidden <> ''"),
        sqlite_where=sa.text("comment_hidden <> ''"),
    )
    op.create_index(
        "ix_signatures_country",
        "signatures",
        ["campaign_id", "country", "id"],
        unique=False,
        postgresql_where=sa.text("country <> 'GB'"),
        sqlite_where=sa.text("country <> 'GB'"),
    )
    op.create_index("ix_signatures_domain", "signatures", ["campaign_id", "domain", "id"], unique=False)
    op.create_index("ix_signatures_name_key", "signatures", ["campaign_id", "name_key"], unique=False)
    op.create_index(
        "ix_signatures_network",
        "signatures",
        ["campaign_id", "network", "id"],
        unique=False,
        postgresql_where=sa.text("network <> ''"),
        sqlite_where=sa.text("network <> ''"),
    )
    op.create_index(
        "ix_signatures_source",
        "signatures",
        ["campaign_id", "source", "id"],
        unique=False,
        postgresql_where=sa.text("source <> ''"),
        sqlite_where=sa.text("source <> ''"),
    )
    op.create_index("ix_signatures_signed_at", "signatures", ["campaign_id", "signed_at", "id"], unique=False)
    op.create_index("ix_signatures_surname_key", "signatures", ["campaign_id", "surname_key"], unique=False)
    op.create_index(
        "ix_signatures_unverified",
        "signatures",
        ["campaign_id", "state", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'verified'"),
        sqlite_where=sa.text("state <> 'verified'"),
    )
    op.add_column(
        "texts",
        sa.Column(
            "slug",
            sa.String(length=80),
            server_default=sa.text("''"),
            nullable=False,
            comment="as it was then: it is part of the hash",
        ),
    )
    op.add_column("translations", sa.Column("summary", sa.String(length=300), server_default=sa.text("''"), nullable=False))
    op.add_column("translations", sa.Column("thank_you", sa.Text(), server_default=sa.text("''"), nullable=False))


def _fill() -> None:
    dialect = op.get_bind().dialect.name
    hour, ledger_hour = (_HOUR[dialect].format(at) for at in ("s.signed_at", "at"))
    domain = {
        "sqlite": "substr(email_key, instr(email_key, '@') + 1)",
        "postgresql": "substr(email_key, position('@' in email_key) + 1)",
    }[dialect]
    _unprotect("texts")
    for sql in (
        "UPDATE campaigns SET published_at = created_at",
        "UPDATE texts SET slug = (SELECT slug FROM campaigns c WHERE c.id = texts.campaign_id)",
        """INSERT INTO versions (campaign_id, language, number, text_hash, reason, created_at)
           SELECT id, language, 1, text_hash, '', created_at FROM campaigns""",
        """INSERT INTO versions (campaign_id, language, number, text_hash, reason, created_at)
           SELECT r.campaign_id, r.language, 1, r.text_hash, '', c.created_at
           FROM translations r JOIN campaigns c ON c.id = r.campaign_id""",
        # Who was ever in the count has a number. Those counted before there were numbers get the one the ledger gave them.
        """UPDATE signatures SET ordinal = (SELECT l.total FROM ledger l WHERE l.campaign_id = signatures.campaign_id
               AND l.signature_id = signatures.id AND l.change = 1 ORDER BY l.sequence DESC LIMIT 1) WHERE ordinal IS NULL""",
        f"""UPDATE signatures SET domain = {domain}, area = CASE
                   WHEN country <> 'GB' OR postcode = '' OR postcode LIKE 'GIR%' THEN ''
                   WHEN substr(postcode, 2, 1) BETWEEN 'A' AND 'Z' THEN substr(postcode, 1, 2)
                   ELSE substr(postcode, 1, 1) END,
               opened = CASE WHEN verified_at IS NULL AND ordinal IS NULL THEN 0 ELSE 1 END,
               counted_opened = CASE WHEN counted_as = 'none' OR (verified_at IS NULL AND ordinal IS NULL) THEN 0
                   ELSE 1 END""",  # noqa: S608 - put together from constants
        "UPDATE signatures SET counted_source = source, counted_area = area WHERE counted_as = 'verified'",
        """INSERT INTO source_tallies (campaign_id, source, verified)
           SELECT campaign_id, source, count(*) FROM signatures WHERE counted_as = 'verified' GROUP BY campaign_id, source""",
        """INSERT INTO area_tallies (campaign_id, area, verified)
           SELECT campaign_id, area, count(*) FROM signatures WHERE counted_as = 'verified' GROUP BY campaign_id, area""",
        f"""INSERT INTO cohort_tallies (campaign_id, hour, domain, submitted, sent, refused, opened, verified)
            SELECT s.campaign_id, {hour}, s.domain, count(*), 0, 0, sum(s.counted_opened), count(s.ordinal)
            FROM signatures s WHERE s.counted_as <> 'none' GROUP BY s.campaign_id, {hour}, s.domain""",  # noqa: S608
        # An older version counted no hours.
        "DELETE FROM hourly_tallies",
        f"""INSERT INTO hourly_tallies (campaign_id, hour, added, ended)
            SELECT campaign_id, {ledger_hour}, sum(CASE WHEN change = 1 THEN 1 ELSE 0 END),
                sum(CASE WHEN change = 1 THEN 0 ELSE 1 END) FROM ledger
            GROUP BY campaign_id, {ledger_hour}""",  # noqa: S608
    ):  # fmt: skip
        op.execute(sa.text(sql.replace(":00", "\\:00")))
    _fill_from_names_and_times()
    _protect("texts")


def _fill_from_names_and_times() -> None:
    """What names are found by, and how long verifying took: the databases can neither fold letters nor agree on logarithms."""
    connection, after = op.get_bind(), 0
    read = sa.text(
        """SELECT id, campaign_id, name, signed_at, verified_at, counted_as <> 'none' AND ordinal IS NOT NULL AS counted
           FROM signatures WHERE id > :after ORDER BY id LIMIT :most"""
    ).columns(signed_at=UtcDateTime(), verified_at=UtcDateTime(), counted=sa.Boolean())
    write = sa.text("UPDATE signatures SET name_key = :name_key, surname_key = :surname_key WHERE id = :id")
    waits: Counter[tuple[int, datetime, int]] = Counter()
    while found := connection.execute(read, {"after": after, "most": _AT_ONCE}).all():
        connection.execute(
            write, [{"id": row.id, "name_key": name_key(row.name), "surname_key": surname_key(row.name)} for row in found]
        )
        for row in found:
            if row.counted:
                hour = row.signed_at.replace(minute=0, second=0, microsecond=0)
                seconds = ((row.verified_at or row.signed_at) - row.signed_at).total_seconds()
                waits[row.campaign_id, hour, bucket_number(seconds)] += 1
        after = found[-1].id
    if waits:
        connection.execute(
            sa.text(
                """INSERT INTO wait_tallies (campaign_id, hour, bucket, verified)
                   VALUES (:campaign_id, :hour, :bucket, :verified)"""
            ).bindparams(sa.bindparam("hour", type_=UtcDateTime())),
            [{"campaign_id": key[0], "hour": key[1], "bucket": key[2], "verified": waits[key]} for key in sorted(waits)],
        )


def _protect(table: str) -> None:
    """Nobody changes history by mistake, not even with a database console."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_is_immutable BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_is_immutable_on_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )


def _unprotect(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_is_immutable ON {table}")
        op.execute(f"DROP TRIGGER {table}_is_never_emptied ON {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_is_immutable_on_{verb}")
