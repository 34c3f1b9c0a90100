"""Switches of the whole site."""

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

from campaign.store.database.column_types import BigId, UtcDateTime
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
