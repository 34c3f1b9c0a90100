"""A sheet typed in, line by line: each is a signature at once, and can be taken back at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign.domain.actor import Actor
from campaign.domain.likeness import WORDS, Why, likeness
from campaign.domain.paper import Entry
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.intake.checking import signed_at
from campaign.intake.rows import wanted
from campaign.intake.taking import SUBJECT, accept
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.store import audit, intakes, ledger, paper, sheets
from campaign.store.intakes import Intake, IntakeState
from campaign.store.paper import Line, Taking
from campaign.store.sheets import Sheet

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHOWN = 8
"""Lines typed in last that the form shows."""
LAST_LINE = 100_000


class LineWrong(Refused):
    """What is wrong is the line or the sheet; nothing was stored."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Likely(Exception):  # noqa: N818 - it says what it looks like
    """It looks like somebody there is. Nothing was stored; it is taken in where one says so."""

    def __init__(self, why: Why) -> None:
        super().__init__(WORDS[why])
        self.why = why


@dataclass(frozen=True, slots=True)
class Typed:
    """Where typing in stands."""

    sheet: Sheet | None
    intake: Intake | None
    """None before the first line."""
    next_line: int
    last: tuple[Line, ...]
    """The lines typed in last, newest first."""


def stands(runtime: Runtime, actor: Actor, standing: Standing, number: int | None) -> Typed:
    """Where typing in a sheet stands, or, for None, typing in from paper without a number. Raises LineWrong."""
    with runtime.reading() as connection:
        sheet = _sheet(connection, standing, number)
        intake = _find(connection, actor, standing, sheet, _label(runtime, standing))
        if intake is None:
            return Typed(sheet, None, 1, ())
        last = paper.newest_lines(connection, intake.id, SHOWN)
        return Typed(sheet, intake, paper.last_line(connection, intake.id) + 1, tuple(last))


def type_in(
    runtime: Runtime, actor: Actor, standing: Standing, number: int | None, entry: Entry, *, likely: bool = False
) -> int:
    """Take in one line of a sheet; returns the number of its signature.

    Raises Likely where it looks like somebody there is and `likely` is not said, LineWrong where the sheet or the line cannot
    be, and NotTaken where the campaign takes in no paper.
    """
    label, now = _label(runtime, standing), runtime.now()
    with runtime.transaction() as connection:
        accept(connection, standing.id)
        sheet = _sheet(connection, standing, number)
        if sheet is not None and entry.line > sheet.rows:
            raise LineWrong("line", f"Sheet {sheet.number} has {sheet.rows} lines.")
        intake = _held(connection, actor, standing, sheet, label, now)
        if paper.lines_there(connection, intake, [entry.line]):
            raise LineWrong("line", f"Line {entry.line} is typed in already.")
        known = paper.known(connection, standing.id, [entry])
        why = likeness(entry, known.addresses, known.people)
        if why is Why.SAME:
            raise LineWrong("email", "Somebody with this name and address has signed, withdrawn or been removed already.")
        if why is not None and not likely:
            raise Likely(why)
        text_hash, language = (sheet.text_hash, sheet.language) if sheet else (standing.text.hash, standing.language)
        taking = Taking(
            standing.id, intake, text_hash, language, now, signed_at(standing, now), runtime.links.mailbox_hash,
            runtime.link_key,
        )  # fmt: skip
        if paper.add(connection, taking, [wanted(entry, why, likely=True) or entry]) == 0:
            raise LineWrong("email", "Somebody has signed with this address in this moment.")
        if not intakes.typed(connection, intake):
            raise LineWrong("sheet", "What was typed in from this sheet is being undone.")
        signature = paper.newest_lines(connection, intake, 1)[0].id
        audit.record(
            connection, actor, "type in paper", now, campaign_id=standing.id, subject=SUBJECT % intake,
            became={"line": entry.line, "signature": signature},
        )  # fmt: skip
        ledger.lock_tally(connection, standing.id)
        accept(connection, standing.id)
    runtime.hint(ADVANCE_LEDGER)
    return signature


def take_back(runtime: Runtime, actor: Actor, standing: Standing, intake_id: int, line: int) -> bool:
    """Take back one line that was typed in: it leaves the count, and can be typed in again. False where it is not there."""
    now = runtime.now()
    with runtime.transaction() as connection:
        intake = intakes.hold(connection, intake_id)
        if (
            intake is None
            or intake.campaign_id != standing.id
            or intake.state is not IntakeState.TAKEN
            or intake.kind != "typed"
        ):
            return False
        signature = paper.take_back_line(connection, intake_id, line, now)
        if signature is None:
            return False
        intakes.step_back(connection, intake_id, 1)
        audit.record(
            connection, actor, "undo line", now, campaign_id=standing.id, subject=SUBJECT % intake_id,
            was={"line": line, "signature": signature},
        )  # fmt: skip
    runtime.hint(ADVANCE_LEDGER)
    return True


def read_line(text: str, default: int) -> int:
    """The number of a line. Raises LineWrong."""
    text = text.strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LAST_LINE and len(text) < 9):
        raise LineWrong("line", "Write the number of the line.")
    return int(text)


def read_sheet(text: str) -> int | None:
    """The number on a sheet; None where none is typed. Raises LineWrong."""
    text = text.strip().lower().removeprefix("sheet").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise LineWrong("sheet", "Write the number that is printed on the sheet.")
    return int(text)


def _sheet(connection: "Connection", standing: Standing, number: int | None) -> Sheet | None:
    if number is None:
        return None
    found = sheets.numbered(connection, standing.id, number)
    if found is None:
        raise LineWrong("sheet", f"No sheet {number} was printed for this campaign. Leave it empty for paper of your own.")
    return found


def _find(connection: "Connection", actor: Actor, standing: Standing, sheet: Sheet | None, label: str) -> Intake | None:
    if sheet is not None:
        return intakes.of_sheet(connection, sheet.id)
    return intakes.of_day(connection, standing.id, actor.campaigner_id, label)


def _held(connection: "Connection", actor: Actor, standing: Standing, sheet: Sheet | None, label: str, now: datetime) -> int:
    """The intake lines of a sheet go to, held until the transaction ends; a new one for the first line."""
    found = _find(connection, actor, standing, sheet, label)
    if found is None:
        try:
            return intakes.create(
                connection, standing.id, "typed", IntakeState.TAKEN, now, made_by=actor.campaigner_id,
                label=label if sheet is None else f"Sheet {sheet.number}", sheet_id=sheet.id if sheet else None,
            )  # fmt: skip
        except intakes.TakenBefore:
            raise LineWrong("sheet", "Somebody else has just begun to type in this sheet. Send it again.") from None
    held = intakes.hold(connection, found.id)
    if held is None or held.state is not IntakeState.TAKEN:
        raise LineWrong("sheet", "What was typed in from this sheet is being undone. Wait until that is through.")
    return found.id


def _label(runtime: Runtime, standing: Standing) -> str:
    return runtime.now().astimezone(standing.zone).date().isoformat()
