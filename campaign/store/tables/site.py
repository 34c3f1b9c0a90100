"""Switches of the whole site, and alarms."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table, UniqueConstraint

from campaign.domain.site.alarm import AlarmKind
from campaign.store.database.column_types import BigId, EnumText, UtcDateTime
from campaign.store.tables.metadata import metadata

switches = Table(
    "switches",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("message", String(300), nullable=False, comment="what the public reads while it is on"),
    Column("changed_by", BigId, ForeignKey("campaigners.id"), comment="null: the command line"),
    Column("created_at", UtcDateTime, nullable=False, comment="when it was last thrown"),
    Column("revision", BigId, nullable=False, comment="of all switches together; grows with every throw of any"),
    comment="what the operator has thrown; one that is not here was never on",
)

write_probes = Table(
    "write_probes",
    metadata,
    Column("name", String(16), primary_key=True, comment="what asked: the health check or the doctor"),
    Column("written_at", UtcDateTime, nullable=False),
    comment="written by health checks to prove that it can be; holds nothing",
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", EnumText(AlarmKind, 16), nullable=False),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), comment="null: of the whole site"),
    Column("dedupe_key", String(60), nullable=False, comment="kind, campaign and day: one mail for each"),
    Column("facts", JSON, nullable=False, comment="numbers of its sentence; nothing personal"),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, comment="when it was last found to be so"),
    Column("over_at", UtcDateTime, comment="when it was found to be over"),
    Column("mailed_at", UtcDateTime, comment="when the mails about it were promised"),
    Column("dismissed_at", UtcDateTime, comment="when somebody put it aside"),
    Column("dismissed_by", BigId, ForeignKey("campaigners.id")),
    UniqueConstraint("dedupe_key"),
    Index("ix_alarms_seen_at", "seen_at"),
    comment="what a team or the operator is warned of, by mail and at the desk; kept 30 days",
    sqlite_autoincrement=True,
)
