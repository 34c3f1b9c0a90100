"""A sheet typed in, line by line: each is a signature at once, and can be taken back at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import declaration_of
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.duplicates import EXCLUSION_TEXTS, ExclusionReason, exclusion_reason
from campaign.domain.paper.entry import PaperEntry
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.services.paper.import_list import AUDIT_SUBJECT, require_accepts_paper
from campaign.services.paper.packed_rows import entry_to_import
from campaign.services.paper.validate import signing_time
from campaign.store.accounts import audit_log
from campaign.store.campaigns import statements
from campaign.store.ledger import ledger
from campaign.store.paper import intakes, paper_signatures, sheets
from campaign.store.paper.intakes import Intake, IntakeState
from campaign.store.paper.paper_signatures import IntakeLine, PaperImport
from campaign.store.paper.sheets import Sheet

if TYPE_CHECKING:
    from sqlalchemy import Connection

MAX_LINES_SHOWN = 8
"""Lines typed in last that the form shows."""
MAX_LINE_NUMBER = 100_000


class LineError(InvalidInputError):
    """What is wrong is the line or the sheet; nothing was stored."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class LikelyDuplicateError(Exception):
    """It looks like somebody there is. Nothing was stored; it is taken in where one says so."""

    def __init__(self, why: ExclusionReason) -> None:
        super().__init__(EXCLUSION_TEXTS[why])
        self.why = why


@dataclass(frozen=True, slots=True)
class SheetProgress:
    """Where typing in stands."""

    sheet: Sheet | None
    intake: Intake | None
    """None before the first line."""
    next_line: int
    last: tuple[IntakeLine, ...]
    """The lines typed in last, newest first."""


def sheet_progress(runtime: Runtime, actor: Actor, campaign: Campaign, number: int | None) -> SheetProgress:
    """Where typing in a sheet stands, or, for None, typing in from paper without a number. Raises LineWrong."""
    with runtime.reading() as connection:
        sheet = _require_sheet(connection, campaign, number)
        intake = _find_intake(connection, actor, campaign, sheet, _day_label(runtime, campaign))
        if intake is None:
            return SheetProgress(sheet, None, 1, ())
        last = paper_signatures.newest_lines(connection, intake.id, MAX_LINES_SHOWN)
        return SheetProgress(sheet, intake, paper_signatures.last_line(connection, intake.id) + 1, tuple(last))


def type_in_line(
    runtime: Runtime, actor: Actor, campaign: Campaign, number: int | None, entry: PaperEntry, *, allow_likely: bool = False
) -> int:
    """Take in one line of a sheet; returns the number of its signature.

    Raises Likely where it looks like somebody there is and `likely` is not said, LineWrong where the sheet or the line cannot
    be, and NotTaken where the campaign takes in no paper.
    """
    label, now = _day_label(runtime, campaign), runtime.now()
    with runtime.transaction() as connection:
        require_accepts_paper(connection, campaign.id)
        sheet = _require_sheet(connection, campaign, number)
        if sheet is not None and entry.line > sheet.rows:
            raise LineError("line", f"Sheet {sheet.number} has {sheet.rows} lines.")
        intake = _intake_for_update(connection, actor, campaign, sheet, label, now)
        if paper_signatures.existing_lines(connection, intake, [entry.line]):
            raise LineError("line", f"Line {entry.line} is typed in already.")
        known = paper_signatures.find_existing(connection, campaign.id, [entry])
        why = exclusion_reason(entry, known.addresses, known.people)
        if why is ExclusionReason.ALREADY_SIGNED:
            raise LineError("email", "Somebody with this name and address has signed, withdrawn or been removed already.")
        if why is not None and not allow_likely:
            raise LikelyDuplicateError(why)
        text_hash, language = (sheet.text_hash, sheet.language) if sheet else (campaign.text.hash, campaign.language)
        taking = PaperImport(
            campaign.id, intake, text_hash, language, now, signing_time(campaign, now), runtime.tokens.mailbox_hash,
            runtime.random_link_key, lambda line: line_declaration(line, sheet, campaign),
        )  # fmt: skip
        if (
            paper_signatures.add_paper_signatures(
                connection, taking, [entry_to_import(entry, why, include_likely=True) or entry]
            )
            == 0
        ):
            raise LineError("email", "Somebody has signed with this address in this moment.")
        if not intakes.count_typed_line(connection, intake):
            raise LineError("sheet", "What was typed in from this sheet is being undone.")
        signature = paper_signatures.newest_lines(connection, intake, 1)[0].id
        audit_log.record(
            connection, actor, "type in paper", now, campaign_id=campaign.id, subject=AUDIT_SUBJECT % intake,
            after={"line": entry.line, "signature": signature},
        )  # fmt: skip
        ledger.lock_tally(connection, campaign.id)
        require_accepts_paper(connection, campaign.id)
    runtime.enqueue_once(ADVANCE_LEDGER)
    return signature


