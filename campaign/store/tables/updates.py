"""Updates: posts of campaigns, and how far the mailing of each is."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from campaign.domain.updates.update import MailingState, UpdateKind, UpdateResult, UpdateState
from campaign.store.database.column_types import BigId, EnumText, UtcDateTime
from campaign.store.database.picture_types import IllustrationJson
from campaign.store.tables.metadata import metadata

UPDATES_DUE_SQL = "(state = 'scheduled' OR mailing IN ('running', 'stopping'))"
"""Updates a worker has something to do for, in the words of their partial index."""

updates = Table(
    "updates",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("number", Integer, comment="from 1 in each campaign, in the order of publication; null before it"),
    Column("kind", EnumText(UpdateKind, 12), nullable=False),
    Column("state", EnumText(UpdateState, 12), nullable=False),
    Column("title", String(150), nullable=False),
    Column("body", Text, nullable=False, comment="Markdown"),
    Column("happened_on", Date, comment="the day it was handed in, answered or over"),
    Column("recipient", String(200), nullable=False, comment="who it was handed to, or who answered"),
    Column("answer", Text, nullable=False, comment="the recipient's answer in full; Markdown"),
    Column("result", EnumText(UpdateResult, 8), nullable=False, comment="how the campaign ended"),
    Column("picture", IllustrationJson, comment="its picture, with what it shows"),
    Column("wants_mail", Boolean, nullable=False, comment="whether it is mailed to those who asked for updates"),
    Column("author_id", BigId, ForeignKey("campaigners.id"), comment="null: the command line"),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("publish_at", UtcDateTime, comment="when it is to be published"),
    Column("published_at", UtcDateTime),
    Column("mailing", EnumText(MailingState, 10), nullable=False),
    Column("last_signature_id", BigId, nullable=False, comment="the last signature looked at for its mailing"),
    Column("enqueued", Integer, nullable=False, comment="mails promised"),
    Column("unsubscribed", Integer, nullable=False, comment="consents that ended by a link of its mails"),
    UniqueConstraint("campaign_id", "number"),
    CheckConstraint("state IN ('draft', 'scheduled', 'published')", name="state"),
    comment="news of campaigns and steps of their outcomes: posts, and how far the mailing of each is",
    sqlite_autoincrement=True,
)
Index("ix_updates_due", updates.c.id, postgresql_where=text(UPDATES_DUE_SQL), sqlite_where=text(UPDATES_DUE_SQL))
