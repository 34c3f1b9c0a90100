"""Totals the desk's charts are drawn from, written by the ledger's worker alone, so that no chart ever counts signatures."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, SmallInteger, String, Table, text

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata


def _campaign_id_column() -> "Column[int]":
    return Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)


source_tallies = Table(
    "source_tallies",
    metadata,
    _campaign_id_column(),
    Column("source", String(64), primary_key=True),
    Column("verified", BigId, nullable=False),
    comment="the total by where signatures came from",
)

area_tallies = Table(
    "area_tallies",
    metadata,
    _campaign_id_column(),
    Column("area", String(4), primary_key=True, comment="postcode area"),
    Column("verified", BigId, nullable=False),
    comment="the total by postcode area",
)

cohort_tallies = Table(
    "cohort_tallies",
    metadata,
    _campaign_id_column(),
    Column("hour", UtcDateTime, primary_key=True, comment="in which they were signed"),
    Column("domain", String(255), primary_key=True),
    Column("submitted", BigId, nullable=False),
    Column("sent", BigId, nullable=False, comment="verification mails a server took"),
    Column("refused", BigId, nullable=False, comment="verification mails a server refused for good"),
    Column("unknown", BigId, nullable=False, server_default=text("0"), comment="verification mails no server answered for"),
    Column("reminded", BigId, nullable=False, server_default=text("0"), comment="reminders a server took"),
    Column("delivered", BigId, nullable=False, server_default=text("0"), comment="verification mails a mailbox's server has"),
    Column("bounced", BigId, nullable=False, server_default=text("0"), comment="verification mails that came back"),
    Column("opened", BigId, nullable=False, comment="whose page with the button was seen"),
    Column("verified", BigId, nullable=False, comment="ever, whatever became of them later"),
    comment="what became of the signatures of each hour, by mail domain: the funnel",
)

wait_tallies = Table(
    "wait_tallies",
    metadata,
    _campaign_id_column(),
    Column("hour", UtcDateTime, primary_key=True, comment="in which they were signed"),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False, comment="of time from signing to verifying"),
    Column("verified", BigId, nullable=False),
    comment="how long verifying took, as a histogram",
)

removal_tallies = Table(
    "removal_tallies",
    metadata,
    _campaign_id_column(),
    Column("reason_class", String(16), primary_key=True),
    Column("removed", BigId, nullable=False),
    CheckConstraint("removed >= 0", name="sane"),
    comment="signatures invalidated that had been verified, by kind of reason: what the public page says",
)
