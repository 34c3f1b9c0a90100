"""Intakes: signatures on paper imported together, from a file or typed in from a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from campaign.store.database.statements import columns_of
from campaign.store.tables import (
    IMPORTED_ONCE_SQL,
    ONE_PER_DAY_SQL,
    ONE_PER_SHEET_SQL,
    UNFINISHED_INTAKE_SQL,
    campaigners,
    intakes,
    sheets,
)

MAX_LISTED = 50


class IntakeState(StrEnum):
    """State of an intake."""

    UNCONFIRMED = "unconfirmed"
    """Read and checked, not yet confirmed."""
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"


class AlreadyImportedError(Exception):
    """The same file is imported already."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Signatures on paper that were imported together."""

    id: int
    campaign_id: int
    kind: str
    state: IntakeState
    sheet_id: int | None
    sheet_number: int | None
    """The number printed on the sheet."""
    label: str
    sha256: str
    repeat_number: int
    """How often the same file had been imported before."""
    rows: int
    imported: int
    """Signatures that came of it, undone ones among them."""
    undone: int
    excluded: Mapping[str, int]
    """Numbers of rows that were not imported, by reason."""
    created_by: int | None
    campaigner_name: str
    """"" for the command line."""
    created_at: datetime
    undone_at: datetime | None
    reason: str
    text_hash: str | None
    """Version of the text on the paper; None where it is not known."""
    collected_from: date | None
    """First day it was signed; None where nobody said."""

    @property
    def remaining(self) -> int:
        """Signatures of it that were not undone."""
        return self.imported - self.undone


_INTAKES = (
    select(
        *columns_of(
            Intake,
            intakes,
            sheet_number=sheets.c.number,
            created_by=intakes.c.created_by,
            campaigner_name=func.coalesce(campaigners.c.name, ""),
        )
    )
    .select_from(intakes)
    .outerjoin(campaigners, campaigners.c.id == intakes.c.created_by)
    .outerjoin(sheets, sheets.c.id == intakes.c.sheet_id)
)  # fmt: skip
_GET = _INTAKES.where(intakes.c.id == bindparam("id"))
_LOCK = select(intakes.c.id).where(intakes.c.id == bindparam("id")).with_for_update()
_PAGE = (
    _INTAKES.where(
        intakes.c.campaign_id == bindparam("campaign_id"),
        intakes.c.id < bindparam("before_id"),
        intakes.c.state != IntakeState.UNCONFIRMED.value,
    )
    .order_by(intakes.c.id.desc())
    .limit(bindparam("limit"))
)
# Each in the words of the partial index it is found by.
_SAME_FILE = (
    _INTAKES.where(
        intakes.c.campaign_id == bindparam("campaign_id"),
        intakes.c.sha256 == bindparam("sha256"),
        text(IMPORTED_ONCE_SQL),
    )
    .order_by(intakes.c.repeat_number.desc())
    .limit(1)
)
_OF_SHEET = _INTAKES.where(intakes.c.sheet_id == bindparam("sheet_id"), text(ONE_PER_SHEET_SQL))
_OF_DAY = _INTAKES.where(
    intakes.c.campaign_id == bindparam("campaign_id"),
    intakes.c.created_by == bindparam("created_by"),
    intakes.c.label == bindparam("label"),
    text(ONE_PER_DAY_SQL),
)
_IS_UNCONFIRMED = intakes.c.state == IntakeState.UNCONFIRMED.value
_COUNT_UNCONFIRMED = (
    select(func.count()).select_from(intakes).where(intakes.c.campaign_id == bindparam("campaign_id"), _IS_UNCONFIRMED)
)
_IS_IMPORTED = intakes.c.state == IntakeState.IMPORTED.value
_IS_BEING_UNDONE = intakes.c.state == IntakeState.UNDOING.value
_ENCRYPTED_ROWS = select(intakes.c.encrypted_rows).where(intakes.c.id == bindparam("id"), _IS_UNCONFIRMED)
_OF_INTAKE = update(intakes).where(intakes.c.id == bindparam("of_id"))
_RECORD_EXCLUDED = _OF_INTAKE.values(excluded=bindparam("excluded"))
_MARK_IMPORTED = _OF_INTAKE.where(or_(_IS_UNCONFIRMED, _IS_IMPORTED)).values(
    state=IntakeState.IMPORTED.value,
    imported=bindparam("imported"),
    encrypted_rows=None,
    repeat_number=bindparam("repeat_number"),
)
_COUNT_TYPED_LINE = _OF_INTAKE.values(rows=intakes.c.rows + 1, imported=intakes.c.imported + 1)
_BEGIN_UNDO = _OF_INTAKE.where(intakes.c.campaign_id == bindparam("of_campaign"), _IS_IMPORTED).values(
    state=IntakeState.UNDOING.value, undone_by=bindparam("campaigner_id"), undone_at=bindparam("now"),
    reason=bindparam("undo_reason"),
)  # fmt: skip
_RECORD_UNDO_PROGRESS = _OF_INTAKE.values(undone=intakes.c.undone + bindparam("amount", type_=intakes.c.undone.type))
_FINISH_UNDO = _OF_INTAKE.where(_IS_BEING_UNDONE).values(state=IntakeState.UNDONE.value)
_DUE = (
    select(intakes.c.id).where(text(UNFINISHED_INTAKE_SQL), _IS_BEING_UNDONE).order_by(intakes.c.id).limit(bindparam("limit"))
)
_DELETE_UNCONFIRMED_BEFORE = delete(intakes).where(
    text(UNFINISHED_INTAKE_SQL), _IS_UNCONFIRMED, intakes.c.created_at < bindparam("before")
)
_DELETE_UNCONFIRMED = delete(intakes).where(_IS_UNCONFIRMED, intakes.c.id == bindparam("id"))
_HAS_WORK = (
    select(intakes.c.id)
    .where(text(UNFINISHED_INTAKE_SQL), or_(_IS_BEING_UNDONE, intakes.c.created_at < bindparam("before")))
    .limit(1)
)


