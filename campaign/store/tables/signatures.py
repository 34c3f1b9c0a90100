"""Campaigns, signatures and what counts them. Of signatories `signatures` alone tells; the outbox has a keyed hash of each."""

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
)

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

_STATES = ", ".join(f"'{state}'" for state in SignatureState)

_SEARCH_KEY = String(120).with_variant(String(120, collation="C"), "postgresql")
"""Compared octet by octet, so that an index finds what begins with something."""
UNCOUNTED_SQL = (
    "(counted_as <> state OR counted_opened <> opened OR (counted_as = 'verified' "
    "AND (counted_country <> country OR counted_source <> source OR counted_area <> area "
    "OR counted_kind <> kind OR coalesce(counted_place_id, -1) <> coalesce(place_id, -1))))"
)
"""What the ledger still has to count. The partial index is found only by exactly these words."""

UNTALLIED_SQL = "(NOT tallied AND kind = 'verify' AND state IN ('sent', 'refused'))"
"""Mails whose result the funnel still has to take in, in the words of their partial index."""

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("slug", String(80), nullable=False),
    Column("text_hash", String(64), nullable=False, comment="the version of the text that is signed now"),
    Column("opens_at", UtcDateTime, nullable=False),
    Column("closes_at", UtcDateTime, nullable=False),
    Column("verify_until", UtcDateTime, nullable=False, comment="the end of the grace"),
    Column("time_zone", String(64), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("taken_down_at", UtcDateTime),
    Column("finalised_at", UtcDateTime),
    Column("forgotten_at", UtcDateTime, comment="when the last signature that was never verified was deleted"),
    Column("goals", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("contact", String(254), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("language", String(8), nullable=False, server_default=text("'en'"), comment="the main one"),
    Column("share_text", String(200), nullable=False, server_default=text("''")),
    Column("picture_alt", String(250), nullable=False, server_default=text("''")),
    Column("privacy", Text, nullable=False, server_default=text("''")),
    Column("accent", String(7), nullable=False, server_default=text("''"), comment="#rrggbb; empty for the colour of the site"),
    Column("supporters", String(12), nullable=False, server_default=text("'first-name'")),
    Column(
        "controller", Text, nullable=False, server_default=text("''"), comment="who is responsible for the signatures in law"
    ),
    Column("published_at", UtcDateTime, comment="null while it is a draft"),
    Column("preview_key", String(22), nullable=False, server_default=text("''"), comment="opens the preview of a draft"),
    Column("summary", String(300), nullable=False, server_default=text("''")),
    Column("thank_you", Text, nullable=False, server_default=text("''"), comment="Markdown, on the page after verifying"),
    Column("recipient_kind", String(12), nullable=False, server_default=text("'other'")),
    Column("paused_message", String(300), nullable=False, server_default=text("''")),
    Column("second_factor", Boolean, nullable=False, server_default=false(), comment="whether its team must have one"),
    Column("searched", Text, nullable=False, server_default=text("''"), comment="title and text, folded for searching"),
    UniqueConstraint("slug"),
    CheckConstraint("opens_at <= closes_at AND closes_at <= verify_until", name="window"),
)

texts = Table(
    "texts",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("title", String(150), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("ask", Text, nullable=False),
    Column("background", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("slug", String(80), nullable=False, server_default=text("''"), comment="as it was then: it is part of the hash"),
    comment="versions of what people sign; rows are never changed",
)

translations = Table(
    "translations",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("language", String(8), primary_key=True),
    Column("text_hash", String(64), nullable=False, comment="the version of the text that is signed in this language now"),
    Column("note", Text, nullable=False),
    Column("share_text", String(200), nullable=False),
    Column("picture_alt", String(250), nullable=False),
    Column("privacy", Text, nullable=False),
    Column("summary", String(300), nullable=False, server_default=text("''")),
    Column("thank_you", Text, nullable=False, server_default=text("''")),
    ForeignKeyConstraint(["campaign_id", "text_hash"], ["texts.campaign_id", "texts.hash"]),
    comment="each campaign in the languages beside its main one",
)

pictures = Table(
    "pictures",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("width", Integer, primary_key=True, autoincrement=False),
    Column("height", Integer, nullable=False),
    Column("hash", String(16), nullable=False, comment="of the picture these are copies of"),
    Column("body", LargeBinary, nullable=False, comment="WebP"),
    comment="the picture of each campaign, re-encoded by us, without metadata",
)

signatures = Table(
    "signatures",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, nullable=False),
    Column("text_hash", String(64), nullable=False, comment="the text as it was signed"),
    Column("state", String(12), nullable=False),
    Column("counted_as", String(12), nullable=False, comment="the state the ledger has counted it in; 'none' at first"),
    Column("counted_country", String(2), nullable=False, comment="the country the ledger has counted it under"),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False, comment="as typed: what mail is sent to"),
    Column("email_key", String(320), nullable=False, comment="canonical: for comparing only"),
    Column("mailbox", String(32), nullable=False, comment="keyed hash of the canonical address: what mails are counted under"),
    Column("country", String(2), nullable=False),
    Column("postcode", String(12), nullable=False),
    Column("comment", String(500), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("updates", Boolean, nullable=False),
    Column("updates_wording", String(40), nullable=False),
    Column("updates_at", UtcDateTime),
    Column("source", String(64), nullable=False),
    Column("edition", Integer, nullable=False, comment="grows when the details change; links say which one they mean"),
    Column("edition_floor", Integer, nullable=False, comment="links below it are from before a withdrawal"),
    Column("browser", String(64), nullable=False, comment="hash of the cookie of the browser that signed"),
    Column("link_key", String(16), nullable=False, comment="random; a link fits one row, also after a restored backup"),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("verified_at", UtcDateTime),
    Column("ended_at", UtcDateTime, comment="when it was withdrawn or invalidated"),
    Column("ended_reason", String(200), nullable=False),
    Column("language", String(8), nullable=False, server_default=text("'en'"), comment="what its signatory reads"),
    Column("brought_by", String(22), nullable=False, server_default=text("''"), comment="code of the personal link it came by"),
    Column("ordinal", BigId, comment="the running total that counting it made: the 12,346th"),
    Column("name_key", _SEARCH_KEY, nullable=False, server_default=text("''"), comment="folded: for searching only"),
    Column("surname_key", _SEARCH_KEY, nullable=False, server_default=text("''"), comment="its last word"),
    Column("domain", String(255), nullable=False, server_default=text("''"), comment="of the canonical address"),
    Column("area", String(4), nullable=False, server_default=text("''"), comment="postcode area, like SW"),
    Column("network", String(43), nullable=False, server_default=text("''"), comment="/24 or /48 it came from; kept 30 days"),
    Column("first_signed_at", UtcDateTime, comment="before a withdrawal, where they signed again; null: as signed_at"),
    Column(
        "opened", SmallInteger, nullable=False, server_default=text("0"), comment="1 once its page with the button was seen"
    ),
    Column("counted_opened", SmallInteger, nullable=False, server_default=text("0")),
    Column("counted_source", String(64), nullable=False, server_default=text("''")),
    Column("counted_area", String(4), nullable=False, server_default=text("''")),
    Column("batch_id", BigId, comment="the batch that invalidated it"),
    Column("ended_class", String(16), nullable=False, server_default=text("''"), comment="what kind of reason, for the public"),
    Column("comment_hidden", String(200), nullable=False, server_default=text("''"), comment="why its comment is hidden"),
    Column("erased_at", UtcDateTime, comment="when all that is personal in it was erased; it is never restored"),
    Column("kind", String(8), nullable=False, server_default=text("'online'"), comment="how it was given: online, or on paper"),
    Column("counted_kind", String(8), nullable=False, server_default=text("'online'")),
    Column("intake_id", BigId, comment="what it was brought in with; null: signed online"),
    Column("line", Integer, comment="of the sheet or file; null once it was taken back"),
    Column("place_id", BigId, comment="where its postcode lies; null: not looked up, 0: nobody knows"),
    Column("counted_place_id", BigId),
    # The text belongs to the campaign, so one check of one row proves both.
    ForeignKeyConstraint(["campaign_id", "text_hash"], ["texts.campaign_id", "texts.hash"]),
    UniqueConstraint("campaign_id", "email_key"),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
    CheckConstraint(f"counted_as IN ('none', {_STATES})", name="counted_as"),
    # An id is never given twice, not even after its row is gone: links are for ever.
    sqlite_autoincrement=True,
)
# The ledger's work list: empty but for what moved in the last second.
Index(
    "ix_signatures_uncounted",
    signatures.c.campaign_id,
    signatures.c.id,
    postgresql_where=text(UNCOUNTED_SQL),
    sqlite_where=text(UNCOUNTED_SQL),
)

Index(
    "ix_signatures_brought_by",
    signatures.c.campaign_id,
    signatures.c.brought_by,
    postgresql_where=text("brought_by <> ''"),
    sqlite_where=text("brought_by <> ''"),
)

# What the desk finds signatures by. Each ends with the id, so that a page of what was found is read in order.
Index("ix_signatures_campaign_id_id", signatures.c.campaign_id, signatures.c.id)
Index("ix_signatures_name_key", signatures.c.campaign_id, signatures.c.name_key)
Index("ix_signatures_surname_key", signatures.c.campaign_id, signatures.c.surname_key)
Index("ix_signatures_domain", signatures.c.campaign_id, signatures.c.domain, signatures.c.id)
Index("ix_signatures_signed_at", signatures.c.campaign_id, signatures.c.signed_at, signatures.c.id)
for _name, _columns, _where in (
    ("area", ("campaign_id", "area", "id"), "area <> ''"),
    ("network", ("campaign_id", "network", "id"), "network <> ''"),
    ("source", ("campaign_id", "source", "id"), "source <> ''"),
    ("comment", ("campaign_id", "id"), "comment <> ''"),
    ("comment_hidden", ("campaign_id", "id"), "comment_hidden <> ''"),
    # Nearly all are from one country, and those are found without an index.
    ("country", ("campaign_id", "country", "id"), "country <> 'GB'"),
    ("unverified", ("campaign_id", "state", "id"), "state <> 'verified'"),
    ("batch_id", ("batch_id", "id"), "batch_id IS NOT NULL"),
):
    Index(
        f"ix_signatures_{_name}", *(signatures.c[column] for column in _columns), postgresql_where=text(_where),
        sqlite_where=text(_where),
    )  # fmt: skip

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("signature_id", BigId, ForeignKey("signatures.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
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

tallies = Table(
    "tallies",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("sequence", BigId, nullable=False, comment="the last entry of the ledger"),
    Column("verified", BigId, nullable=False),
    Column("pending", BigId, nullable=False),
    Column("revision", BigId, nullable=False, comment="grows with every change of this row"),
    Column("as_of", UtcDateTime, nullable=False),
    Column("paper", BigId, nullable=False, server_default=text("0"), comment="of the verified ones, those on paper"),
    CheckConstraint("verified >= 0 AND pending >= 0 AND sequence >= verified", name="sane"),
    comment="the numbers of each campaign, written by the ledger alone",
)

ledger = Table(
    "ledger",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("sequence", BigId, primary_key=True, autoincrement=False),
    # No foreign key: entries outlive the erasure of a signature.
    Column("signature_id", BigId, nullable=False),
    Column("event", String(12), nullable=False),
    Column("change", SmallInteger, nullable=False),
    Column("total", BigId, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("change IN (1, -1)", name="change"),
    CheckConstraint("total >= 0 AND sequence >= 1", name="sane"),
    comment="append-only; the count is its running total",
)

Index("ix_ledger_signature_id", ledger.c.campaign_id, ledger.c.signature_id)

country_tallies = Table(
    "country_tallies",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("country", String(2), primary_key=True),
    Column("verified", BigId, nullable=False),
    comment="the total by country, written by the ledger alone",
)

hourly_tallies = Table(
    "hourly_tallies",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("hour", UtcDateTime, primary_key=True),
    Column("added", BigId, nullable=False, comment="entries of +1"),
    Column("ended", BigId, nullable=False, comment="entries of -1"),
    comment="what the ledger counted in each hour",
)

milestones = Table(
    "milestones",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("goal", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigId, nullable=False),
    Column("reached_at", UtcDateTime, nullable=False),
    comment="set once, by the entry of the ledger that reached the goal",
)

certificates = Table(
    "certificates",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("total", BigId, nullable=False),
    Column("sequence", BigId, nullable=False, comment="the entry of the ledger the total was read from"),
    Column("certified_at", UtcDateTime, nullable=False),
    Column("paper", BigId, nullable=False, server_default=text("0"), comment="of the total, those on paper"),
    comment="the final total of each campaign whose grace is over",
)
