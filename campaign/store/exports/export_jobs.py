"""What a worker does with exports: take one, renew the claim on it, keep its parts, finish it or give it back, clear away."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement, supports_row_locks
from campaign.store.exports.exports import EXPIRED_SQL, ORPHANED_SQL, Export, ExportState, get
from campaign.store.tables import export_parts

_DUE = statement("SELECT id FROM exports WHERE state IN ('waiting', 'running') AND due_at <= :now ORDER BY due_at, id LIMIT 1")
_DUE_LOCKED = statement(
    """SELECT id FROM exports WHERE state IN ('waiting', 'running') AND due_at <= :now ORDER BY due_at, id LIMIT 1
       FOR UPDATE SKIP LOCKED"""
)
_CLAIM = statement(
    """UPDATE exports SET state = 'running', claim = :claim, due_at = :until, attempts = attempts + 1, written = 0,
           expected = 0, salt = :salt WHERE id = :id"""
)
_RENEW_CLAIM = statement(
    """UPDATE exports SET due_at = :until, written = :written, expected = :expected
       WHERE id = :id AND claim = :claim AND state = 'running'"""
)
_FINISH = statement(
    """UPDATE exports SET state = 'done', rows = :rows, size = :size, sha256 = :sha256, finished_at = :now,
           expires_at = :expires_at, claim = '', written = expected WHERE id = :id AND claim = :claim AND state = 'running'"""
)
_RELEASE_OR_FAIL = statement(
    """UPDATE exports SET state = :to, problem = :problem, due_at = :until, claim = '', salt = '',
           finished_at = CASE WHEN :finished THEN :now END
       WHERE id = :id AND claim = :claim AND state = 'running'"""
)
_HAS_WORK = statement(
    f"""SELECT EXISTS (SELECT 1 FROM exports WHERE state IN ('waiting', 'running') AND due_at <= :now)
            OR EXISTS (SELECT 1 FROM exports WHERE part_count > 0 AND (state NOT IN ('done', 'running') OR {EXPIRED_SQL}))
            OR EXISTS (SELECT 1 FROM exports WHERE {ORPHANED_SQL})
            OR EXISTS (SELECT 1 FROM exports WHERE state = 'deleted')"""
)
_TO_DELETE, _TO_DELETE_LOCKED = (
    statement(f"SELECT id FROM exports WHERE part_count > 0 AND state NOT IN ('done', 'running') ORDER BY id LIMIT 1 {lock}")
    for lock in ("", "FOR UPDATE")
)
_DELETE_PARTS = statement("DELETE FROM export_parts WHERE export_id = :id AND number >= :number")
_PART_COUNT = statement("SELECT part_count FROM exports WHERE id = :id")
_SET_PART_COUNT = statement("UPDATE exports SET part_count = :parts WHERE id = :id")
_DELETE_EMPTY = statement("DELETE FROM exports WHERE state = 'deleted' AND part_count = 0")


def has_work(connection: Connection, now: datetime) -> bool:
    """Whether a worker has anything to do: an export to make, or one to clear away."""
    return bool(connection.execute(_HAS_WORK, {"now": now}).scalar_one())


def claim_export(connection: Connection, claim_key: str, salt: str, now: datetime, until: datetime) -> Export | None:
    """Take the export that has waited longest, or whose worker has fallen silent; None where there is none."""
    found = connection.execute(_DUE_LOCKED if supports_row_locks(connection) else _DUE, {"now": now}).scalar_one_or_none()
    if found is None:
        return None
    connection.execute(_CLAIM, {"id": found, "claim": claim_key, "until": until, "salt": salt})
    return get(connection, found)


def renew_claim(connection: Connection, export: Export, written: int, expected: int, until: datetime) -> bool:
    """Renew a claim, and note how far it has come. False where it is gone: cancelled, or taken by another."""
    given = {"id": export.id, "claim": export.claim, "written": min(written, expected), "expected": expected, "until": until}
    return connection.execute(_RENEW_CLAIM, given).rowcount == 1


def add_parts(connection: Connection, export: Export, first: int, bodies: Sequence[bytes]) -> None:
    """Keep parts of a file, from number `first` on; what is left there from an attempt before goes. The claim must have been
    renewed in the same transaction."""
    if first == 0:
        connection.execute(_DELETE_PARTS, {"id": export.id, "number": 0})
    rows = [{"export_id": export.id, "number": number, "body": body} for number, body in enumerate(bodies, first)]
    connection.execute(export_parts.insert(), rows)
    connection.execute(_SET_PART_COUNT, {"id": export.id, "parts": first + len(bodies)})


def mark_done(
    connection: Connection, export: Export, rows: int, size: int, sha256: str, now: datetime, expires_at: datetime
) -> bool:  # fmt: skip
    """Mark an export as done. False where its claim is gone."""
    given = {
        "id": export.id, "claim": export.claim, "rows": rows, "size": size, "sha256": sha256, "now": now,
        "expires_at": expires_at,
    }  # fmt: skip
    return connection.execute(_FINISH, given).rowcount == 1


def release_or_fail(
    connection: Connection, export: Export, problem: str, now: datetime, until: datetime, *, is_final: bool
) -> bool:
    """Give an export back: for another attempt from `until` on, or as failed for good. False where its claim is gone."""
    to = ExportState.FAILED if is_final else ExportState.WAITING
    given = {
        "id": export.id, "claim": export.claim, "to": to.value, "problem": problem, "now": now, "until": until,
        "finished": is_final,
    }  # fmt: skip
    return connection.execute(_RELEASE_OR_FAIL, given).rowcount == 1


def delete_some_parts(connection: Connection, limit: int) -> int:
    """Delete some parts of an export that nobody may have any more; returns how many.

    The row of one that was deleted goes once it has none.
    """
    # Held, so that nobody begins to make it again while its old parts go.
    found = connection.execute(_TO_DELETE_LOCKED if supports_row_locks(connection) else _TO_DELETE).scalar_one_or_none()
    if found is None:
        connection.execute(_DELETE_EMPTY)
        return 0
    parts = int(connection.execute(_PART_COUNT, {"id": found}).scalar_one())
    left = max(0, parts - limit)
    connection.execute(_DELETE_PARTS, {"id": found, "number": left})
    connection.execute(_SET_PART_COUNT, {"id": found, "parts": left})
    return parts - left