def line_declaration(entry: PaperEntry, sheet: Sheet | None, campaign: Campaign) -> int:
    """What a line says of who may sign: by the words printed on its sheet, else by those asked for now where it is ticked."""
    if sheet is None:
        # Paper of one's own may carry no statement, so a box that is not ticked says nothing.
        return declaration_of(campaign.eligibility.in_language(campaign.language), is_ticked=True) if entry.declared else 0
    return abs(sheet.declaration) if entry.declared else sheet.declaration


def statement_to_tick(runtime: Runtime, campaign: Campaign, sheet: Sheet | None) -> str:
    """The statement of who may sign that a line may have ticked; "" where its sheet has no box for it."""
    if sheet is None:
        asked = campaign.eligibility.in_language(campaign.language)
        return asked.words if asked else ""
    if sheet.declaration >= 0:
        return ""
    with runtime.reading() as connection:
        known = statements.words_by_number(statements.list_statements(connection, campaign.id))
    return known.get(-sheet.declaration, "")


def undo_line(runtime: Runtime, actor: Actor, campaign: Campaign, intake_id: int, line: int) -> bool:
    """Take back one line that was typed in: it leaves the count, and can be typed in again. False where it is not there."""
    now = runtime.now()
    with runtime.transaction() as connection:
        intake = intakes.get_for_update(connection, intake_id)
        if (
            intake is None
            or intake.campaign_id != campaign.id
            or intake.state is not IntakeState.IMPORTED
            or intake.kind != "typed"
        ):
            return False
        signature = paper_signatures.undo_line(connection, intake_id, line, now)
        if signature is None:
            return False
        intakes.record_undo_progress(connection, intake_id, 1)
        audit_log.record(
            connection, actor, "undo line", now, campaign_id=campaign.id, subject=AUDIT_SUBJECT % intake_id,
            before={"line": line, "signature": signature},
        )  # fmt: skip
    runtime.enqueue_once(ADVANCE_LEDGER)
    return True


def read_line(text: str, default: int) -> int:
    """The number of a line. Raises LineWrong."""
    text = text.strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LINE_NUMBER and len(text) < 9):
        raise LineError("line", "Write the number of the line.")
    return int(text)


def read_sheet(text: str) -> int | None:
    """The number on a sheet; None where none is typed. Raises LineWrong."""
    text = text.strip().lower().removeprefix("sheet").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise LineError("sheet", "Write the number that is printed on the sheet.")
    return int(text)


def _require_sheet(connection: "Connection", campaign: Campaign, number: int | None) -> Sheet | None:
    if number is None:
        return None
    found = sheets.get_by_number(connection, campaign.id, number)
    if found is None:
        raise LineError("sheet", f"No sheet {number} was printed for this campaign. Leave it empty for paper of your own.")
    return found


def _find_intake(connection: "Connection", actor: Actor, campaign: Campaign, sheet: Sheet | None, label: str) -> Intake | None:
    if sheet is not None:
        return intakes.get_by_sheet(connection, sheet.id)
    return intakes.get_typed_on_day(connection, campaign.id, actor.campaigner_id, label)


def _intake_for_update(
    connection: "Connection", actor: Actor, campaign: Campaign, sheet: Sheet | None, label: str, now: datetime
) -> int:
    """The intake lines of a sheet go to, held until the transaction ends; a new one for the first line."""
    found = _find_intake(connection, actor, campaign, sheet, label)
    if found is None:
        try:
            return intakes.create_intake(
                connection, campaign.id, "typed", IntakeState.IMPORTED, now, created_by=actor.campaigner_id,
                label=label if sheet is None else f"Sheet {sheet.number}", sheet_id=sheet.id if sheet else None,
                text_hash=sheet.text_hash if sheet else None,
            )  # fmt: skip
        except intakes.AlreadyImportedError:
            raise LineError("sheet", "Somebody else has just begun to type in this sheet. Send it again.") from None
    held = intakes.get_for_update(connection, found.id)
    if held is None or held.state is not IntakeState.IMPORTED:
        raise LineError("sheet", "What was typed in from this sheet is being undone. Wait until that is through.")
    return found.id


def _day_label(runtime: Runtime, campaign: Campaign) -> str:
    return runtime.now().astimezone(campaign.zone).date().isoformat()
