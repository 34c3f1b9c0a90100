"""What a worker does with exports: take one, renew the claim on it, keep its parts, finish it or give it back, clear away."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from campaign.store.exports import ORPHANED, OVER, Export, ExportState, get
from campaign.store.sql import locks_rows, statement
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
_BEAT = statement(
    """UPDATE exports SET due_at = :until, written = :written, expected = :expected
       WHERE id = :id AND claim = :claim AND state = 'running'"""
)
_FINISH = statement(
    """UPDATE exports SET state = 'done', rows = :rows, size = :size, sha256 = :sha256, finished_at = :now,
           expires_at = :expires_at, claim = '', written = expected WHERE id = :id AND claim = :claim AND state = 'running'"""
)
_GIVE_UP = statement(
    """UPDATE exports SET state = :to, problem = :problem, due_at = :until, claim = '', salt = '',
           finished_at = CASE WHEN :finished THEN :now END
       WHERE id = :id AND claim = :claim AND state = 'running'"""
)
_ANY_TO_DO = statement(
    f"""SELECT EXISTS (SELECT 1 FROM exports WHERE state IN ('waiting', 'running') AND due_at <= :now)
            OR EXISTS (SELECT 1 FROM exports WHERE part_count > 0 AND (state NOT IN ('done', 'running') OR {OVER}))
            OR EXISTS (SELECT 1 FROM exports WHERE {ORPHANED})
            OR EXISTS (SELECT 1 FROM exports WHERE state = 'deleted')"""
)
_TO_CLEAR, _TO_CLEAR_LOCKED = (
    statement(f"SELECT id FROM exports WHERE part_count > 0 AND state NOT IN ('done', 'running') ORDER BY id LIMIT 1 {lock}")
    for lock in ("", "FOR UPDATE")
)
_CLEAR = statement("DELETE FROM export_parts WHERE export_id = :id AND number >= :number")
_PARTS_OF = statement("SELECT part_count FROM exports WHERE id = :id")
_SET_PARTS = statement("UPDATE exports SET part_count = :parts WHERE id = :id")
_FORGET = statement("DELETE FROM exports WHERE state = 'deleted' AND part_count = 0")


def any_to_do(connection: Connection, now: datetime) -> bool:
    """Whether a worker has anything to do: an export to make, or one to clear away."""
    return bool(connection.execute(_ANY_TO_DO, {"now": now}).scalar_one())


def claim(connection: Connection, claim_key: str, salt: str, now: datetime, until: datetime) -> Export | None:
    """Take the export that has waited longest, or whose worker has fallen silent; None where there is none."""
    found = connection.execute(_DUE_LOCKED if locks_rows(connection) else _DUE, {"now": now}).scalar_one_or_none()
    if found is None:
        return None
    connection.execute(_CLAIM, {"id": found, "claim": claim_key, "until": until, "salt": salt})
    return get(connection, found)


def beat(connection: Connection, export: Export, written: int, expected: int, until: datetime) -> bool:
    """Renew a claim, and note how far it has come. False where it is gone: cancelled, or taken by another."""
    given = {"id": export.id, "claim": export.claim, "written": min(written, expected), "expected": expected, "until": until}
    return connection.execute(_BEAT, given).rowcount == 1


def add_parts(connection: Connection, export: Export, first: int, bodies: Sequence[bytes]) -> None:
    """Keep parts of a file, from number `first` on; what is left there from an attempt before goes. The claim must have been
    renewed in the same transaction."""
    if first == 0:
        connection.execute(_CLEAR, {"id": export.id, "number": 0})
    rows = [{"export_id": export.id, "number": number, "body": body} for number, body in enumerate(bodies, first)]
    connection.execute(export_parts.insert(), rows)
    connection.execute(_SET_PARTS, {"id": export.id, "parts": first + len(bodies)})


def finish(
    connection: Connection, export: Export, rows: int, size: int, sha256: str, now: datetime, expires_at: datetime
) -> bool:  # fmt: skip
    """Mark an export as done. False where its claim is gone."""
    given = {
        "id": export.id, "claim": export.claim, "rows": rows, "size": size, "sha256": sha256, "now": now,
        "expires_at": expires_at,
    }  # fmt: skip
    return connection.execute(_FINISH, given).rowcount == 1


def give_up(connection: Connection, export: Export, problem: str, now: datetime, until: datetime, *, for_good: bool) -> bool:
    """Give an export back: for another attempt from `until` on, or as failed for good. False where its claim is gone."""
    to = ExportState.FAILED if for_good else ExportState.WAITING
    given = {
        "id": export.id, "claim": export.claim, "to": to.value, "problem": problem, "now": now, "until": until,
        "finished": for_good,
    }  # fmt: skip
    return connection.execute(_GIVE_UP, given).rowcount == 1


def clear_some(connection: Connection, most: int) -> int:
    """Delete some parts of an export that nobody may have any more; returns how many.

    The row of one that was deleted goes once it has none.
    """
    # Held, so that nobody begins to make it again while its old parts go.
    found = connection.execute(_TO_CLEAR_LOCKED if locks_rows(connection) else _TO_CLEAR).scalar_one_or_none()
    if found is None:
        connection.execute(_FORGET)
        return 0
    parts = int(connection.execute(_PARTS_OF, {"id": found}).scalar_one())
    left = max(0, parts - most)
    connection.execute(_CLEAR, {"id": found, "number": left})
    connection.execute(_SET_PARTS, {"id": found, "parts": left})
    return parts - left
