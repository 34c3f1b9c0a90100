"""The first schema: campaigns and their texts, signatures, outbox, ledger and what is read from it."""

import sqlalchemy as sa
from alembic import op

from campaign.store.database.column_types import BigId, UtcDateTime

revision = "0001"
down_revision = None

# Nobody changes history by mistake, not even with a database console.
_UNCOUNTED = "(counted_as <> state OR (counted_as = 'verified' AND counted_country <> country))"
_IMMUTABLE = ("ledger", "texts", "certificates")


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "campaigns",
        sa.Column("id", BigId, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False, comment="the version of the text that is signed now"),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("verify_until", UtcDateTime(), nullable=False, comment="the end of the grace"),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("taken_down_at", UtcDateTime(), nullable=True),
        sa.Column("finalised_at", UtcDateTime(), nullable=True),
        sa.Column(
            "forgotten_at",
            UtcDateTime(),
            nullable=True,
            comment="when the last signature that was never verified was deleted",
        ),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("opens_at <= closes_at AND closes_at <= verify_until", name=op.f("ck_campaigns_window")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaigns_slug")),
    )
    op.create_table(
        "certificates",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("total", BigId, nullable=False),
        sa.Column("sequence", BigId, nullable=False, comment="the entry of the ledger the total was read from"),
        sa.Column("certified_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_certificates_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_certificates")),
        comment="the final total of each campaign whose grace is over",
    )
    op.create_table(
        "ledger",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("sequence", BigId, autoincrement=False, nullable=False),
        sa.Column("signature_id", BigId, nullable=False),
        sa.Column("event", sa.String(length=12), nullable=False),
        sa.Column("change", sa.SmallInteger(), nullable=False),
        sa.Column("total", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("change IN (1, -1)", name=op.f("ck_ledger_change")),
        sa.CheckConstraint("total >= 0 AND sequence >= 1", name=op.f("ck_ledger_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_ledger_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "sequence", name=op.f("pk_ledger")),
        comment="append-only; the count is its running total",
    )
    op.create_table(
        "country_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("verified", BigId, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_country_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "country", name=op.f("pk_country_tallies")),
        comment="the total by country, written by the ledger alone",
    )
    op.create_table(
        "milestones",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("goal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", BigId, nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_milestones_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "goal", name=op.f("pk_milestones")),
        comment="set once, by the entry of the ledger that reached the goal",
    )
    op.create_table(
        "tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("sequence", BigId, nullable=False, comment="the last entry of the ledger"),
        sa.Column("verified", BigId, nullable=False),
        sa.Column("pending", BigId, nullable=False),
        sa.Column("revision", BigId, nullable=False, comment="grows with every change of this row"),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.CheckConstraint("verified >= 0 AND pending >= 0 AND sequence >= verified", name=op.f("ck_tallies_sane")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_tallies")),
        comment="the numbers of each campaign, written by the ledger alone",
    )
    op.create_table(
        "texts",
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_texts_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hash", name=op.f("pk_texts")),
        comment="versions of what people sign; rows are never changed",
    )
    op.create_table(
        "signatures",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False, comment="the text as it was signed"),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column(
            "counted_as",
            sa.String(length=12),
            nullable=False,
            comment="the state the ledger has counted it in; 'none' at first",
        ),
        sa.Column(
            "counted_country",
            sa.String(length=2),
            nullable=False,
            comment="the country the ledger has counted it under",
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="as typed: what mail is sent to"),
        sa.Column("email_key", sa.String(length=320), nullable=False, comment="canonical: for comparing only"),
        sa.Column(
            "mailbox",
            sa.String(length=32),
            nullable=False,
            comment="keyed hash of the canonical address: what mails are counted under",
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("updates_wording", sa.String(length=40), nullable=False),
        sa.Column("updates_at", UtcDateTime(), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column(
            "edition",
            sa.Integer(),
            nullable=False,
            comment="grows when the details change; links say which one they mean",
        ),
        sa.Column("edition_floor", sa.Integer(), nullable=False, comment="links below it are from before a withdrawal"),
        sa.Column("browser", sa.String(length=64), nullable=False, comment="hash of the cookie of the browser that signed"),
        sa.Column(
            "link_key",
            sa.String(length=16),
            nullable=False,
            comment="random; a link fits one row, also after a restored backup",
        ),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="when it was withdrawn or invalidated"),
        sa.Column("ended_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "counted_as IN ('none', 'pending', 'verified', 'invalidated', 'withdrawn')",
            name=op.f("ck_signatures_counted_as"),
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
    op.create_index(
        "ix_signatures_uncounted",
        "signatures",
        ["campaign_id", "id"],
        unique=False,
        postgresql_where=sa.text(_UNCOUNTED),
        sqlite_where=sa.text(_UNCOUNTED),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("signature_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mailbox", sa.String(length=32), nullable=False, comment="keyed hash of the canonical address"),
        sa.Column("priority", sa.SmallInteger(), nullable=False, comment="0 goes first"),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False, comment="a claimed row is simply due again when its lease ends"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("state IN ('owed', 'sent', 'refused', 'dropped')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_outbox_signature_id_signatures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_mailbox_created_at", "outbox", ["mailbox", "created_at"], unique=False)
    op.create_index(
        "ix_outbox_owed",
        "outbox",
        ["priority", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'owed'"),
        sqlite_where=sa.text("state = 'owed'"),
    )
    op.create_index("ix_outbox_signature_id", "outbox", ["signature_id"], unique=False)
    op.create_index(
        "uq_outbox_owed",
        "outbox",
        ["signature_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'owed'"),
        sqlite_where=sa.text("state = 'owed'"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
        )
        for table in _IMMUTABLE:
            op.execute(
                f"CREATE TRIGGER {table}_is_immutable BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    else:
        for table in _IMMUTABLE:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_is_immutable_on_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
                )
