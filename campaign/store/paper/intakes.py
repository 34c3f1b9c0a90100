"""Intakes: signatures on paper that were brought in together, from a file or typed in from a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from campaign.store.database.statements import statement, supports_row_locks
from campaign.store.tables import intakes

MAX_LISTED = 50


class IntakeState(StrEnum):
    """Where an intake is."""

    UNCONFIRMED = "held"
    """Read and tried, and not yet confirmed."""
    IMPORTED = "taken"
    UNDOING = "undoing"
    UNDONE = "undone"


class AlreadyImportedError(Exception):
    """The same file is in already."""


@dataclass(frozen=True, slots=True)
class Intake:
    """One of them."""

    id: int
    campaign_id: int
    kind: str
    state: IntakeState
    sheet_id: int | None
    sheet: int | None
    """The number on the sheet."""
    label: str
    sha256: str
    again: int
    rows: int
    taken: int
    undone: int
    left_out: Mapping[str, int]
    made_by: int | None
    who: str
    created_at: datetime
    undone_at: datetime | None
    reason: str

    @property
    def left(self) -> int:
        """Signatures of it that were not taken back."""
        return self.taken - self.undone


_INTAKE = """
    SELECT i.id, i.campaign_id, i.kind, i.state, i.sheet_id, s.number AS sheet, i.label, i.sha256, i.again, i.rows, i.taken,
           i.undone, i.left_out, i.made_by, coalesce(p.name, '') AS who, i.created_at, i.undone_at, i.reason
    FROM intakes i LEFT JOIN campaigners p ON p.id = i.made_by LEFT JOIN sheets s ON s.id = i.sheet_id