def create_intake(
    connection: Connection, campaign_id: int, kind: str, state: IntakeState, now: datetime, *, created_by: int | None,
    label: str, sha256: str = "", repeat_number: int = 0, rows: int = 0, sheet_id: int | None = None,
    excluded: Mapping[str, int] | None = None, encrypted_rows: str | None = None, text_hash: str | None = None,
    collected_from: date | None = None,
) -> int:  # fmt: skip
    """Id of a new intake. Raises AlreadyImportedError where the same file was imported at the same moment."""
    values = {
        "campaign_id": campaign_id, "kind": kind, "state": state.value, "sheet_id": sheet_id, "label": label, "sha256": sha256,
        "repeat_number": repeat_number, "rows": rows, "imported": 0, "undone": 0,
        "excluded": dict(excluded or {}), "encrypted_rows": encrypted_rows,
        "created_by": created_by, "created_at": now, "reason": "", "text_hash": text_hash,
        "collected_from": collected_from,
    }  # fmt: skip
    try:
        return int(connection.execute(intakes.insert().values(**values).returning(intakes.c.id)).scalar_one())
    except IntegrityError as error:
        raise AlreadyImportedError from error


def get(connection: Connection, intake_id: int) -> Intake | None:
    """One intake."""
    return _intake_or_none(connection.execute(_GET, {"id": intake_id}).one_or_none())


def get_for_update(connection: Connection, intake_id: int) -> Intake | None:
    """One intake, its row locked until the transaction ends."""
    connection.execute(_LOCK, {"id": intake_id})
    return get(connection, intake_id)


def list_intakes(connection: Connection, campaign_id: int, before_id: int = 2**62, limit: int = MAX_LISTED) -> list[Intake]:
    """Intakes of a campaign that were confirmed, newest first."""
    given = {"campaign_id": campaign_id, "before_id": before_id, "limit": limit}
    return [_intake_from_row(row) for row in connection.execute(_PAGE, given)]


def count_unconfirmed(connection: Connection, campaign_id: int) -> int:
    """How many were read and wait to be confirmed."""
    return connection.execute(_COUNT_UNCONFIRMED, {"campaign_id": campaign_id}).scalar_one()


