"""Time stamping of packs, after they are done and by a worker: no pack waits for an authority outside.

Each attempt has one of three outcomes. It is stamped, and the token is in the pack from then on; or it is refused, for good; or
nobody knows, and the authority is asked again, some times and at growing distances.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO
from zipfile import ZipFile

import structlog

from campaign.clients.timestamp_authority import TimestampUnavailableError, request_timestamp
from campaign.domain.exports.timestamp import TimestampRefusedError
from campaign.formats.pack import MANIFEST, TIMESTAMP
from campaign.formats.pack_append import append_in_place
from campaign.formats.temp_folders import temp_folder
from campaign.services.exports.request import ExportGoneError, decrypted_parts
from campaign.store.exports import exports, pack_timestamps
from campaign.store.exports.pack_timestamps import TimestampState

if TYPE_CHECKING:
    from campaign.domain.exports.timestamp import Timestamp
    from campaign.runtime import Runtime
    from campaign.store.exports.exports import Export

log = structlog.get_logger(__name__)

RETRY_DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""Between attempts; after one more than there are delays it is not asked again."""
LEASE = timedelta(minutes=5)
"""For so long one process alone asks for a pack."""


def stamping_due(runtime: Runtime) -> bool:
    """Whether a pack is to be stamped now."""
    if not runtime.settings.tsa_url:
        return False
    with runtime.reading() as connection:
        return pack_timestamps.has_due(connection, runtime.now())


def stamp_next_pack(runtime: Runtime) -> TimestampState | None:
    """Ask for the time stamp of the pack that has waited longest; returns what came of it, None where none waits."""
    now = runtime.now()
    with runtime.transaction() as connection:
        due = pack_timestamps.claim_due(connection, now, now + LEASE) if runtime.settings.tsa_url else None
        export = exports.get(connection, due.export_id) if due else None
    if due is None or export is None:
        return None
    token, stamped_at, next_at = None, None, now
    try:
        token, found = request_timestamp(runtime.settings.tsa_url, _read_manifest(runtime, export))
        state, stamped_at = TimestampState.STAMPED, found.at
    except TimestampRefusedError as refusal:
        log.warning("The time-stamp authority refuses a pack", export=export.id, reason=str(refusal))
        state = TimestampState.REFUSED
    except TimestampUnavailableError as error:
        is_last = due.attempts > len(RETRY_DELAYS)
        log.warning("A pack was not time-stamped", export=export.id, reason=str(error), attempts=due.attempts)
        state = TimestampState.UNKNOWN if is_last else TimestampState.WAITING
        next_at = now if is_last else now + RETRY_DELAYS[due.attempts - 1]
    except ExportGoneError:
        # It was deleted meanwhile.
        state = TimestampState.UNKNOWN
    with runtime.transaction() as connection:
        pack_timestamps.record_outcome(connection, export.id, state, token, stamped_at, next_at)
    return state


def stamp_pack_file(url: str, file: BinaryIO) -> Timestamp:
    """Ask an authority once for the time stamp of a pack that is written to a file, and add it there.

    Raises TimestampUnavailableError and TimestampRefusedError; then the pack is as it was.
    """
    with ZipFile(file) as pack:
        manifest = pack.read(MANIFEST)
    token, found = request_timestamp(url, manifest)
    append_in_place(file, TIMESTAMP, token)
    return found


def _read_manifest(runtime: Runtime, export: Export) -> bytes:
    with temp_folder(runtime.settings.data_dir) as folder, tempfile.TemporaryFile(dir=folder) as file:
        for part in decrypted_parts(runtime, export):
            file.write(part)
        with ZipFile(file) as pack:
            return pack.read(MANIFEST)