"""
_GET = statement(f"{_INTAKE} WHERE i.id = :id")
_PAGE = statement(
    f"""{_INTAKE} WHERE i.campaign_id = :campaign_id AND i.id < :before_id AND i.state <> 'held'
        ORDER BY i.id DESC LIMIT :most"""
)
_SAME_FILE = statement(
    f"""{_INTAKE} WHERE i.campaign_id = :campaign_id AND i.sha256 = :sha256 AND i.kind = 'file'
        AND i.state IN ('taken', 'undoing') ORDER BY i.again DESC LIMIT 1"""
)
_OF_SHEET = statement(f"{_INTAKE} WHERE i.sheet_id = :sheet_id AND i.state <> 'undone'")
_OF_DAY = statement(
    f"""{_INTAKE} WHERE i.campaign_id = :campaign_id AND i.made_by = :made_by AND i.label = :label AND i.kind = 'typed'
        AND i.sheet_id IS NULL AND i.state = 'taken'"""
)
_LOCK = statement("SELECT id FROM intakes WHERE id = :id FOR UPDATE")
_ENCRYPTED_ROWS = statement("SELECT held FROM intakes WHERE id = :id AND state = 'held'")
_MARK_IMPORTED = statement(
    """UPDATE intakes SET state = 'taken', taken = :taken, held = NULL, again = :again
       WHERE id = :id AND state IN ('held', 'taken')"""
)

_COUNT_TYPED_LINE = statement("UPDATE intakes SET rows = rows + 1, taken = taken + 1 WHERE id = :id AND state = 'taken'")
_UNDO = statement(
    """UPDATE intakes SET state = 'undoing', undone_by = :undone_by, undone_at = :now, reason = :reason
       WHERE id = :id AND campaign_id = :campaign_id AND state = 'taken'"""
)
_RECORD_UNDO_PROGRESS = statement("UPDATE intakes SET undone = undone + :undone WHERE id = :id")
_UNDONE = statement("UPDATE intakes SET state = 'undone' WHERE id = :id AND state = 'undoing'")
_DUE = statement("SELECT id FROM intakes WHERE state = 'undoing' ORDER BY id LIMIT :most")
_DELETE_UNCONFIRMED_BEFORE = statement("DELETE FROM intakes WHERE state = 'held' AND created_at < :before")
_DELETE_UNCONFIRMED = statement("DELETE FROM intakes WHERE id = :id AND state = 'held'")
_HAS_WORK = statement(
    "SELECT 1 FROM intakes WHERE state IN ('held', 'undoing') AND (state = 'undoing' OR created_at < :before) LIMIT 1"
)


def create_intake(
    connection: Connection, campaign_id: int, kind: str, state: IntakeState, now: datetime, *, made_by: int | None,
    label: str, sha256: str = "", again: int = 0, rows: int = 0, sheet_id: int | None = None,
    left_out: Mapping[str, int] | None = None, encrypted_rows: str | None = None,
) -> int:  # fmt: skip
    """A new one; returns its number. Raises TakenBefore where the same file was taken in at the same moment."""
    values = {
        "campaign_id": campaign_id, "kind": kind, "state": state.value, "sheet_id": sheet_id, "label": label, "sha256": sha256,
        "again": again, "rows": rows, "taken": 0, "undone": 0, "left_out": dict(left_out or {}), "held": encrypted_rows,
        "made_by": made_by, "created_at": now, "reason": "",
    }  # fmt: skip
    try:
        return int(connection.execute(intakes.insert().values(**values).returning(intakes.c.id)).scalar_one())
    except IntegrityError as error:
        raise AlreadyImportedError from error


def get(connection: Connection, intake_id: int) -> Intake | None:
    """One intake."""
    return _intake_or_none(connection.execute(_GET, {"id": intake_id}).one_or_none())


def get_for_update(connection: Connection, intake_id: int) -> Intake | None:
    """One intake, held until the transaction ends."""
    if supports_row_locks(connection):
        connection.execute(_LOCK, {"id": intake_id})
    return get(connection, intake_id)


def list_intakes(connection: Connection, campaign_id: int, before_id: int = 2**62, limit: int = MAX_LISTED) -> list[Intake]:
    """What was taken in for a campaign, newest first."""
    given = {"campaign_id": campaign_id, "before_id": before_id, "most": limit}
    return [_intake_from_row(row) for row in connection.execute(_PAGE, given)]


def find_same_file(connection: Connection, campaign_id: int, sha256: str) -> Intake | None:
    """The newest intake of the same file that was not undone."""
    return _intake_or_none(connection.execute(_SAME_FILE, {"campaign_id": campaign_id, "sha256": sha256}).one_or_none())


def get_by_sheet(connection: Connection, sheet_id: int) -> Intake | None:
    """What was typed in from a sheet."""
    return _intake_or_none(connection.execute(_OF_SHEET, {"sheet_id": sheet_id}).one_or_none())


def get_typed_on_day(connection: Connection, campaign_id: int, made_by: int | None, label: str) -> Intake | None:
    """What somebody typed in on one day from paper without a number."""
    given = {"campaign_id": campaign_id, "made_by": made_by, "label": label}
    return _intake_or_none(connection.execute(_OF_DAY, given).one_or_none())


def get_encrypted_rows(connection: Connection, intake_id: int) -> str | None:
    """The rows of an intake that waits to be confirmed, sealed."""
    held: str | None = connection.execute(_ENCRYPTED_ROWS, {"id": intake_id}).scalar_one_or_none()
    return held


def mark_imported(connection: Connection, intake_id: int, amount: int, again: int, left_out: Mapping[str, int]) -> bool:
    """Note what came of an intake. Raises TakenBefore where the same file was taken in at the same moment."""
    try:
        done = connection.execute(_MARK_IMPORTED, {"id": intake_id, "taken": amount, "again": again}).rowcount == 1
    except IntegrityError as error:
        raise AlreadyImportedError from error
    connection.execute(intakes.update().where(intakes.c.id == intake_id).values(left_out=dict(left_out)))
    return done


def count_typed_line(connection: Connection, intake_id: int) -> bool:
    """One more line of it was typed in. False where it was undone meanwhile."""
    return connection.execute(_COUNT_TYPED_LINE, {"id": intake_id}).rowcount == 1


def begin_undo(connection: Connection, intake: Intake, undone_by: int | None, reason: str, now: datetime) -> bool:
    """Begin to take one back. False where that has begun before."""
    given = {"id": intake.id, "campaign_id": intake.campaign_id, "undone_by": undone_by, "reason": reason, "now": now}
    return connection.execute(_UNDO, given).rowcount == 1


def record_undo_progress(connection: Connection, intake_id: int, undone: int) -> None:
    """Note how much of it has been taken back."""
    connection.execute(_RECORD_UNDO_PROGRESS, {"id": intake_id, "undone": undone})


def finish_undo(connection: Connection, intake_id: int) -> bool:
    """All of it is taken back."""
    return connection.execute(_UNDONE, {"id": intake_id}).rowcount == 1


def due_intake_ids(connection: Connection, limit: int) -> list[int]:
    """Intakes that are being taken back."""
    return list(connection.execute(_DUE, {"most": limit}).scalars())


def delete_unconfirmed_before(connection: Connection, before: datetime) -> int:
    """Throw away what was read before then and never confirmed; returns how many."""
    return connection.execute(_DELETE_UNCONFIRMED_BEFORE, {"before": before}).rowcount


def delete_unconfirmed(connection: Connection, intake_id: int) -> bool:
    """Throw away one that was not confirmed."""
    return connection.execute(_DELETE_UNCONFIRMED, {"id": intake_id}).rowcount == 1


def has_work(connection: Connection, before: datetime) -> bool:
    """Whether a worker has something to do: take back, or throw away what was read before then."""
    return connection.execute(_HAS_WORK, {"before": before}).one_or_none() is not None


def _intake_or_none(row: Any) -> Intake | None:
    return None if row is None else _intake_from_row(row)


def _intake_from_row(row: Any) -> Intake:
    return Intake(**{**row._asdict(), "state": IntakeState(row.state)})
