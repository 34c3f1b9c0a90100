"""Reading the public log: checkpoints, tiles and entries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from campaign.domain.log.merkle import ReadTile, leaf_hash
from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH, tile_width
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.log.tile_cache import TileCache
from campaign.store.tables import log_campaigns, log_checkpoints, log_leaves, log_tiles


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as it was signed."""

    id: int
    size: int
    note: str
    verifier_key: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry and its place in the log."""

    log_index: int
    entry: str


_LAST_CHECKPOINT = select(*columns_of(StoredCheckpoint, log_checkpoints)).order_by(log_checkpoints.c.id.desc()).limit(1)
_ADD_CHECKPOINT = insert(log_checkpoints)
_TILE = select(log_tiles.c.hashes).where(
    log_tiles.c.level == bindparam("level"), log_tiles.c.tile_index == bindparam("tile_index")
)
_ENTRIES = (
    select(log_leaves.c.entry)
    .where(log_leaves.c.log_index >= bindparam("start"), log_leaves.c.log_index < bindparam("end"))
    .order_by(log_leaves.c.log_index)
)
_LEAF = select(*columns_of(LoggedEntry, log_leaves)).where(
    log_leaves.c.campaign_id == bindparam("campaign_id"), log_leaves.c.sequence == bindparam("sequence")
)
_COVERING = (
    select(*columns_of(StoredCheckpoint, log_checkpoints))
    .where(log_checkpoints.c.size > bindparam("log_index"), log_checkpoints.c.verifier_key == bindparam("verifier_key"))
    .order_by(log_checkpoints.c.size, log_checkpoints.c.id)
    .limit(bindparam("limit"))
)
_CAMPAIGN_NAME = select(log_campaigns.c.name).where(log_campaigns.c.campaign_id == bindparam("campaign_id"))


def campaign_name(connection: Connection, campaign_id: int) -> str | None:
    """The name of a campaign in the log: the slug it had at its first entry. None while nothing of it is logged."""
    return connection.execute(_CAMPAIGN_NAME, {"campaign_id": campaign_id}).scalar_one_or_none()


def last_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """The newest checkpoint; None before the first."""
    found = rows_as(StoredCheckpoint, connection.execute(_LAST_CHECKPOINT))
    return found[0] if found else None


def add_checkpoint(connection: Connection, size: int, note: str, verifier_key: str, now: datetime) -> None:
    """Store a checkpoint that was just signed."""
    connection.execute(_ADD_CHECKPOINT, {"size": size, "note": note, "verifier_key": verifier_key, "created_at": now})


def logged_entry(connection: Connection, campaign_id: int, sequence: int) -> LoggedEntry | None:
    """An entry of a campaign by its sequence; None while it is not logged."""
    found = rows_as(LoggedEntry, connection.execute(_LEAF, {"campaign_id": campaign_id, "sequence": sequence}))
    return found[0] if found else None


def covering_checkpoints(connection: Connection, log_index: int, verifier_key: str, limit: int) -> list[StoredCheckpoint]:
    """The first checkpoints, by one key, of trees that have a leaf; the smallest first."""
    given = {"log_index": log_index, "verifier_key": verifier_key, "limit": limit}
    return rows_as(StoredCheckpoint, connection.execute(_COVERING, given))


def stored_tile(connection: Connection, level: int, index: int) -> bytes | None:
    """The hashes of a tile as far as they are stored; None where it is not."""
    found = connection.execute(_TILE, {"level": level, "tile_index": index}).scalar_one_or_none()
    return None if found is None else bytes(found)


def entries(connection: Connection, start: int, end: int) -> list[bytes]:
    """The entries from one index up to another."""
    return [entry.encode() for entry in connection.execute(_ENTRIES, {"start": start, "end": end}).scalars()]


def tile_reader(connection: Connection, size: int, cache: TileCache | None = None) -> ReadTile:
    """A reader of the tiles of the tree of `size` leaves, the published ones of which may be kept in `cache`.

    What is not stored is the partial tile of level 0: it is hashed.
    """

    def read_tile(level: int, index: int, _width: int) -> bytes:
        width = tile_width(level, index, size)
        if cache is None:
            return _read_tile(connection, level, index, width)
        return cache.get(level, index, width, lambda: _read_tile(connection, level, index, width))

    return read_tile


def _read_tile(connection: Connection, level: int, index: int, width: int) -> bytes:
    stored = stored_tile(connection, level, index)
    if stored is None and level == 0:
        start = index * TILE_WIDTH
        stored = b"".join(map(leaf_hash, entries(connection, start, start + width)))
    return (stored or b"")[: width * HASH_BYTES]
