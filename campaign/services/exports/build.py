"""Making the exports that were asked for: one after the other, each under a claim that is renewed while it is made.

The file is written to a folder of its own that only this user may read, in a file that has no name there, so that nothing of it
outlives the process. Then it is sealed part by part into the database, where any web process can serve it.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import structlog

from campaign.domain.accounts.actor import SITE
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.exports.plan import ExportFormat
from campaign.formats.temp_folders import remove_abandoned, temp_folder
from campaign.jobs import MAKE_EXPORTS
from campaign.runtime.steps import TimeBudget, run_steps
from campaign.services.exports.contents import Progress, Provenance, write_export
from campaign.services.exports.request import FILE_LIFETIME
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.exports import export_jobs, exports, pack_timestamps

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from sqlalchemy import Connection

    from campaign.runtime import Runtime
    from campaign.store.exports.exports import Export

log = structlog.get_logger(__name__)

PART_BYTES = 1 << 20
"""Octets of a part."""
_MAX_PARTS_PER_TRANSACTION = 8
"""Parts stored in one transaction: on SQLite others wait for it."""
LEASE = timedelta(seconds=60)
"""What a worker that dies delays its export by."""
LEASE_RENEWAL_SECONDS = 1.0
"""Seconds between two renewals of a claim."""
MAX_ATTEMPTS = 3
_RETRY_DELAY = timedelta(seconds=30)
"""Between two attempts."""
_TIME_BUDGET_SECONDS = 5.0
"""Seconds of clearing away in one job."""
_FAILED_MESSAGE = N_(
    "It could not be made, after several attempts. Ask for it again; if it fails again, tell the people who run the site."
)


class ExportStoppedError(Exception):
    """The claim is gone: it was cancelled or deleted, or another worker has it."""


def build_next_export(runtime: Runtime) -> bool | None:
    """Make the export that has waited longest. None where none waits, False where it was not finished.

    Raises whatever kept it from being made, once the row says so.
    """
    remove_abandoned(runtime.settings.data_dir)
    now = runtime.now()
    with runtime.transaction() as connection:
        export = export_jobs.claim_export(connection, runtime.random_token(), runtime.random_bytes(16).hex(), now, now + LEASE)
    if export is None:
        return None
    if export.attempts > MAX_ATTEMPTS:
        # The worker was killed in each attempt.
        _record_failure(runtime, export, _FAILED_MESSAGE, permanent=True)
        return False
    heart = _LeaseRenewal(runtime, export)
    try:
        with heart, temp_folder(runtime.settings.data_dir) as folder, tempfile.TemporaryFile(dir=folder) as file:
            rows = _write_contents(runtime, export, file, folder, heart)
            heart.require_held()
            _store_parts(runtime, export, file, rows, heart)
    except ExportStoppedError:
        log.info("An export was stopped", export=export.id)
        return False
    except InvalidInputError as refused:
        _record_failure(runtime, export, str(refused), permanent=True)
        return False
    except StoreUnavailableError:
        # Its claim runs out, and the export is made again.
        raise
    except Exception:
        _record_failure(runtime, export, _FAILED_MESSAGE, permanent=export.attempts >= MAX_ATTEMPTS)
        raise
    log.info("An export is made", export=export.id, rows=rows)
    return True


def expire_exports(runtime: Runtime) -> int:
    """Shut what has expired, and whose campaigner may not have it any more; returns how many."""
    now = runtime.now()
    with runtime.transaction() as connection:
        over = exports.expire_exports(connection, now)
        for number, campaign_id in over:
            audit_log.record(connection, SITE, "expire export", now, campaign_id=campaign_id, subject=f"export {number}")
    return len(over)


def delete_expired_parts(runtime: Runtime) -> int:
    """Delete parts of files that nobody may have any more, for a few seconds; returns how many."""

    def delete_some(_: None) -> int | None:
        with runtime.transaction() as connection:
            return export_jobs.delete_some_parts(connection, _MAX_PARTS_PER_TRANSACTION) or None

    return run_steps(runtime, MAKE_EXPORTS, delete_some, (None,), TimeBudget(_TIME_BUDGET_SECONDS)).done


def _write_contents(runtime: Runtime, export: Export, file: BinaryIO, folder: Path, lease: _LeaseRenewal) -> int:
    made = Provenance(export.created_at, export.campaigner_name)
    with runtime.snapshot() as connection:
        campaign = campaigns.get_by_id(connection, export.campaign_id)
        return write_export(runtime, connection, campaign, export.plan, file, folder, made, lease)


def _store_parts(runtime: Runtime, export: Export, file: BinaryIO, rows: int, lease: _LeaseRenewal) -> None:
    """Seal the file into the store. Each transaction holds the claim first; the last one marks the export as done."""
    size = file.seek(0, 2)
    file.seek(0)
    count, digest, number = max(1, -(-size // PART_BYTES)), hashlib.sha256(), 0
    while number < count:
        sealed = []
        for at in range(number, min(number + _MAX_PARTS_PER_TRANSACTION, count)):
            body = file.read(PART_BYTES)
            digest.update(body)
            sealed.append(runtime.file_cipher.encrypt_part(export.id, export.salt, at, body, last=at == count - 1))
        with runtime.transaction() as connection:
            lease.renew_in(connection)
            export_jobs.add_parts(connection, export, number, sealed)
        number += len(sealed)
    now = runtime.now()
    with runtime.transaction() as connection:
        if not export_jobs.mark_done(connection, export, rows, size, digest.hexdigest(), now, now + FILE_LIFETIME):
            raise ExportStoppedError
        if runtime.settings.tsa_url and export.plan.format in (ExportFormat.PACK, ExportFormat.SAMPLE):
            pack_timestamps.add_due(connection, export.id, now)


def _record_failure(runtime: Runtime, export: Export, problem: str, *, permanent: bool) -> None:
    now = runtime.now()
    with runtime.transaction() as connection:
        export_jobs.release_or_fail(
            connection, export, problem if permanent else "", now, now + _RETRY_DELAY, is_final=permanent
        )


class _LeaseRenewal(Progress):
    """Renews a claim beside the work, however long a step of that takes, and stops the work once the claim is gone."""

    def __init__(self, runtime: Runtime, export: Export) -> None:
        super().__init__()
        self._runtime, self._export = runtime, export
        self._done, self._lost = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._renew_until_done, name="export", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def add_rows(self, rows: int) -> None:
        """Raises ExportStoppedError where the claim is gone."""
        super().add_rows(rows)
        self.require_held()

    def require_held(self) -> None:
        """Raises ExportStoppedError where the claim is gone."""
        if self._lost.is_set():
            raise ExportStoppedError

    def renew_in(self, connection: Connection) -> None:
        """Renew the claim in a transaction that goes on. Raises ExportStoppedError."""
        until = self._runtime.now() + LEASE
        if not export_jobs.renew_claim(connection, self._export, self.written, self.expected, until):
            raise ExportStoppedError

    def _renew_until_done(self) -> None:
        while not self._done.wait(LEASE_RENEWAL_SECONDS):
            try:
                with self._runtime.transaction() as connection:
                    self.renew_in(connection)
            except ExportStoppedError:
                self._lost.set()
                return
            except StoreUnavailableError:
                log.warning("The database is unavailable; an export goes on without it", export=self._export.id)
