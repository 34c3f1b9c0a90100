"""Signatures, which alone tell of signatories, and the filters campaigners have saved to find them by."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import BigId, EnumText, UtcDateTime
from campaign.store.tables.metadata import metadata

_STATES = ", ".join(f"'{state}'" for state in SignatureState)

_SEARCH_KEY = String(120).with_variant(String(120, collation="C"), "postgresql")
"""Compared octet by octet, so that an index finds what begins with something."""
IS_HELD_SQL = "held_flag_id IS NOT NULL"
"""Signatures that a flag holds, in the words of their partial index."""
_HELD_SQL = f"state = 'verified' AND {IS_HELD_SQL}"
COUNTS_AS_SQL = f"CASE WHEN {_HELD_SQL} THEN 'pending' ELSE state END"
"""The state a signature is to be counted in: one that is held is counted as pending, and as held beside it."""
COUNTS_AS_HELD_SQL = f"CASE WHEN {_HELD_SQL} THEN 1 ELSE 0 END"
UNCOUNTED_SQL = (
    f"(counted_as <> {COUNTS_AS_SQL} OR counted_held <> {COUNTS_AS_HELD_SQL} "
    "OR counted_link_opened <> link_opened OR (counted_as = 'verified' "
    "AND (counted_country <> country OR counted_source <> source OR counted_area <> area "
    "OR counted_kind <> kind OR counted_declaration <> declaration "
    "OR coalesce(counted_place_id, -1) <> coalesce(place_id, -1))))"
)
"""What the ledger still has to count. The partial index is found only by exactly these words."""

WITHDRAWN_KEPT_SQL = "(state = 'withdrawn' AND counted_as = 'withdrawn' AND erased_at IS NULL)"
"""Withdrawn signatures whose details are still kept, in the words of their partial index."""
ERASURE_REQUESTED_SQL = "(erasure_requested_at IS NOT NULL AND erased_at IS NULL)"
"""Signatures whose owners wait to have them erased, in the words of their partial index."""

signatures = Table(
    "signatures",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, nullable=False),
    Column("text_hash", String(64), nullable=False, comment="the text as it was signed"),
    Column("state", EnumText(SignatureState, 12), nullable=False),
    Column("counted_as", String(12), nullable=False, comment="the state the ledger has counted it in; 'none' at first"),
    Column("counted_country", String(2), nullable=False, comment="the country the ledger has counted it under"),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False, comment="as typed: what mail is sent to"),
    Column("email_key", String(320), nullable=False, comment="canonical: for comparing only"),
    Column(
        "mailbox_hash", String(32), nullable=False, comment="keyed hash of the canonical address: what mails are counted under"
    ),
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
    Column(
        "details_edition", Integer, nullable=False, server_default=text("1"), comment="which edition the details here are of"
    ),
    Column("browser_hash", String(64), nullable=False, comment="hash of the cookie of the browser that signed"),
    Column("link_key", String(16), nullable=False, comment="random; a link fits one row, also after a restored backup"),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("verified_at", UtcDateTime),
    Column("ended_at", UtcDateTime, comment="when it was withdrawn or invalidated"),
    Column("ended_reason", String(200), nullable=False),
    Column("language", String(8), nullable=False, server_default=text("'en'"), comment="what its signatory reads"),
    Column(
        "referral_code", String(22), nullable=False, server_default=text("''"), comment="code of the personal link it came by"
    ),
    Column("ordinal", BigId, comment="the running total that counting it made: the 12,346th"),
    Column("name_key", _SEARCH_KEY, nullable=False, server_default=text("''"), comment="folded: for searching only"),
    Column("surname_key", _SEARCH_KEY, nullable=False, server_default=text("''"), comment="its last word"),
    Column("domain", String(255), nullable=False, server_default=text("''"), comment="of the canonical address"),
    Column("area", String(4), nullable=False, server_default=text("''"), comment="postcode area, like SW"),
    Column("network", String(43), nullable=False, server_default=text("''"), comment="/24 or /48 it came from; kept 30 days"),
    Column("first_signed_at", UtcDateTime, comment="before a withdrawal, where they signed again; null: as signed_at"),
    Column(
        "link_opened",
        SmallInteger,
        nullable=False,
        server_default=text("0"),
        comment="1 once its page with the button was seen",
    ),
    Column("counted_link_opened", SmallInteger, nullable=False, server_default=text("0")),
    Column("counted_source", String(64), nullable=False, server_default=text("''")),
    Column("counted_area", String(4), nullable=False, server_default=text("''")),
    Column("batch_id", BigId, comment="the batch that invalidated it"),
    Column("ended_class", String(16), nullable=False, server_default=text("''"), comment="what kind of reason, for the public"),
    Column("comment_hidden", String(200), nullable=False, server_default=text("''"), comment="why its comment is hidden"),
    Column(
        "comment_public",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="whether its owner lets the comment be shown with the name",
    ),
    Column("comment_published_at", UtcDateTime, comment="when a campaigner put the comment, as it is, on the campaign's page"),
    Column("erased_at", UtcDateTime, comment="when all that is personal in it was erased; it is never restored"),
    Column(
        "erasure_requested_at",
        UtcDateTime,
        comment="when its owner asked to have it erased once the total is final",
    ),
    Column("kind", String(8), nullable=False, server_default=text("'online'"), comment="how it was given: online, or on paper"),
    Column("counted_kind", String(8), nullable=False, server_default=text("'online'")),
    Column("intake_id", BigId, comment="what it was brought in with; null: signed online"),
    Column("line", Integer, comment="of the sheet or file; null once it was taken back"),
    Column("place_id", BigId, comment="where its postcode lies; null: not looked up, 0: nobody knows"),
    Column("counted_place_id", BigId),
    Column(
        "declaration",
        SmallInteger,
        nullable=False,
        server_default=text("0"),
        comment="number of the statement that was ticked; below zero: shown and not ticked; 0: none was shown",
    ),
    Column("counted_declaration", SmallInteger, nullable=False, server_default=text("0")),
    Column("held_flag_id", BigId, comment="the flag that keeps it from being counted"),
    Column("held_at", UtcDateTime, comment="since when"),
    Column("counted_held", SmallInteger, nullable=False, server_default=text("0"), comment="1 while counted as held"),
    Column("signed_name", String(120), comment="the name as it was signed, where it was corrected since"),
    Column("name_corrected_at", UtcDateTime, comment="when, the last time"),
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
    "ix_signatures_referral_code",
    signatures.c.campaign_id,
    signatures.c.referral_code,
    postgresql_where=text("referral_code <> ''"),
    sqlite_where=text("referral_code <> ''"),
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
    ("comment_published", ("campaign_id", "comment_published_at"), "comment_published_at IS NOT NULL"),
    # Nearly all are from one country, and those are found without an index.
    ("country", ("campaign_id", "country", "id"), "country <> 'GB'"),
    ("unverified", ("campaign_id", "state", "id"), "state <> 'verified'"),
    ("batch_id", ("batch_id", "id"), "batch_id IS NOT NULL"),
    # What is to be erased by and by, across all campaigns.
    ("withdrawn_kept", ("ended_at", "id"), WITHDRAWN_KEPT_SQL),
    ("erasure_requested", ("id",), ERASURE_REQUESTED_SQL),
    ("held", ("campaign_id", "held_flag_id", "id"), IS_HELD_SQL),
):
    Index(
        f"ix_signatures_{_name}", *(signatures.c[column] for column in _columns), postgresql_where=text(_where),
        sqlite_where=text(_where),
    )  # fmt: skip

corrections = Table(
    "corrections",
    metadata,
    Column("signature_id", BigId, ForeignKey("signatures.id", ondelete="CASCADE"), primary_key=True),
    Column("edition", Integer, primary_key=True, comment="the one its verification mail speaks of"),
    Column("text_hash", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False, comment="as typed this time: the same mailbox"),
    Column("country", String(2), nullable=False),
    Column("postcode", String(12), nullable=False),
    Column("comment", String(500), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("updates", Boolean, nullable=False),
    Column("updates_wording", String(40), nullable=False),
    Column("updates_at", UtcDateTime),
    Column("source", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("referral_code", String(22), nullable=False),
    Column("browser_hash", String(64), nullable=False),
    Column("network", String(43), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("declaration", SmallInteger, nullable=False, server_default=text("0")),
    comment="other details given for a pending signature: each is what one mail speaks of, until one of them is verified",
)

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
