"""Making the exports that were asked for: one after the other, each under a claim that is renewed while it is made.

The file is written to a folder of its own that only this user may read, in a file that has no name there, so that nothing of it
outlives the process. Then it is sealed part by part into the database, where any web process can serve it.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import structlog

from campaign.domain.actor import THE_SITE
from campaign.domain.refusal import Refused
from campaign.exporting.asking import LASTS
from campaign.exporting.writing import Made, Progress, write
from campaign.exports.workshop import bench, sweep
from campaign.store import audit, campaigns, export_work, exports
from campaign.store.engine import StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from sqlalchemy import Connection

    from campaign.runtime import Runtime
    from campaign.store.exports import Export

log = structlog.get_logger(__name__)

PART = 1 << 20
"""Octets of a part."""
_PARTS_AT_ONCE = 8
"""Parts stored in one transaction: on SQLite others wait for it."""
LEASE = timedelta(seconds=60)
"""What a worker that dies delays its export by."""
BEAT = 1.0
"""Seconds between two renewals of a claim."""
MOST_ATTEMPTS = 3
_REST = timedelta(seconds=30)
"""Between two attempts."""
_TURN = 5.0
"""Seconds of clearing away in one job."""
_FAILED = "It could not be made, after several attempts. Ask for it again; if it fails again, tell whoever runs the site."


class Stopped(Exception):  # noqa: N818 - it says what was done to it
    """The claim is gone: it was cancelled or deleted, or another worker has it."""


def make_next(runtime: Runtime) -> bool | None:
    """Make the export that has waited longest. None where none waits, False where it was not finished.

    Raises whatever kept it from being made, once the row says so.
    """
    sweep(runtime.settings.data_dir)
    now = runtime.now()
    with runtime.transaction() as connection:
        export = export_work.claim(connection, runtime.token(), runtime.octets(16).hex(), now, now + LEASE)
    if export is None:
        return None
    if export.attempts > MOST_ATTEMPTS:
        # Whoever made it before was killed each time.
        _give_up(runtime, export, _FAILED, for_good=True)
        return False
    heart = _Heart(runtime, export)
    try:
        with heart, bench(runtime.settings.data_dir) as folder, tempfile.TemporaryFile(dir=folder) as file:
            rows = _write(runtime, export, file, folder, heart)
            heart.check()
            _keep(runtime, export, file, rows, heart)
    except Stopped:
        log.info("An export was stopped", export=export.id)
        return False
    except Refused as refused:
        _give_up(runtime, export, str(refused), for_good=True)
        return False
    except StoreUnavailable:
        # Its claim runs out, and the export is made again.
        raise
    except Exception:
        _give_up(runtime, export, _FAILED, for_good=export.attempts >= MOST_ATTEMPTS)
        raise
    log.info("An export is made", export=export.id, rows=rows)
    return True


def expire(runtime: Runtime) -> int:
    """Shut what has expired, and whose campaigner may not have it any more; returns how many."""
    now = runtime.now()
    with runtime.transaction() as connection:
        over = exports.expire(connection, now)
        for number, campaign_id in over:
            audit.record(connection, THE_SITE, "expire export", now, campaign_id=campaign_id, subject=f"export {number}")
    return len(over)


def clear(runtime: Runtime) -> int:
    """Delete parts of files that nobody may have any more, for a few seconds; returns how many."""
    cleared, until = 0, time.monotonic() + _TURN
    while time.monotonic() < until:
        with runtime.transaction() as connection:
            some = export_work.clear_some(connection, _PARTS_AT_ONCE)
        if not some:
            break
        cleared += some
    return cleared


def _write(runtime: Runtime, export: Export, file: BinaryIO, folder: Path, heart: _Heart) -> int:
    made = Made(export.created_at, export.who)
    with runtime.snapshot() as connection:
        standing = campaigns.by_id(connection, export.campaign_id)
        return write(runtime, connection, standing, export.plan, file, folder, made, heart)


def _keep(runtime: Runtime, export: Export, file: BinaryIO, rows: int, heart: _Heart) -> None:
    """Seal the file into the store. Each transaction holds the claim first; the last one marks the export as done."""
    size = file.seek(0, 2)
    file.seek(0)
    count, digest, number = max(1, -(-size // PART)), hashlib.sha256(), 0
    while number < count:
        sealed = []
        for at in range(number, min(number + _PARTS_AT_ONCE, count)):
            body = file.read(PART)
            digest.update(body)
            sealed.append(runtime.part_sealer.seal(export.id, export.salt, at, body, last=at == count - 1))
        with runtime.transaction() as connection:
            heart.beat_in(connection)
            export_work.add_parts(connection, export, number, sealed)
        number += len(sealed)
    now = runtime.now()
    with runtime.transaction() as connection:
        if not export_work.finish(connection, export, rows, size, digest.hexdigest(), now, now + LASTS):
            raise Stopped


def _give_up(runtime: Runtime, export: Export, problem: str, *, for_good: bool) -> None:
    now = runtime.now()
    with runtime.transaction() as connection:
        export_work.give_up(connection, export, problem if for_good else "", now, now + _REST, for_good=for_good)


class _Heart(Progress):
    """Renews a claim beside the work, however long a step of that takes, and stops the work once the claim is gone."""

    def __init__(self, runtime: Runtime, export: Export) -> None:
        super().__init__()
        self._runtime, self._export = runtime, export
        self._over, self._lost = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="export", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def wrote(self, rows: int) -> None:
        """Raises Stopped where the claim is gone."""
        super().wrote(rows)
        self.check()

    def check(self) -> None:
        """Raises Stopped where the claim is gone."""
        if self._lost.is_set():
            raise Stopped

    def beat_in(self, connection: Connection) -> None:
        """Renew the claim in a transaction that goes on. Raises Stopped."""
        until = self._runtime.now() + LEASE
        if not export_work.beat(connection, self._export, self.written, self.expected, until):
            raise Stopped

    def _go_on(self) -> None:
        while not self._over.wait(BEAT):
            try:
                with self._runtime.transaction() as connection:
                    self.beat_in(connection)
            except Stopped:
                self._lost.set()
                return
            except StoreUnavailable:
                log.warning("The database is unavailable; an export goes on without it", export=self._export.id)
