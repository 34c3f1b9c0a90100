"""The public log: one Merkle tree over the ledgers of all campaigns. Written by the ledger worker alone."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata

log_head = Table(
    "log_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", BigId, nullable=False, comment="leaves in the tree"),
    CheckConstraint("id = 1 AND size >= 0", name="sane"),
    comment="one row: locked by whoever appends",
)

log_campaigns = Table(
    "log_campaigns",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("name", String(80), nullable=False, unique=True, comment="its name in the log: its slug at the first entry"),
    Column("sequence", BigId, nullable=False, comment="the last entry of its ledger that is logged"),
    Column("since", UtcDateTime, nullable=False, comment="when its first entry was logged"),
    Column("older_entries", BigId, nullable=False, comment="entries from before it was logged; nobody watched those"),
    comment="how far the ledger of each campaign is logged",
)

log_leaves = Table(
    "log_leaves",
    metadata,
    Column("log_index", BigId, primary_key=True, autoincrement=False),
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), nullable=False),
    Column("sequence", BigId, nullable=False),
    Column("entry", String(400), nullable=False, comment="the public text"),
    Column("salt", LargeBinary, comment="of the commitment; null: a removal, or erased with its signature"),
    UniqueConstraint("campaign_id", "sequence"),
    comment="append-only: the entries of all ledgers in the order they were logged",
)

log_tiles = Table(
    "log_tiles",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("tile_index", BigId, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False, comment="32 octets each; full ones of level 0, and all above"),
    comment="the tiles of the tree",
)

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("size", BigId, nullable=False),
    Column("note", String(1000), nullable=False, comment="as it was signed"),
    Column("verifier_key", String(400), nullable=False, comment="of the key that signed it"),
    Column("created_at", UtcDateTime, nullable=False),
    comment="every checkpoint that was ever signed; append-only",
)

Index("ix_log_checkpoints_size", log_checkpoints.c.size)

log_hours = Table(
    "log_hours",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("hour", UtcDateTime, primary_key=True),
    *(Column(event, Integer, nullable=False) for event in ("verify", "paper", "restore", "withdraw", "invalidate", "undo")),
    Column("total", BigId, nullable=False, comment="at its end"),
    Column("log_size", BigId, nullable=False, comment="of the log, with the last of these entries"),
    comment="logged entries of each campaign by hour and event",
)

log_witnesses = Table(
    "log_witnesses",
    metadata,
    Column("verifier_key", String(400), primary_key=True),
    Column("size", BigId, nullable=False, comment="leaves of the last tree it has cosigned, as far as we know"),
    Column("checkpoint_id", BigId, comment="the last one it has cosigned"),
    Column("since", UtcDateTime, comment="when it cosigned for the first time"),
    Column("heard_at", UtcDateTime, comment="when it cosigned for the last time"),
    Column("next_at", UtcDateTime, nullable=False, comment="it is not asked before"),
    Column("failures", Integer, nullable=False, comment="attempts in a row that brought no cosignature"),
    Column("problem", String(300), nullable=False, comment="why the last attempt brought none; empty where it did"),
    Column("alarmed_at", UtcDateTime, comment="since when it says that the log is not the one it knew; null: it does not"),
    comment="witnesses of the log, and how each answered; those that are no longer in the settings stay",
)

log_cosignatures = Table(
    "log_cosignatures",
    metadata,
    Column("checkpoint_id", BigId, ForeignKey("log_checkpoints.id"), primary_key=True, autoincrement=False),
    Column("verifier_key", String(400), primary_key=True),
    Column("line", String(500), nullable=False, comment="the signature line below the checkpoint, with its end"),
    Column("cosigned_at", UtcDateTime, nullable=False, comment="by the clock of the witness"),
    comment="cosignatures of witnesses over checkpoints",
)