def find_same_file(connection: Connection, campaign_id: int, sha256: str) -> Intake | None:
    """The newest intake of the same file that was not undone."""
    return _intake_or_none(connection.execute(_SAME_FILE, {"campaign_id": campaign_id, "sha256": sha256}).one_or_none())


def get_by_sheet(connection: Connection, sheet_id: int) -> Intake | None:
    """The intake typed in from a sheet."""
    return _intake_or_none(connection.execute(_OF_SHEET, {"sheet_id": sheet_id}).one_or_none())


def get_typed_on_day(connection: Connection, campaign_id: int, created_by: int | None, label: str) -> Intake | None:
    """The intake a campaigner typed in on one day from paper without a number."""
    given = {"campaign_id": campaign_id, "created_by": created_by, "label": label}
    return _intake_or_none(connection.execute(_OF_DAY, given).one_or_none())


def get_encrypted_rows(connection: Connection, intake_id: int) -> str | None:
    """Encrypted rows of an intake that is not confirmed yet."""
    return connection.execute(_ENCRYPTED_ROWS, {"id": intake_id}).scalar_one_or_none()


def mark_imported(
    connection: Connection, intake_id: int, imported: int, repeat_number: int, excluded: Mapping[str, int]
) -> bool:
    """Record the outcome of an intake. False where it is no longer unconfirmed or imported. Raises AlreadyImportedError where
    the same file was imported at the same moment."""
    given = {"of_id": intake_id, "imported": imported, "repeat_number": repeat_number}
    try:
        is_done = connection.execute(_MARK_IMPORTED, given).rowcount == 1
    except IntegrityError as error:
        raise AlreadyImportedError from error
    connection.execute(_RECORD_EXCLUDED, {"of_id": intake_id, "excluded": dict(excluded)})
    return is_done


def count_typed_line(connection: Connection, intake_id: int) -> None:
    """Count one more typed line of an intake that this transaction holds (`get_for_update`) or has made."""
    connection.execute(_COUNT_TYPED_LINE, {"of_id": intake_id})


def begin_undo(connection: Connection, intake: Intake, undone_by: int | None, reason: str, now: datetime) -> bool:
    """Begin to undo an intake. False where that has begun before."""
    given = {
        "of_id": intake.id, "of_campaign": intake.campaign_id, "campaigner_id": undone_by, "undo_reason": reason, "now": now,
    }  # fmt: skip
    return connection.execute(_BEGIN_UNDO, given).rowcount == 1


def record_undo_progress(connection: Connection, intake_id: int, undone: int) -> None:
    """Record how many more signatures were undone."""
    connection.execute(_RECORD_UNDO_PROGRESS, {"of_id": intake_id, "amount": undone})


def finish_undo(connection: Connection, intake_id: int) -> bool:
    """Mark an intake as undone. False where it is not being undone."""
    return connection.execute(_FINISH_UNDO, {"of_id": intake_id}).rowcount == 1


def due_intake_ids(connection: Connection, limit: int) -> list[int]:
    """Ids of intakes that are being undone."""
    return list(connection.execute(_DUE, {"limit": limit}).scalars())


def delete_unconfirmed_before(connection: Connection, before: datetime) -> int:
    """Delete the intakes created before then and never confirmed; returns how many."""
    return connection.execute(_DELETE_UNCONFIRMED_BEFORE, {"before": before}).rowcount


def delete_unconfirmed(connection: Connection, intake_id: int) -> bool:
    """Delete an intake that was not confirmed. False where it is confirmed, or not there."""
    return connection.execute(_DELETE_UNCONFIRMED, {"id": intake_id}).rowcount == 1


def has_work(connection: Connection, before: datetime) -> bool:
    """Whether a worker has an intake to undo, or an unconfirmed one from before then to delete."""
    return connection.execute(_HAS_WORK, {"before": before}).one_or_none() is not None


def _intake_or_none(row: Row[*tuple[Any, ...]] | None) -> Intake | None:
    return None if row is None else _intake_from_row(row)


def _intake_from_row(row: Row[*tuple[Any, ...]]) -> Intake:
    return Intake(**{**row._asdict(), "state": IntakeState(row.state)})
