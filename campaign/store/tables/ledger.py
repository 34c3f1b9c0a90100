"""The ledger, the numbers and milestones read from it, and certificates of final totals. Written by the ledger worker alone."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, text

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

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
    Column("held", BigId, nullable=False, server_default=text("0"), comment="verified, and held uncounted by a flag"),
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

declaration_tallies = Table(
    "declaration_tallies",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("declaration", SmallInteger, primary_key=True, autoincrement=False),
    Column("verified", BigId, nullable=False),
    comment="the total by what was declared of who may sign, written by the ledger alone",
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
