"""Lines that typists typed in, whatever became of them: taken in, or left out as somebody there is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import typed_lines


@dataclass(frozen=True, slots=True)
class TypedLine:
    """Line of an intake that a typist typed in."""

    line: int
    typed_at: datetime
    left_out: str
    """Why it is no signature; "" where it is one."""


_OF_INTAKE = typed_lines.c.intake_id == bindparam("of_intake")
_OF_LINE = _OF_INTAKE & (typed_lines.c.line == bindparam("of_line"))
_IS_LEFT_OUT = typed_lines.c.left_out != ""
_ADD = typed_lines.insert()
_GET = select(typed_lines.c.typed_by).where(_OF_LINE)
_LAST_LINE = select(func.coalesce(func.max(typed_lines.c.line), 0)).where(_OF_INTAKE)
_COUNT_LEFT_OUT = select(func.count()).select_from(typed_lines).where(_OF_INTAKE, _IS_LEFT_OUT)
_LINES = select(*columns_of(TypedLine, typed_lines)).where(_OF_INTAKE).limit(bindparam("limit"))
_NEWEST = _LINES.where(typed_lines.c.typed_by == bindparam("by")).order_by(
    typed_lines.c.typed_at.desc(), typed_lines.c.line.desc()
)
_LEFT_OUT = _LINES.where(_IS_LEFT_OUT).order_by(typed_lines.c.line)
_SET_TAKEN_IN = update(typed_lines).where(_OF_LINE).values(left_out="")
_DELETE_LINE = delete(typed_lines).where(_OF_LINE)
_DELETE_ALL = delete(typed_lines).where(_OF_INTAKE)


def add_line(
    connection: Connection, intake_id: int, line: int, typed_by: int | None, left_out: str, now: datetime
) -> None:  # fmt: skip
    """Record a line that was typed in, and why it was left out, if it was."""
    given = {"intake_id": intake_id, "line": line, "typed_by": typed_by, "typed_at": now, "left_out": left_out}
    connection.execute(_ADD, given)


def is_typed(connection: Connection, intake_id: int, line: int, *, by: int | None = None) -> bool:
    """Whether a typist has typed in a line; with `by`, whether it was that campaigner."""
    row = connection.execute(_GET, {"of_intake": intake_id, "of_line": line}).one_or_none()
    return row is not None and (by is None or row.typed_by == by)


def last_line(connection: Connection, intake_id: int) -> int:
    """Highest line that was typed in; 0 where there is none."""
    return int(connection.execute(_LAST_LINE, {"of_intake": intake_id}).scalar_one())


def count_left_out(connection: Connection, intake_id: int) -> int:
    """How many lines of an intake were left out."""
    return int(connection.execute(_COUNT_LEFT_OUT, {"of_intake": intake_id}).scalar_one())


def newest_lines(connection: Connection, intake_id: int, by: int | None, limit: int) -> list[TypedLine]:
    """Lines that a campaigner typed in, the newest first."""
    return rows_as(TypedLine, connection.execute(_NEWEST, {"of_intake": intake_id, "by": by, "limit": limit}))


def list_left_out(connection: Connection, intake_id: int, limit: int) -> list[TypedLine]:
    """Lines that were left out, in their order."""
    return rows_as(TypedLine, connection.execute(_LEFT_OUT, {"of_intake": intake_id, "limit": limit}))


def set_taken_in(connection: Connection, intake_id: int, line: int) -> None:
    """Record that a line left out before is a signature now; nothing where no typist typed it in."""
    connection.execute(_SET_TAKEN_IN, {"of_intake": intake_id, "of_line": line})


def delete_line(connection: Connection, intake_id: int, line: int) -> bool:
    """Delete the record of a line. False where no typist typed it in."""
    return connection.execute(_DELETE_LINE, {"of_intake": intake_id, "of_line": line}).rowcount == 1


def delete_lines(connection: Connection, intake_id: int) -> None:
    """Delete the records of all lines of an intake."""
    connection.execute(_DELETE_ALL, {"of_intake": intake_id})
