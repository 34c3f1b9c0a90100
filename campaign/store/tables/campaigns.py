"""Campaigns, their texts in each language and every version of them, pictures, former addresses, announcements."""

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

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.database.picture_types import GalleryJson, PictureJson
from campaign.store.tables.metadata import metadata

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
    Column("form_fields", JSON, nullable=False),
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
    Column("organiser", String(120), nullable=False, server_default=text("''"), comment="name of who is behind it"),
    Column("organiser_url", String(500), nullable=False, server_default=text("''")),
    Column("organiser_about", String(300), nullable=False, server_default=text("''"), comment="who that is, in a sentence"),
    Column("picture", PictureJson, comment="hash and sizes of its copies in images"),
    Column("organiser_picture", PictureJson, comment="hash and sizes of its copies in images"),
    Column("gallery", GalleryJson, comment="its further pictures, with what they show and a link"),
    Column("goal_notes", Text, nullable=False, server_default=text("''"), comment="what happens at each goal, a line for each"),
    Column("next_step", String(8), nullable=False, server_default=text("'share'"), comment="asked of who has just signed"),
    Column("next_step_url", String(500), nullable=False, server_default=text("''")),
    Column("next_step_label", String(60), nullable=False, server_default=text("''")),
    Column("next_step_text", String(300), nullable=False, server_default=text("''")),
    Column(
        "eligibility",
        String(12),
        nullable=False,
        server_default=text("'everybody'"),
        comment="what kind of statement says who may sign",
    ),
    Column("eligibility_rule", String(12), nullable=False, server_default=text("'optional'")),
    Column("statement", String(200), nullable=False, server_default=text("''"), comment="who may sign, in words"),
    Column(
        "statement_number",
        SmallInteger,
        nullable=False,
        server_default=text("0"),
        comment="of the words in `statements`; 0: nobody is asked",
    ),
    Column("published_at", UtcDateTime, comment="null while it is a draft"),
    Column("preview_key", String(22), nullable=False, server_default=text("''"), comment="opens the preview of a draft"),
    Column("summary", String(300), nullable=False, server_default=text("''")),
    Column("thank_you", Text, nullable=False, server_default=text("''"), comment="Markdown, on the page after verifying"),
    Column("recipient_kind", String(12), nullable=False, server_default=text("'other'")),
    Column("paused_message", String(300), nullable=False, server_default=text("''")),
    Column(
        "holds_bursts",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="whether signatures of a burst wait uncounted until its flag is judged",
    ),
    Column("second_factor", Boolean, nullable=False, server_default=false(), comment="whether its team must have one"),
    Column("reminders", Boolean, nullable=False, server_default=true(), comment="whether who has not confirmed is reminded"),
    Column("search_text", Text, nullable=False, server_default=text("''"), comment="title and text, folded for searching"),
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
    Column("organiser_about", String(300), nullable=False, server_default=text("''")),
    Column("goal_notes", Text, nullable=False, server_default=text("''")),
    Column("next_step_label", String(60), nullable=False, server_default=text("''")),
    Column("next_step_text", String(300), nullable=False, server_default=text("''")),
    Column("statement", String(200), nullable=False, server_default=text("''")),
    Column("statement_number", SmallInteger, nullable=False, server_default=text("0")),
    ForeignKeyConstraint(["campaign_id", "text_hash"], ["texts.campaign_id", "texts.hash"]),
    comment="each campaign in the languages beside its main one",
)

statements = Table(
    "statements",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("language", String(8), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("words", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    comment="wordings of who may sign that signatories were shown; rows are never changed",
)

text_versions = Table(
    "text_versions",
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

images = Table(
    "images",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("hash", String(16), primary_key=True, comment="of the picture these are copies of, and its place"),
    Column("width", Integer, primary_key=True, autoincrement=False),
    Column("format", String(4), primary_key=True, comment="webp or jpg"),
    Column("update_id", BigId, ForeignKey("updates.id"), comment="the update it belongs to; null: to the campaign itself"),
    Column("body", LargeBinary, nullable=False),
    comment="pictures, re-encoded by us in a few widths, without metadata",
)
Index("ix_images_update_id", images.c.update_id)

former_slugs = Table(
    "former_slugs",
    metadata,
    Column("slug", String(80), primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    comment="addresses campaigns once had; they lead to the one they have now",
)
Index("ix_former_slugs_campaign_id", former_slugs.c.campaign_id)

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

grace_decisions = Table(
    "grace_decisions",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("closes_at", UtcDateTime, primary_key=True, comment="the deadline it is about"),
    Column("provider", String(40), nullable=False, comment="whose mailboxes no mail reached; empty: all, or none"),
    Column("began_at", UtcDateTime, comment="of the outage; null: there was none"),
    Column("ended_at", UtcDateTime),
    Column("added_seconds", Integer, nullable=False, comment="what the grace has grown by"),
    Column("decided_at", UtcDateTime, nullable=False),
    comment="whether a grace has grown by an outage of mail: decided once for each deadline",
)
