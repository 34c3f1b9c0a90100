"""Handing a campaign in: what campaigners decided for a recipient, and random samples drawn for one."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

submissions = Table(
    "submissions",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("profile", String(40), primary_key=True, comment="the name of its folder in templates/submission"),
    Column("options", JSON, nullable=False, comment="by the names the profile gives them: nothing of signatories"),
    Column(
        "revision", Integer, nullable=False, comment="grows with every change, so that two editors never overwrite each other"
    ),
    Column("changed_at", UtcDateTime, nullable=False),
    comment="how each campaign is handed in to each recipient it considers",
)

samples = Table(
    "samples",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("seed", String(200), nullable=False, comment="words the recipient chose; they name nobody"),
    Column("size", Integer, nullable=False, comment="how many were asked for"),
    Column("drawn", Integer, nullable=False),
    Column("population", BigId, nullable=False, comment="counted signatures it was drawn from"),
    Column("sequence", BigId, nullable=False, comment="the last entry of the ledger that was looked at"),
    Column("valid", Integer, comment="null until the results are noted"),
    Column("invalid", Integer),
    Column("unreachable", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    Column("noted_at", UtcDateTime),
    comment="random samples drawn for recipients, and what checking them has found",
    sqlite_autoincrement=True,
)
Index("ix_samples_campaign_id", samples.c.campaign_id, samples.c.id)
