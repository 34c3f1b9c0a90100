"""The first schema: everything, as version 0.1 has it.

Written out in Alembic's own operations, and importing nothing of ours: a migration must mean the same when rules and tables
have moved on. Frozen from the release of 0.1 on; what changes after it is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up only in a column it calls INTEGER
_TIME = sa.DateTime(timezone=True)
# Nobody changes history by mistake, not even with a database console.
_IMMUTABLE = ("announcements", "audit_log", "certificates", "ledger", "text_versions", "texts")
_SIGNATURES_UNCOUNTED = (
    "(counted_as <> state OR counted_opened <> opened OR (counted_as = 'verified' AND (counted_country <> "
    "country OR counted_source <> source OR counted_area <> area OR counted_kind <> kind OR "
    "coalesce(counted_place_id, -1) <> coalesce(place_id, -1))))"
)
_SIGNATURES_UNPLACED = (
    "(counted_as = 'verified' AND state = 'verified' AND country = 'GB' AND postcode <> '' AND (place_id IS "
    "NULL OR place_id = 0))"
)


def upgrade() -> None:
    """Create everything."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
        )
    for create in (
        _create_audit_log,
        _create_campaigners,
        _create_campaigns,
        _create_places,
        _create_representatives,
        _create_announcements,
        _create_area_tallies,
        _create_batches,
        _create_certificates,
        _create_cohort_tallies,
        _create_country_tallies,
        _create_exports,
        _create_flags,
        _create_former_slugs,
        _create_hourly_tallies,
        _create_invitations,
        _create_ledger,
        _create_login_links,
        _create_milestones,
        _create_passkeys,
        _create_pictures,
        _create_place_tallies,
        _create_postcodes,
        _create_recovery_codes,
        _create_removal_tallies,
        _create_saved_filters,
        _create_sheets,
        _create_source_tallies,
        _create_submissions,
        _create_switches,
        _create_tallies,
        _create_team_members,
        _create_texts,
        _create_wait_tallies,
        _create_export_parts,
        _create_intakes,
        _create_signatures,
        _create_text_versions,
        _create_translations,
        _create_outbox,
    ):
        create()
    for table in _IMMUTABLE:
        _refuse_changes(table)


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def _refuse_changes(table: str) -> None:
    """Create triggers that refuse to update, delete or truncate rows of a table."""
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


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaigner_id", _ID, nullable=True, comment="null: the command line, or the site itself"),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("campaign_id", _ID, nullable=True),
        sa.Column("subject", sa.String(120), nullable=False, comment="what it was done to, by number or slug; never personal"),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("network", sa.String(43), nullable=False, comment="/24 or /48 it came from"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        comment="what was done at the desk and by command line; append-only",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_campaign_id", "audit_log", ["campaign_id", "id"])
    op.create_index("ix_audit_log_subject", "audit_log", ["campaign_id", "subject"])


def _create_campaigners() -> None:
    op.create_table(
        "campaigners",
        sa.Column("id", _ID, nullable=False),
        sa.Column("email", sa.String(254), nullable=False, comment="as typed: what mail is sent to"),
        sa.Column("email_key", sa.String(320), nullable=False, comment="canonical: for comparing only"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("operator", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("password", sa.String(255), server_default=sa.text("''"), nullable=False, comment="argon2id; empty for none"),
        sa.Column(
            "totp_secret",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="encrypted with the secret key; empty for none",
        ),
        sa.Column(
            "totp_step", _ID, server_default=sa.text("0"), nullable=False, comment="the last one used: each code works once"
        ),
        sa.Column(
            "wants_alerts",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="of milestones and of a deadline that comes near",
        ),
        sa.Column("wants_digest", sa.Boolean(), server_default=sa.false(), nullable=False, comment="every day"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("disabled_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigners")),
        sa.UniqueConstraint("email_key", name=op.f("uq_campaigners_email_key")),
        sqlite_autoincrement=True,
    )


def _create_campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", _ID, nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False, comment="the version of the text that is signed now"),
        sa.Column("opens_at", _TIME, nullable=False),
        sa.Column("closes_at", _TIME, nullable=False),
        sa.Column("verify_until", _TIME, nullable=False, comment="the end of the grace"),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("taken_down_at", _TIME, nullable=True),
        sa.Column("finalised_at", _TIME, nullable=True),
        sa.Column("forgotten_at", _TIME, nullable=True, comment="when the last signature that was never verified was deleted"),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("form_fields", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("language", sa.String(8), server_default=sa.text("'en'"), nullable=False, comment="the main one"),
        sa.Column("share_text", sa.String(200), server_default=sa.text("''"), nullable=False),
        sa.Column("picture_alt", sa.String(250), server_default=sa.text("''"), nullable=False),
        sa.Column("privacy", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "accent",
            sa.String(7),
            server_default=sa.text("''"),
            nullable=False,
            comment="#rrggbb; empty for the colour of the site",
        ),
        sa.Column("supporters", sa.String(12), server_default=sa.text("'first-name'"), nullable=False),
        sa.Column(
            "controller",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="who is responsible for the signatures in law",
        ),
        sa.Column("published_at", _TIME, nullable=True, comment="null while it is a draft"),
        sa.Column(
            "preview_key", sa.String(22), server_default=sa.text("''"), nullable=False, comment="opens the preview of a draft"
        ),
        sa.Column("summary", sa.String(300), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "thank_you",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Markdown, on the page after verifying",
        ),
        sa.Column("recipient_kind", sa.String(12), server_default=sa.text("'other'"), nullable=False),
        sa.Column("paused_message", sa.String(300), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "second_factor", sa.Boolean(), server_default=sa.false(), nullable=False, comment="whether its team must have one"
        ),
        sa.Column(
            "search_text",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="title and text, folded for searching",
        ),
        sa.CheckConstraint("opens_at <= closes_at AND closes_at <= verify_until", name=op.f("ck_campaigns_window")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaigns_slug")),
    )


def _create_places() -> None:
    op.create_table(
        "places",
        sa.Column("id", _ID, nullable=False),
        sa.Column("constituency_code", sa.String(16), nullable=False),
        sa.Column("constituency", sa.String(120), nullable=False),
        sa.Column("council_code", sa.String(16), nullable=False),
        sa.Column("council", sa.String(120), nullable=False),
        sa.Column("region", sa.String(120), nullable=False, comment="a region of England, or the country"),
        sa.Column("country", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint(
            "constituency_code", "constituency", "council_code", "council", "region", "country", name="uq_places_whole"
        ),
        comment="each combination of areas that a postcode was found in; number 0 is all empty",
    )


def _create_representatives() -> None:
    op.create_table(
        "representatives",
        sa.Column("kind", sa.String(12), nullable=False, comment="constituency or council"),
        sa.Column("area", sa.String(120), nullable=False, comment="its code, or its name in small letters"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("form", sa.String(200), nullable=False, comment="how they are addressed; may be empty"),
        sa.Column("party", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("kind", "area", name=op.f("pk_representatives")),
        comment="who represents constituencies and councils, as the operator's file says",
    )


def _create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("who", sa.String(120), nullable=False, comment="as the public reads it"),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_announcements_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        comment="what was done to a campaign that the public is told of: closed early, extended, paused; append-only",
    )
    op.create_index("ix_announcements_campaign_id", "announcements", ["campaign_id", "id"])


def _create_area_tallies() -> None:
    op.create_table(
        "area_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("area", sa.String(4), nullable=False, comment="postcode area"),
        sa.Column("verified", _ID, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_area_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "area", name=op.f("pk_area_tallies")),
        comment="the total by postcode area",
    )


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("campaigner_id", _ID, nullable=True),
        sa.Column("selection", sa.JSON(), nullable=False, comment="the filters, or the signatures themselves by number"),
        sa.Column("max_signature_id", _ID, nullable=False, comment="the last signature there was: later ones are not meant"),
        sa.Column("reason_class", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("expected", _ID, nullable=False, comment="how many the dry run found"),
        sa.Column("last_signature_id", _ID, nullable=False, comment="the last signature looked at"),
        sa.Column("invalidated", _ID, nullable=False, comment="how many are invalidated by it now"),
        sa.Column("restored", _ID, nullable=False, comment="how many its undoing gave back"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.CheckConstraint("state IN ('running', 'cancelled', 'done', 'undoing', 'undone')", name=op.f("ck_batches_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_batches_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_batches_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        comment="invalidating many signatures at once",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batches_campaign_id", "batches", ["campaign_id", "id"])


def _create_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("total", _ID, nullable=False),
        sa.Column("sequence", _ID, nullable=False, comment="the entry of the ledger the total was read from"),
        sa.Column("certified_at", _TIME, nullable=False),
        sa.Column("paper", _ID, server_default=sa.text("0"), nullable=False, comment="of the total, those on paper"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_certificates_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_certificates")),
        comment="the final total of each campaign whose grace is over",
    )


def _create_cohort_tallies() -> None:
    op.create_table(
        "cohort_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("hour", _TIME, nullable=False, comment="in which they were signed"),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("submitted", _ID, nullable=False),
        sa.Column("sent", _ID, nullable=False, comment="verification mails a server took"),
        sa.Column("refused", _ID, nullable=False, comment="verification mails a server refused for good"),
        sa.Column("opened", _ID, nullable=False, comment="whose page with the button was seen"),
        sa.Column("verified", _ID, nullable=False, comment="ever, whatever became of them later"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_cohort_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hour", "domain", name=op.f("pk_cohort_tallies")),
        comment="what became of the signatures of each hour, by mail domain: the funnel",
    )


def _create_country_tallies() -> None:
    op.create_table(
        "country_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("verified", _ID, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_country_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "country", name=op.f("pk_country_tallies")),
        comment="the total by country, written by the ledger alone",
    )


def _create_exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("campaigner_id", _ID, nullable=False, comment="who asked; nobody else has it"),
        sa.Column("plan", sa.JSON(), nullable=False, comment="format, columns, filters, order: nothing personal"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("expected", _ID, nullable=False, comment="rows to be written in all its files"),
        sa.Column("written", _ID, nullable=False, comment="rows written so far"),
        sa.Column("signature_count", _ID, nullable=False, comment="signatures in it, once it is done"),
        sa.Column("size", _ID, nullable=False, comment="octets of the file, once it is done"),
        sa.Column("part_count", sa.Integer(), nullable=False, comment="how many parts of the file are kept"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="SHA-256 of the file"),
        sa.Column(
            "salt",
            sa.String(32),
            nullable=False,
            comment="its key is made of this and the secret key; empty: nobody can open it",
        ),
        sa.Column("claim_key", sa.String(22), nullable=False, comment="random; of the worker that makes it"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure_reason", sa.String(300), nullable=False, comment="why it failed, in a sentence"),
        sa.Column("created_at", _TIME, nullable=False, comment="when it was last asked for"),
        sa.Column("due_at", _TIME, nullable=False, comment="when a worker may take it: while one makes it, a little ahead"),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'expired', 'deleted')",
            name=op.f("ck_exports_state"),
        ),
        sa.CheckConstraint("written >= 0 AND written <= expected", name=op.f("ck_exports_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_exports_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_exports_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        comment="files of signatures that campaigners asked for",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exports_campaign_id", "exports", ["campaign_id", "campaigner_id", "id"])
    _partial_index("ix_exports_kept", "exports", ["expires_at"], "part_count > 0")
    _partial_index("ix_exports_unfinished", "exports", ["due_at"], "state IN ('waiting', 'running')")


def _create_flags() -> None:
    op.create_table(
        "flags",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False, comment="a network, a domain, a source: what the desk filters by"),
        sa.Column("hour", _TIME, nullable=False, comment="when it began"),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("score_parts", sa.JSON(), nullable=False, comment="what the score is made of, by name"),
        sa.Column("figures", sa.JSON(), nullable=False, comment="the numbers its reason is told with"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("dismissed_at", _TIME, nullable=True),
        sa.Column("dismissed_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_flags_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["dismissed_by"], ["campaigners.id"], name=op.f("fk_flags_dismissed_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("campaign_id", "kind", "subject", "hour", name=op.f("uq_flags_campaign_id_kind_subject_hour")),
        comment="what looks odd, for campaigners to judge; nobody is refused by it",
    )


def _create_former_slugs() -> None:
    op.create_table(
        "former_slugs",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_former_slugs_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_slugs")),
        comment="addresses campaigns once had; they lead to the one they have now",
    )
    op.create_index("ix_former_slugs_campaign_id", "former_slugs", ["campaign_id"])


def _create_hourly_tallies() -> None:
    op.create_table(
        "hourly_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("hour", _TIME, nullable=False),
        sa.Column("added", _ID, nullable=False, comment="entries of +1"),
        sa.Column("ended", _ID, nullable=False, comment="entries of -1"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_hourly_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hour", name=op.f("pk_hourly_tallies")),
        comment="what the ledger counted in each hour",
    )


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(22), nullable=False, comment="random; part of the signed link"),
        sa.Column("campaign_id", _ID, nullable=True, comment="null: to the site, as a campaigner"),
        sa.Column("role", sa.String(12), nullable=False, comment="empty where it is to the site"),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(320), nullable=False),
        sa.Column("invited_by", _ID, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("accepted_at", _TIME, nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_invitations_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["invited_by"], ["campaigners.id"], name=op.f("fk_invitations_invited_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitations_campaign_id", "invitations", ["campaign_id"])


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sequence", _ID, autoincrement=False, nullable=False),
        sa.Column("signature_id", _ID, nullable=False),
        sa.Column("event", sa.String(12), nullable=False),
        sa.Column("change", sa.SmallInteger(), nullable=False),
        sa.Column("total", _ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.CheckConstraint("change IN (1, -1)", name=op.f("ck_ledger_change")),
        sa.CheckConstraint("total >= 0 AND sequence >= 1", name=op.f("ck_ledger_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_ledger_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "sequence", name=op.f("pk_ledger")),
        comment="append-only; the count is its running total",
    )
    op.create_index("ix_ledger_signature_id", "ledger", ["campaign_id", "signature_id"])


def _create_login_links() -> None:
    op.create_table(
        "login_links",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(22), nullable=False, comment="random; part of the signed link"),
        sa.Column("campaigner_id", _ID, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_login_links_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_links")),
        comment="links to sign in with, each good once",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_login_links_campaigner_id", "login_links", ["campaigner_id"])


def _create_milestones() -> None:
    op.create_table(
        "milestones",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("goal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", _ID, nullable=False),
        sa.Column("reached_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_milestones_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "goal", name=op.f("pk_milestones")),
        comment="set once, by the entry of the ledger that reached the goal",
    )


def _create_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaigner_id", _ID, nullable=False),
        sa.Column("credential_id", sa.String(1400), nullable=False, comment="base64url"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", _ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_passkeys_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index("ix_passkeys_campaigner_id", "passkeys", ["campaigner_id"])


def _create_pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("width", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(16), nullable=False, comment="of the picture these are copies of"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="WebP"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_pictures_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "width", name=op.f("pk_pictures")),
        comment="the picture of each campaign, re-encoded by us, without metadata",
    )


def _create_place_tallies() -> None:
    op.create_table(
        "place_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("place_id", _ID, autoincrement=False, nullable=False),
        sa.Column("verified", _ID, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_place_tallies_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_tallies_place_id_places")),
        sa.PrimaryKeyConstraint("campaign_id", "place_id", name=op.f("pk_place_tallies")),
        comment="the total by place, of signatures whose postcode was looked up",
    )


def _create_postcodes() -> None:
    op.create_table(
        "postcodes",
        sa.Column("postcode", sa.String(12), nullable=False),
        sa.Column("place_id", _ID, nullable=False),
        sa.Column("looked_up_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_postcodes_place_id_places")),
        sa.PrimaryKeyConstraint("postcode", name=op.f("pk_postcodes")),
        comment="where postcodes lie, as the service said, for a time: what is older is deleted",
    )
    op.create_index("ix_postcodes_looked_up_at", "postcodes", ["looked_up_at"])


def _create_recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("campaigner_id", _ID, autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaigner_id"], ["campaigners.id"], name=op.f("fk_recovery_codes_campaigner_id_campaigners")
        ),
        sa.PrimaryKeyConstraint("campaigner_id", "code_hash", name=op.f("pk_recovery_codes")),
    )


def _create_removal_tallies() -> None:
    op.create_table(
        "removal_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("reason_class", sa.String(16), nullable=False),
        sa.Column("removed", _ID, nullable=False),
        sa.CheckConstraint("removed >= 0", name=op.f("ck_removal_tallies_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_removal_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "reason_class", name=op.f("pk_removal_tallies")),
        comment="signatures invalidated that had been verified, by kind of reason: what the public page says",
    )


def _create_saved_filters() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaigner_id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_saved_filters_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_saved_filters_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint(
            "campaigner_id", "campaign_id", "name", name=op.f("uq_saved_filters_campaigner_id_campaign_id_name")
        ),
    )


def _create_sheets() -> None:
    op.create_table(
        "sheets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="printed on it: the campaign's 17th sheet"),
        sa.Column("print_run", sa.Integer(), nullable=False, comment="sheets printed together"),
        sa.Column("text_hash", sa.String(64), nullable=False, comment="the version of the text that is printed on it"),
        sa.Column("language", sa.String(8), nullable=False, comment="of that text"),
        sa.Column("profile", sa.String(24), nullable=False, comment="which columns it has"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="people who can sign on it"),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_sheets_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["made_by"], ["campaigners.id"], name=op.f("fk_sheets_made_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_sheets_campaign_id_number")),
        comment="sheets of paper to be signed by hand; rows are never changed",
    )
    op.create_index("ix_sheets_run", "sheets", ["campaign_id", "print_run"])


def _create_source_tallies() -> None:
    op.create_table(
        "source_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("verified", _ID, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_source_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "source", name=op.f("pk_source_tallies")),
        comment="the total by where signatures came from",
    )


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("profile", sa.String(40), nullable=False, comment="the name of its folder in templates/submission"),
        sa.Column("options", sa.JSON(), nullable=False, comment="by the names the profile gives them: nothing of signatories"),
        sa.Column(
            "revision",
            sa.Integer(),
            nullable=False,
            comment="grows with every change, so that two editors never overwrite each other",
        ),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_submissions_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "profile", name=op.f("pk_submissions")),
        comment="how each campaign is handed in to each recipient it considers",
    )


def _create_switches() -> None:
    op.create_table(
        "switches",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(300), nullable=False, comment="what the public reads while it is on"),
        sa.Column("changed_by", _ID, nullable=True, comment="null: the command line"),
        sa.Column("created_at", _TIME, nullable=False, comment="when it was last thrown"),
        sa.Column("revision", _ID, nullable=False, comment="of all switches together; grows with every throw of any"),
        sa.ForeignKeyConstraint(["changed_by"], ["campaigners.id"], name=op.f("fk_switches_changed_by_campaigners")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
        comment="what the operator has thrown; one that is not here was never on",
    )


def _create_tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sequence", _ID, nullable=False, comment="the last entry of the ledger"),
        sa.Column("verified", _ID, nullable=False),
        sa.Column("pending", _ID, nullable=False),
        sa.Column("revision", _ID, nullable=False, comment="grows with every change of this row"),
        sa.Column("as_of", _TIME, nullable=False),
        sa.Column("paper", _ID, server_default=sa.text("0"), nullable=False, comment="of the verified ones, those on paper"),
        sa.CheckConstraint("verified >= 0 AND pending >= 0 AND sequence >= verified", name=op.f("ck_tallies_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_tallies")),
        comment="the numbers of each campaign, written by the ledger alone",
    )


def _create_team_members() -> None:
    op.create_table(
        "team_members",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("campaigner_id", _ID, autoincrement=False, nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'editor', 'moderator', 'viewer')", name=op.f("ck_team_members_role")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_team_members_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_team_members_campaigner_id_campaigners")),
        sa.PrimaryKeyConstraint("campaign_id", "campaigner_id", name=op.f("pk_team_members")),
        comment="who may do what with which campaign",
    )
    op.create_index("ix_team_members_campaigner_id", "team_members", ["campaigner_id"])


def _create_texts() -> None:
    op.create_table(
        "texts",
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("title", sa.String(150), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column(
            "slug",
            sa.String(80),
            server_default=sa.text("''"),
            nullable=False,
            comment="as it was then: it is part of the hash",
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_texts_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hash", name=op.f("pk_texts")),
        comment="versions of what people sign; rows are never changed",
    )


def _create_wait_tallies() -> None:
    op.create_table(
        "wait_tallies",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("hour", _TIME, nullable=False, comment="in which they were signed"),
        sa.Column(
            "bucket", sa.SmallInteger(), autoincrement=False, nullable=False, comment="of time from signing to verifying"
        ),
        sa.Column("verified", _ID, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_wait_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hour", "bucket", name=op.f("pk_wait_tallies")),
        comment="how long verifying took, as a histogram",
    )


def _create_export_parts() -> None:
    op.create_table(
        "export_parts",
        sa.Column("export_id", _ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="at most 1 MB of the file, encrypted"),
        sa.ForeignKeyConstraint(["export_id"], ["exports.id"], name=op.f("fk_export_parts_export_id_exports")),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_export_parts")),
    )


def _create_intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("sheet_id", _ID, nullable=True, comment="null: of a file, or a list without a number"),
        sa.Column("label", sa.String(120), nullable=False, comment="name of the file, or of the day it was typed in"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="of the file; empty where it was typed in"),
        sa.Column("repeat_number", sa.Integer(), nullable=False, comment="how often the same file had been taken in before"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="rows with something in them"),
        sa.Column("imported", sa.Integer(), nullable=False, comment="signatures that came of it, undone ones among them"),
        sa.Column("undone", sa.Integer(), nullable=False, comment="how many of them were taken back"),
        sa.Column("excluded", sa.JSON(), nullable=False, comment="how many rows were not taken in, by why"),
        sa.Column("encrypted_rows", sa.Text(), nullable=True, comment="rows read and not yet taken in, encrypted; for a day"),
        sa.Column("made_by", _ID, nullable=True, comment="null: the command line"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("undone_by", _ID, nullable=True),
        sa.Column("undone_at", _TIME, nullable=True),
        sa.Column("reason", sa.String(200), nullable=False, comment="why it was undone"),
        sa.CheckConstraint("kind IN ('file', 'typed')", name=op.f("ck_intakes_kind")),
        sa.CheckConstraint("state IN ('held', 'taken', 'undoing', 'undone')", name=op.f("ck_intakes_state")),
        sa.CheckConstraint("undone >= 0 AND undone <= imported", name=op.f("ck_intakes_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_intakes_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["made_by"], ["campaigners.id"], name=op.f("fk_intakes_made_by_campaigners")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_intakes_sheet_id_sheets")),
        sa.ForeignKeyConstraint(["undone_by"], ["campaigners.id"], name=op.f("fk_intakes_undone_by_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intakes")),
        comment="signatures on paper brought in together: a file, or a sheet typed in",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_intakes_campaign_id", "intakes", ["campaign_id", "id"])
    _partial_index("ix_intakes_waiting", "intakes", ["id"], "state IN ('held', 'undoing')")
    _partial_index(
        "uq_intakes_label",
        "intakes",
        ["campaign_id", "made_by", "label"],
        "kind = 'typed' AND sheet_id IS NULL AND state = 'taken'",
        unique=True,
    )
    _partial_index(
        "uq_intakes_sha256",
        "intakes",
        ["campaign_id", "sha256", "repeat_number"],
        "kind = 'file' AND state IN ('taken', 'undoing')",
        unique=True,
    )
    _partial_index("uq_intakes_sheet_id", "intakes", ["sheet_id"], "sheet_id IS NOT NULL AND state <> 'undone'", unique=True)


def _create_signatures() -> None:
    op.create_table(
        "signatures",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False, comment="the text as it was signed"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column(
            "counted_as", sa.String(12), nullable=False, comment="the state the ledger has counted it in; 'none' at first"
        ),
        sa.Column("counted_country", sa.String(2), nullable=False, comment="the country the ledger has counted it under"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, comment="as typed: what mail is sent to"),
        sa.Column("email_key", sa.String(320), nullable=False, comment="canonical: for comparing only"),
        sa.Column(
            "mailbox",
            sa.String(32),
            nullable=False,
            comment="keyed hash of the canonical address: what mails are counted under",
        ),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("postcode", sa.String(12), nullable=False),
        sa.Column("comment", sa.String(500), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("updates_wording", sa.String(40), nullable=False),
        sa.Column("updates_at", _TIME, nullable=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column(
            "edition", sa.Integer(), nullable=False, comment="grows when the details change; links say which one they mean"
        ),
        sa.Column("edition_floor", sa.Integer(), nullable=False, comment="links below it are from before a withdrawal"),
        sa.Column("browser", sa.String(64), nullable=False, comment="hash of the cookie of the browser that signed"),
        sa.Column(
            "link_key", sa.String(16), nullable=False, comment="random; a link fits one row, also after a restored backup"
        ),
        sa.Column("signed_at", _TIME, nullable=False),
        sa.Column("submitted_at", _TIME, nullable=False),
        sa.Column("verified_at", _TIME, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True, comment="when it was withdrawn or invalidated"),
        sa.Column("ended_reason", sa.String(200), nullable=False),
        sa.Column("language", sa.String(8), server_default=sa.text("'en'"), nullable=False, comment="what its signatory reads"),
        sa.Column(
            "brought_by",
            sa.String(22),
            server_default=sa.text("''"),
            nullable=False,
            comment="code of the personal link it came by",
        ),
        sa.Column("ordinal", _ID, nullable=True, comment="the running total that counting it made: the 12,346th"),
        sa.Column(
            "name_key",
            sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql"),
            server_default=sa.text("''"),
            nullable=False,
            comment="folded: for searching only",
        ),
        sa.Column(
            "surname_key",
            sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql"),
            server_default=sa.text("''"),
            nullable=False,
            comment="its last word",
        ),
        sa.Column("domain", sa.String(255), server_default=sa.text("''"), nullable=False, comment="of the canonical address"),
        sa.Column("area", sa.String(4), server_default=sa.text("''"), nullable=False, comment="postcode area, like SW"),
        sa.Column(
            "network",
            sa.String(43),
            server_default=sa.text("''"),
            nullable=False,
            comment="/24 or /48 it came from; kept 30 days",
        ),
        sa.Column(
            "first_signed_at", _TIME, nullable=True, comment="before a withdrawal, where they signed again; null: as signed_at"
        ),
        sa.Column(
            "opened",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="1 once its page with the button was seen",
        ),
        sa.Column("counted_opened", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("counted_source", sa.String(64), server_default=sa.text("''"), nullable=False),
        sa.Column("counted_area", sa.String(4), server_default=sa.text("''"), nullable=False),
        sa.Column("batch_id", _ID, nullable=True, comment="the batch that invalidated it"),
        sa.Column(
            "ended_class",
            sa.String(16),
            server_default=sa.text("''"),
            nullable=False,
            comment="what kind of reason, for the public",
        ),
        sa.Column(
            "comment_hidden", sa.String(200), server_default=sa.text("''"), nullable=False, comment="why its comment is hidden"
        ),
        sa.Column(
            "erased_at", _TIME, nullable=True, comment="when all that is personal in it was erased; it is never restored"
        ),
        sa.Column(
            "kind",
            sa.String(8),
            server_default=sa.text("'online'"),
            nullable=False,
            comment="how it was given: online, or on paper",
        ),
        sa.Column("counted_kind", sa.String(8), server_default=sa.text("'online'"), nullable=False),
        sa.Column("intake_id", _ID, nullable=True, comment="what it was brought in with; null: signed online"),
        sa.Column("line", sa.Integer(), nullable=True, comment="of the sheet or file; null once it was taken back"),
        sa.Column("place_id", _ID, nullable=True, comment="where its postcode lies; null: not looked up, 0: nobody knows"),
        sa.Column("counted_place_id", _ID, nullable=True),
        sa.CheckConstraint(
            "counted_as IN ('none', 'pending', 'verified', 'invalidated', 'withdrawn')", name=op.f("ck_signatures_counted_as")
        ),
        sa.CheckConstraint("state IN ('pending', 'verified', 'invalidated', 'withdrawn')", name=op.f("ck_signatures_state")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "text_hash"],
            ["texts.campaign_id", "texts.hash"],
            name=op.f("fk_signatures_campaign_id_text_hash_texts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("campaign_id", "email_key", name=op.f("uq_signatures_campaign_id_email_key")),
        sqlite_autoincrement=True,
    )
    _partial_index("ix_signatures_area", "signatures", ["campaign_id", "area", "id"], "area <> ''")
    _partial_index("ix_signatures_batch_id", "signatures", ["batch_id", "id"], "batch_id IS NOT NULL")
    _partial_index("ix_signatures_brought_by", "signatures", ["campaign_id", "brought_by"], "brought_by <> ''")
    op.create_index("ix_signatures_campaign_id_id", "signatures", ["campaign_id", "id"])
    _partial_index("ix_signatures_comment", "signatures", ["campaign_id", "id"], "comment <> ''")
    _partial_index("ix_signatures_comment_hidden", "signatures", ["campaign_id", "id"], "comment_hidden <> ''")
    _partial_index("ix_signatures_country", "signatures", ["campaign_id", "country", "id"], "country <> 'GB'")
    op.create_index("ix_signatures_domain", "signatures", ["campaign_id", "domain", "id"])
    op.create_index("ix_signatures_name_key", "signatures", ["campaign_id", "name_key"])
    _partial_index("ix_signatures_network", "signatures", ["campaign_id", "network", "id"], "network <> ''")
    op.create_index("ix_signatures_signed_at", "signatures", ["campaign_id", "signed_at", "id"])
    _partial_index("ix_signatures_source", "signatures", ["campaign_id", "source", "id"], "source <> ''")
    op.create_index("ix_signatures_surname_key", "signatures", ["campaign_id", "surname_key"])
    _partial_index("ix_signatures_uncounted", "signatures", ["campaign_id", "id"], _SIGNATURES_UNCOUNTED)
    _partial_index("ix_signatures_unplaced", "signatures", ["place_id", "id"], _SIGNATURES_UNPLACED)
    _partial_index("ix_signatures_unverified", "signatures", ["campaign_id", "state", "id"], "state <> 'verified'")
    _partial_index("uq_signatures_line", "signatures", ["intake_id", "line"], "intake_id IS NOT NULL", unique=True)


def _create_text_versions() -> None:
    op.create_table(
        "text_versions",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False, comment="why it was changed; empty for the first"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "text_hash"],
            ["texts.campaign_id", "texts.hash"],
            name=op.f("fk_text_versions_campaign_id_text_hash_texts"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_text_versions_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "language", "number", name=op.f("pk_text_versions")),
        comment="which text was asked for from when, in each language; append-only",
    )


def _create_translations() -> None:
    op.create_table(
        "translations",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column(
            "text_hash", sa.String(64), nullable=False, comment="the version of the text that is signed in this language now"
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("share_text", sa.String(200), nullable=False),
        sa.Column("picture_alt", sa.String(250), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.Column("summary", sa.String(300), server_default=sa.text("''"), nullable=False),
        sa.Column("thank_you", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "text_hash"],
            ["texts.campaign_id", "texts.hash"],
            name=op.f("fk_translations_campaign_id_text_hash_texts"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_translations_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "language", name=op.f("pk_translations")),
        comment="each campaign in the languages beside its main one",
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _ID, nullable=False),
        sa.Column("signature_id", _ID, nullable=True, comment="null: not to a signatory"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mailbox", sa.String(32), nullable=False, comment="keyed hash of a signatory's canonical address"),
        sa.Column("priority", sa.SmallInteger(), nullable=False, comment="0 goes first"),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False, comment="a claimed row is simply due again when its lease ends"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column(
            "tallied", sa.Boolean(), server_default=sa.false(), nullable=False, comment="whether its result is in the funnel"
        ),
        sa.Column(
            "unknown_at",
            _TIME,
            nullable=True,
            comment="when an attempt ended without the server's last answer; there is one more",
        ),
        sa.Column("campaigner_id", _ID, nullable=True, comment="who it goes to, where to no signatory"),
        sa.Column("campaign_id", _ID, nullable=True, comment="what a mail to a campaigner is about"),
        sa.Column("invitation_id", _ID, nullable=True, comment="whose address it goes to, where to no campaigner"),
        sa.Column("login_link_id", _ID, nullable=True, comment="the link to sign in with that it carries"),
        sa.Column("dedupe_key", sa.String(120), nullable=True, comment="what it is about: the same is said once"),
        sa.Column("facts", sa.JSON(), nullable=True, comment="values for its templates: numbers and times; nothing personal"),
        sa.CheckConstraint("state IN ('owed', 'sent', 'refused', 'dropped', 'unknown')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_outbox_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["campaigner_id"], ["campaigners.id"], name=op.f("fk_outbox_campaigner_id_campaigners")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_outbox_signature_id_signatures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
        comment="the mails that are owed, and what became of them",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_mailbox_created_at", "outbox", ["mailbox", "created_at"])
    _partial_index("ix_outbox_owed", "outbox", ["priority", "due_at"], "state = 'owed'")
    op.create_index("ix_outbox_signature_id", "outbox", ["signature_id"])
    _partial_index(
        "ix_outbox_untallied", "outbox", ["id"], "(NOT tallied AND kind = 'verify' AND state IN ('sent', 'refused'))"
    )
    _partial_index("uq_outbox_owed", "outbox", ["signature_id", "kind"], "state = 'owed'", unique=True)
