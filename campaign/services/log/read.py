"""The log as it is published: checkpoint, tiles, bundles of entries; and how its witnesses stand. No witness is asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH, pack_bundle, tile_width
from campaign.domain.log.witness import WitnessStatus
from campaign.runtime import Runtime
from campaign.store.log import read, witnesses
from campaign.store.log.read import StoredCheckpoint

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class PublishedCheckpoint:
    """A checkpoint as it is published: signed by the log, and by those witnesses that have cosigned it so far."""

    size: int
    note: str
    verifier_key: str
    cosignatures: int
    """Witnesses among its signatures."""


def latest_checkpoint(runtime: Runtime) -> PublishedCheckpoint | None:
    """The newest checkpoint; None while there is none."""
    with runtime.reading() as connection:
        return _published(connection, read.last_checkpoint(connection))


def latest_cosigned_checkpoint(runtime: Runtime) -> PublishedCheckpoint | None:
    """The newest checkpoint that a witness has cosigned; None while there is none."""
    with runtime.reading() as connection:
        return _published(connection, witnesses.newest_cosigned(connection))


def _published(connection: "Connection", stored: StoredCheckpoint | None) -> PublishedCheckpoint | None:
    if stored is None:
        return None
    lines = witnesses.cosignature_lines(connection, stored.id)
    return PublishedCheckpoint(stored.size, stored.note + "".join(lines), stored.verifier_key, len(lines))


def published_tile(runtime: Runtime, level: int, index: int, width: int) -> bytes | None:
    """Hashes of a tile; None where no checkpoint tells of so many."""
    with runtime.reading() as connection:
        last = read.last_checkpoint(connection)
        if last is None or tile_width(level, index, last.size) < width:
            return None
        return read.tile_reader(connection, last.size)(level, index, width)[: width * HASH_BYTES]


def published_bundle(runtime: Runtime, index: int, width: int) -> bytes | None:
    """Entries of a tile of level 0; None where no checkpoint tells of so many."""
    with runtime.reading() as connection:
        last = read.last_checkpoint(connection)
        if last is None or tile_width(0, index, last.size) < width:
            return None
        start = index * TILE_WIDTH
        return pack_bundle(read.entries(connection, start, start + width))


def configured_witnesses(runtime: Runtime) -> tuple[WitnessStatus, ...]:
    """The witnesses of the settings, and how each stands; none costs no statement."""
    configured = runtime.settings.log_witnesses
    if not configured:
        return ()
    with runtime.reading() as connection:
        return witnesses.list_statuses(connection, configured, runtime.now())
