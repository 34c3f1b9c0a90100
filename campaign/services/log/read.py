"""The log as it is published: checkpoint, tiles, bundles of entries, proofs."""

from typing import TYPE_CHECKING

from campaign.domain.log.merkle import ReadTile, leaf_hash
from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH, pack_bundle, tile_width
from campaign.runtime import Runtime
from campaign.store.log import read
from campaign.store.log.read import StoredCheckpoint

if TYPE_CHECKING:
    from sqlalchemy import Connection


def tile_reader(connection: "Connection", size: int) -> ReadTile:
    """A reader of the tiles of the tree of `size` leaves. What is not stored is the partial tile of level 0: it is hashed."""

    def read_tile(level: int, index: int, _width: int) -> bytes:
        width = tile_width(level, index, size)
        stored = read.stored_tile(connection, level, index)
        if stored is None and level == 0:
            start = index * TILE_WIDTH
            stored = b"".join(map(leaf_hash, read.entries(connection, start, start + width)))
        return (stored or b"")[: width * HASH_BYTES]

    return read_tile


def latest_checkpoint(runtime: Runtime) -> StoredCheckpoint | None:
    """The newest checkpoint; None while there is none."""
    with runtime.reading() as connection:
        return read.last_checkpoint(connection)


def published_tile(runtime: Runtime, level: int, index: int, width: int) -> bytes | None:
    """Hashes of a tile; None where no checkpoint tells of so many."""
    with runtime.reading() as connection:
        last = read.last_checkpoint(connection)
        if last is None or tile_width(level, index, last.size) < width:
            return None
        return tile_reader(connection, last.size)(level, index, width)[: width * HASH_BYTES]


def published_bundle(runtime: Runtime, index: int, width: int) -> bytes | None:
    """Entries of a tile of level 0; None where no checkpoint tells of so many."""
    with runtime.reading() as connection:
        last = read.last_checkpoint(connection)
        if last is None or tile_width(0, index, last.size) < width:
            return None
        start = index * TILE_WIDTH
        return pack_bundle(read.entries(connection, start, start + width))
