"""Export jobs: claim, lease, parts of the file, outcome, and deletion of what has expired."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, text, update

from campaign.store.database.claims import claim_due, claim_row, claimed_row, due_row, now_parameter
from campaign.store.exports.exports import IS_EXPIRED, IS_ORPHANED, IS_UNFINISHED, Export, ExportState, get
from campaign.store.tables import STORED_EXPORT_SQL, export_parts, exports

_NOW = now_parameter(exports)
_DUE = due_row(exports, IS_UNFINISHED)
_CLAIM = claim_row(exports, ExportState.RUNNING.value, written=0, expected=0, salt=bindparam("new_salt"))
_CLAIMED = claimed_row(exports, ExportState.RUNNING.value)
_RENEW_CLAIM = _CLAIMED.values(
    due_at=bindparam("until"), written=bindparam("rows_written"), expected=bindparam("rows_expected")
)
_FINISH = _CLAIMED.values(
    state=ExportState.DONE.value, signature_count=bindparam("signature_count"), size=bindparam("octets"),
    sha256=bindparam("checksum"), finished_at=_NOW, expires_at=bindparam("until"), claim_key="", written=exports.c.expected,
)  # fmt: skip
_RELEASE = _CLAIMED.values(
    state=ExportState.WAITING.value,
    failure_reason=bindparam("reason"),
    due_at=bindparam("until"),
    claim_key="",
    salt="",
    finished_at=None,
)
_FAIL = _RELEASE.values(state=ExportState.FAILED.value, finished_at=_NOW)
_HAS_PARTS = text(STORED_EXPORT_SQL)
_HAS_WORK = select(
    or_(
        exists(exports.c.id).where(IS_UNFINISHED, exports.c.due_at <= _NOW),
        exists(exports.c.id).where(
            _HAS_PARTS, or_(exports.c.state.not_in([ExportState.DONE.value, ExportState.RUNNING.value]), IS_EXPIRED)
        ),
        exists(exports.c.id).where(IS_ORPHANED),
        exists(exports.c.id).where(exports.c.state == ExportState.DELETED.value),
    ).label("has_work")
)
_TO_DELETE = (
    select(exports.c.id, exports.c.part_count)
    .where(_HAS_PARTS, exports.c.state.not_in([ExportState.DONE.value, ExportState.RUNNING.value]))
    .order_by(exports.c.id)
    .limit(1)
    .with_for_update()
)
_DELETE_PARTS = delete(export_parts).where(
    export_parts.c.export_id == bindparam("export_id"), export_parts.c.number >= bindparam("from_number")
)
_SET_PART_COUNT = update(exports).where(exports.c.id == bindparam("of_id")).values(part_count=bindparam("parts"))
_DELETE_EMPTY = delete(exports).where(exports.c.state == ExportState.DELETED.value, exports.c.part_count == 0)


def has_work(connection: Connection, now: datetime) -> bool:
    """Whether a worker has an export to make, or one to delete."""
    return connection.execute(_HAS_WORK, {"now": now}).scalar_one()


def claim_export(connection: Connection, claim_key: str, salt: str, now: datetime, until: datetime) -> Export | None:
    """Claim the export that has waited longest, or whose worker's lease has run out; None where there is none."""
    found = claim_due(connection, _DUE, _CLAIM, claim_key, now, until, new_salt=salt)
    return None if found is None else get(connection, found)


def renew_claim(connection: Connection, export: Export, written: int, expected: int, until: datetime) -> bool:
    """Renew a claim, and record the progress. False where the claim is gone: cancelled, or taken by another worker."""
    given = {
        "of_id": export.id, "of_claim": export.claim_key, "rows_written": min(written, expected), "rows_expected": expected,
        "until": until,
    }  # fmt: skip
    return connection.execute(_RENEW_CLAIM, given).rowcount == 1


def add_parts(connection: Connection, export: Export, first: int, bodies: Sequence[bytes]) -> None:
    """Store parts of a file, from number `first` on; what an earlier attempt left is deleted. The claim must have been renewed
    in the same transaction."""
    if first == 0:
        connection.execute(_DELETE_PARTS, {"export_id": export.id, "from_number": 0})
    rows = [{"export_id": export.id, "number": number, "body": body} for number, body in enumerate(bodies, first)]
    connection.execute(export_parts.insert(), rows)
    connection.execute(_SET_PART_COUNT, {"of_id": export.id, "parts": first + len(bodies)})


def mark_done(
    connection: Connection, export: Export, rows: int, size: int, sha256: str, now: datetime, expires_at: datetime
) -> bool:
    """Mark an export as done. False where its claim is gone."""
    given = {
        "of_id": export.id, "of_claim": export.claim_key, "signature_count": rows, "octets": size, "checksum": sha256,
        "now": now, "until": expires_at,
    }  # fmt: skip
    return connection.execute(_FINISH, given).rowcount == 1


def release_or_fail(
    connection: Connection, export: Export, problem: str, now: datetime, until: datetime, *, is_final: bool
) -> bool:
    """Release an export for another attempt from `until` on, or mark it as failed. False where its claim is gone."""
    given = {"of_id": export.id, "of_claim": export.claim_key, "reason": problem, "until": until}
    if is_final:
        return connection.execute(_FAIL, {**given, "now": now}).rowcount == 1
    return connection.execute(_RELEASE, given).rowcount == 1


def delete_some_parts(connection: Connection, limit: int) -> int:
    """Delete at most `limit` parts of an export that can no longer be opened; returns how many.

    The row of a deleted export goes once it has none.
    """
    # Locked, so that no worker begins to make it again while its old parts go.
    found = connection.execute(_TO_DELETE).one_or_none()
    if found is None:
        connection.execute(_DELETE_EMPTY)
        return 0
    left = max(0, found.part_count - limit)
    connection.execute(_DELETE_PARTS, {"export_id": found.id, "from_number": left})
    connection.execute(_SET_PART_COUNT, {"of_id": found.id, "parts": left})
    return int(found.part_count - left)
