"""A sheet typed in, line by line: each is a signature at once, and can be taken back at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import declaration_of
from campaign.domain.common.i18n import N_
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
from campaign.store.paper import intakes, paper_signatures, sheets, typed_lines
from campaign.store.paper.intakes import Intake, IntakeState
from campaign.store.paper.paper_signatures import IntakeLine, PaperImport
from campaign.store.paper.sheets import Sheet
from campaign.store.paper.typed_lines import TypedLine

if TYPE_CHECKING:
    from sqlalchemy import Connection

MAX_LINES_SHOWN = 8
"""Lines typed in last that the form shows."""
MAX_LEFT_OUT_SHOWN = 200
"""Lines left out that the page of an intake lists."""
MAX_LINE_NUMBER = 100_000


class LineError(InvalidInputError):
    """Line or sheet that cannot be taken; nothing was stored."""

    def __init__(self, field: str, message: str, **values: Any) -> None:
        super().__init__(message, **values)
        self.field = field


class LikelyDuplicateError(Exception):
    """Line that looks like somebody there is. Nothing was stored; it is taken in where one says so."""

    def __init__(self, why: ExclusionReason) -> None:
        super().__init__(EXCLUSION_TEXTS[why])
        self.why = why


@dataclass(frozen=True, slots=True)
class SheetProgress:
    """Progress of typing in a sheet."""

    sheet: Sheet | None
    intake: Intake | None
    """None before the first line."""
    next_line: int
    last: tuple[IntakeLine, ...]
    """The lines typed in last, newest first; none for a typist, to whom they would say who has signed."""
    typed: tuple[TypedLine, ...] = ()
    """For a typist, the lines they typed in last, newest first, whatever became of them."""
    typed_amount: int = 0
    """Lines of the intake, those left out included."""


def sheet_progress(
    runtime: Runtime, actor: Actor, campaign: Campaign, number: int | None, *, sees_signatures: bool
) -> SheetProgress:
    """Where typing in a sheet stands, or, for None, typing in from paper without a number. Raises LineError."""
    with runtime.reading() as connection:
        sheet = _require_sheet(connection, campaign, number)
        intake = _find_intake(connection, actor, campaign, sheet, _day_label(runtime, campaign))
        if intake is None:
            return SheetProgress(sheet, None, 1, ())
        following = max(paper_signatures.last_line(connection, intake.id), typed_lines.last_line(connection, intake.id)) + 1
        amount = intake.remaining + typed_lines.count_left_out(connection, intake.id)
        if not sees_signatures:
            typed = typed_lines.newest_lines(connection, intake.id, actor.campaigner_id, MAX_LINES_SHOWN)
            return SheetProgress(sheet, intake, following, (), tuple(typed), amount)
        last = paper_signatures.newest_lines(connection, intake.id, MAX_LINES_SHOWN)
        return SheetProgress(sheet, intake, following, tuple(last), (), amount)


def type_in_line(
    runtime: Runtime, actor: Actor, campaign: Campaign, number: int | None, entry: PaperEntry, *, allow_likely: bool = False
) -> int:
    """Take in one line of a sheet; returns the number of its signature.

    Raises LikelyDuplicateError where it looks like somebody there is and `allow_likely` is not said, LineError where the sheet
    or the line cannot be, and InvalidInputError where the campaign takes in no paper.
    """
    with runtime.transaction() as connection:
        sheet, intake = _begin_line(connection, runtime, actor, campaign, number, entry)
        why = _likeness(connection, campaign, entry)
        if why is ExclusionReason.ALREADY_SIGNED:
            raise LineError("email", N_("Somebody with this name and address has signed, withdrawn or been removed already."))
        if why is not None and not allow_likely:
            raise LikelyDuplicateError(why)
        signature = _add_signature(connection, runtime, actor, campaign, (sheet, intake), entry, why)
        if signature is None:
            raise LineError("email", N_("Somebody has signed with this address in this moment."))
        typed_lines.set_taken_in(connection, intake, entry.line)
        ledger.lock_tally(connection, campaign.id)
        require_accepts_paper(connection, campaign.id)
    runtime.enqueue_once(ADVANCE_LEDGER)
    return signature


def type_in_line_as_typist(runtime: Runtime, actor: Actor, campaign: Campaign, number: int | None, entry: PaperEntry) -> None:
    """Take down one line of a sheet for a typist, who is not told who has signed: what looks like somebody there is, is left
    out and noted, and the campaigners see it in the intake.

    Raises LineError where the sheet or the line cannot be, and InvalidInputError where the campaign takes in no paper.
    """
    with runtime.transaction() as connection:
        sheet, intake = _begin_line(connection, runtime, actor, campaign, number, entry)
        if typed_lines.is_typed(connection, intake, entry.line):
            raise LineError("line", N_("Line %(line)s is typed in already."), line=entry.line)
        why = _likeness(connection, campaign, entry)
        if why is None and _add_signature(connection, runtime, actor, campaign, (sheet, intake), entry, None) is None:
            why = ExclusionReason.ALREADY_SIGNED
        if why is not None:
            audit_log.record(
                connection, actor, "leave out line", runtime.now(), campaign_id=campaign.id, subject=AUDIT_SUBJECT % intake,
                after={"line": entry.line, "why": why.value},
            )  # fmt: skip
        typed_lines.add_line(connection, intake, entry.line, actor.campaigner_id, why.value if why else "", runtime.now())
        ledger.lock_tally(connection, campaign.id)
        require_accepts_paper(connection, campaign.id)
    runtime.enqueue_once(ADVANCE_LEDGER)


def list_left_out(runtime: Runtime, intake: Intake) -> list[TypedLine]:
    """Lines of an intake that a typist typed in and that were left out, in their order."""
    with runtime.reading() as connection:
        return typed_lines.list_left_out(connection, intake.id, MAX_LEFT_OUT_SHOWN)


def _begin_line(
    connection: "Connection", runtime: Runtime, actor: Actor, campaign: Campaign, number: int | None, entry: PaperEntry
) -> tuple[Sheet | None, int]:
    """The sheet a line is on, and the intake it goes to, locked. Raises LineError, or where no paper is taken in."""
    require_accepts_paper(connection, campaign.id)
    sheet = _require_sheet(connection, campaign, number)
    if sheet is not None and entry.line > sheet.rows:
        raise LineError("line", N_("Sheet %(number)s has %(rows)s lines."), number=sheet.number, rows=sheet.rows)
    intake = _intake_for_update(connection, actor, campaign, sheet, _day_label(runtime, campaign), runtime.now())
    if paper_signatures.existing_lines(connection, intake, [entry.line]):
        raise LineError("line", N_("Line %(line)s is typed in already."), line=entry.line)
    return sheet, intake


def _likeness(connection: "Connection", campaign: Campaign, entry: PaperEntry) -> ExclusionReason | None:
    """Whom an entry looks like."""
    known = paper_signatures.find_existing(connection, campaign.id, [entry])
    return exclusion_reason(entry, known.addresses, known.people)


def _add_signature(
    connection: "Connection", runtime: Runtime, actor: Actor, campaign: Campaign, place: tuple[Sheet | None, int],
    entry: PaperEntry, why: ExclusionReason | None,
) -> int | None:  # fmt: skip
    """Id of the new signature of a line of a sheet and intake; None where its address has signed in this moment."""
    (sheet, intake), now = place, runtime.now()
    text_hash, language = (sheet.text_hash, sheet.language) if sheet else (campaign.text.hash, campaign.language)
    taking = PaperImport(
        campaign.id, intake, text_hash, language, now, signing_time(campaign, now), runtime.tokens.mailbox_hash,
        runtime.random_link_key, lambda line: line_declaration(line, sheet, campaign),
    )  # fmt: skip
    entries = [entry_to_import(entry, why, include_likely=True) or entry]
    if paper_signatures.add_paper_signatures(connection, taking, entries) == 0:
        return None
    intakes.count_typed_line(connection, intake)
    signature = paper_signatures.newest_lines(connection, intake, 1)[0].id
    audit_log.record(
        connection, actor, "type in paper", now, campaign_id=campaign.id, subject=AUDIT_SUBJECT % intake,
        after={"line": entry.line, "signature": signature},
    )  # fmt: skip
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


def undo_line(runtime: Runtime, actor: Actor, campaign: Campaign, intake_id: int, line: int, *, own_only: bool = False) -> bool:
    """Take back one line that was typed in: it leaves the count, and can be typed in again. False where it is not there.

    With `own_only`, as for a typist, only a line that they typed in themselves; the answer is the same for one that was left
    out.
    """
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
        if own_only and not typed_lines.is_typed(connection, intake_id, line, by=actor.campaigner_id):
            return False
        was_typed = typed_lines.delete_line(connection, intake_id, line)
        signature = paper_signatures.undo_line(connection, intake_id, line, now)
        if signature is None and not was_typed:
            return False
        if signature is not None:
            intakes.record_undo_progress(connection, intake_id, 1)
        audit_log.record(
            connection, actor, "undo line", now, campaign_id=campaign.id, subject=AUDIT_SUBJECT % intake_id,
            before={"line": line} | ({"signature": signature} if signature else {}),
        )  # fmt: skip
    runtime.enqueue_once(ADVANCE_LEDGER)
    return True


def read_line(text: str, default: int) -> int:
    """The number of a line. Raises LineError."""
    text = text.strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LINE_NUMBER and len(text) < 9):
        raise LineError("line", N_("Write the number of the line."))
    return int(text)


def read_sheet(text: str) -> int | None:
    """The number on a sheet; None where none is typed. Raises LineError."""
    text = text.strip().lower().removeprefix("sheet").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise LineError("sheet", N_("Write the number that is printed on the sheet."))
    return int(text)


def _require_sheet(connection: "Connection", campaign: Campaign, number: int | None) -> Sheet | None:
    if number is None:
        return None
    found = sheets.get_by_number(connection, campaign.id, number)
    if found is None:
        raise LineError(
            "sheet",
            N_("No sheet %(number)s was printed for this campaign. Leave it empty for paper of your own."),
            number=number,
        )
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
            raise LineError("sheet", N_("Somebody else has just begun to type in this sheet. Send it again.")) from None
    held = intakes.get_for_update(connection, found.id)
    if held is None or held.state is not IntakeState.IMPORTED:
        raise LineError("sheet", N_("What was typed in from this sheet is being undone. Wait until that is through."))
    return found.id


def _day_label(runtime: Runtime, campaign: Campaign) -> str:
    return runtime.now().astimezone(campaign.zone).date().isoformat()
