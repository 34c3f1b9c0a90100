"""Import of a list of signatures on paper: upload, dry run, confirmation, undoing."""

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.field_reader import InvalidFieldsError
from campaign.domain.common.formatting import format_calendar_day, format_number
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.big_act import UnconfirmedBigActError, is_big_act
from campaign.domain.moderation.removal import MAX_REMOVAL_REASON_LENGTH
from campaign.domain.paper.duplicates import EXCLUSION_TEXTS, LIKELY_DUPLICATES, ExclusionReason
from campaign.domain.paper.paper_text import PaperText, read_first_day, read_text_choice
from campaign.domain.places.countries import COUNTRIES
from campaign.services.paper import import_list, type_in, undo, validate
from campaign.services.paper.import_list import AlreadyImportedError, DatesQuestionedError
from campaign.services.paper.validate import ReadOptions, ValidatedList
from campaign.store.paper.intakes import Intake, IntakeState
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.csv_response import csv_response
from campaign.web.desk.paper import (
    COLUMN_LABELS,
    INTAKE_STATE_LABELS,
    MAX_COLUMN_NAME_CHARACTERS,
    column_input,
    paper_page,
    paper_path,
)
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.signature_labels import short_time
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.desk.upload_slot import BUSY_MESSAGE, UPLOAD_WAIT_SECONDS, UPLOADS
from campaign.web.single_flight import BusyError

MAX_FILE_BYTES = 5_000_000
"""Octets. A longer list is for the command line, which shows how it goes on."""
MAX_DESK_ROWS = 20_000
MAX_UNPACKED_BYTES = 20_000_000
"""Octets of a workbook, unpacked."""
_FORM_OVERHEAD_BYTES = 50_000

blueprint = DeskBlueprint("paper_import")


@blueprint.post("/desk/c/<slug>/paper/file")
@requires(Permission.ADD_PAPER, max_bytes=MAX_FILE_BYTES + _FORM_OVERHEAD_BYTES)
def upload_list(context: DeskContext) -> ResponseReturnValue:
    """Form: upload a list of signatures on paper; nothing is counted until it is confirmed."""
    values = echoed_fields("text", "since", "sheet", *(column_input(name) for name in COLUMN_LABELS))
    try:
        paper_text = _read_paper_text(context)
        label, checked = _checked_upload(context, paper_text)
        intake_id = import_list.store_unconfirmed(runtime(), context.actor, context.campaign, checked, label)
    except InvalidFieldsError as wrong:
        return paper_page(context, values, dict(wrong.errors))
    except InvalidInputError as refused:
        return paper_page(context, values, {"file": str(refused)})
    words = "Nothing is taken in yet: see what it would be."
    return redirect_with_message(f"{paper_path(context)}/intakes/{intake_id}", words, "warn")


@blueprint.get("/desk/c/<slug>/paper/intakes/<int:number>")
@requires(Permission.ADD_PAPER)
def show_intake(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page of one paper upload."""
    return _intake_page(context, _intake_or_404(context, number), {}, {})


@blueprint.get("/desk/c/<slug>/paper/intakes/<int:number>/left-out.csv")
@requires(Permission.ADD_PAPER)
def left_out_rows(context: DeskContext, number: int) -> ResponseReturnValue:
    """CSV: every row of a waiting list that is left out or in doubt, with its line and why."""
    held = import_list.get_unconfirmed(runtime(), context.campaign, _intake_or_404(context, number).id)
    if held is None:
        return redirect_with_message(paper_path(context), "That list is not waiting any more. Upload it again.", "warn")
    reasons = {why.value: EXCLUSION_TEXTS[why] for why in ExclusionReason}
    rows = ((line, reasons.get(why, why), words if words != reasons.get(why) else "") for line, why, words in held.left_out)
    return csv_response(f"{context.campaign.slug}-left-out-{number}.csv", ("line", "why", "what"), rows)


@blueprint.post("/desk/c/<slug>/paper/intakes/<int:number>/take")
@requires(Permission.ADD_PAPER)
def confirm_intake(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: import an uploaded list."""
    found = _intake_or_404(context, number)
    likely, again, dates = (bool(request.form.get(name)) for name in ("likely", "again", "dates"))
    try:
        taken = import_list.import_unconfirmed(
            runtime(), context.actor, context.campaign, found.id, include_likely=likely, allow_same_file=again,
            dates_confirmed=dates,
        )  # fmt: skip
    except AlreadyImportedError as before:
        return _intake_page(
            context, found, echoed_fields("likely", "dates"), {"again": f"{before} Tick the box if it is to come in once more."}
        )
    except DatesQuestionedError as refused:
        return _intake_page(context, found, echoed_fields("likely", "again"), {"dates": str(refused)})
    except InvalidInputError as refused:
        return redirect_with_message(paper_path(context), str(refused), "warn")
    amount = f"{format_number(taken.signatures)} {'signature' if taken.signatures == 1 else 'signatures'} on paper"
    return redirect_with_message(f"{paper_path(context)}/intakes/{found.id}", f"{amount} taken in.")


@blueprint.post("/desk/c/<slug>/paper/intakes/<int:number>/drop")
@requires(Permission.ADD_PAPER)
def discard_intake(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: delete an uploaded list that was not imported."""
    dropped = undo.discard_unconfirmed(runtime(), context.campaign, number)
    words = ("The list is thrown away.", "good") if dropped else ("It was not waiting any more.", "warn")
    return redirect_with_message(paper_path(context), *words)


@blueprint.post("/desk/c/<slug>/paper/intakes/<int:number>/undo")
@requires(Permission.ADD_PAPER)
def undo_intake(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: take back all signatures of a paper upload."""
    found = _intake_or_404(context, number)
    if request.form.get("confirm"):
        require_recent_authentication(context, f"{paper_path(context)}/intakes/{number}")
    try:
        began = undo.undo_intake(
            runtime(), context.actor, context.campaign, found, request.form.get("reason", ""),
            confirmed=bool(request.form.get("confirm")),
        )  # fmt: skip
    except UnconfirmedBigActError as refused:
        return _intake_page(context, found, echoed_fields("reason"), {"confirm": str(refused)})
    except InvalidInputError as refused:
        return _intake_page(context, found, echoed_fields("reason"), {"reason": str(refused)})
    words = ("It is being undone.", "good") if began else ("There is nothing to undo.", "warn")
    return redirect_with_message(f"{paper_path(context)}/intakes/{number}", *words)


def _read_paper_text(context: DeskContext) -> PaperText:
    """What was said of the text on the paper. Raises InvalidFieldsError."""
    errors: dict[str, str] = {}
    version, since = None, None
    try:
        version = read_text_choice(request.form.get("text", ""), validate.list_text_choices(runtime(), context.campaign))
    except InvalidInputError as refused:
        errors["text"] = str(refused)
    rules = validate.row_rules(context.campaign, runtime().now())
    try:
        since = read_first_day(request.form.get("since", ""), rules.today, rules.last_day)
    except InvalidInputError as refused:
        errors["since"] = str(refused)
    if errors:
        raise InvalidFieldsError(errors)
    return PaperText(version, since)


def _checked_upload(context: DeskContext, paper_text: PaperText) -> tuple[str, ValidatedList]:
    """The name of the file that was sent, and what it would come to. Raises InvalidInputError."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInputError("Choose a file.")
    with SpooledTemporaryFile(max_size=MAX_FILE_BYTES + 1) as kept:
        kept.write(sent.stream.read(MAX_FILE_BYTES + 1))
        sent.close()
        if kept.tell() > MAX_FILE_BYTES:
            raise InvalidInputError("The file is larger than 5 MB. Split it, or bring it in by the command line.")
        options = ReadOptions(
            column_mapping={name: called for name in COLUMN_LABELS if (called := _typed(column_input(name)))},
            sheet_name=_typed("sheet"), paper_text=paper_text, keep_left_out=True, max_rows=MAX_DESK_ROWS,
            max_unpacked_bytes=MAX_UNPACKED_BYTES,
        )  # fmt: skip
        try:
            with UPLOADS.acquired(UPLOAD_WAIT_SECONDS):
                checked = validate.validate_list(runtime(), context.campaign, cast("BinaryIO", kept), options)
        except BusyError:
            raise InvalidInputError(BUSY_MESSAGE) from None
    if not checked.rows:
        raise InvalidInputError("There is nothing in the file below the names of its columns.")
    return sent.filename, checked


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:MAX_COLUMN_NAME_CHARACTERS]


def _intake_or_404(context: DeskContext, number: int) -> Intake:
    return undo.get_intake(runtime(), context.campaign, number) or abort(404)


def _text_on_paper(context: DeskContext, found: Intake) -> str:
    """What is known of the text on the paper, in words."""
    if found.text_hash is None:
        return "not known"
    known = {one.text_hash: one for one in validate.list_text_choices(runtime(), context.campaign)}
    version = known.get(found.text_hash)
    return found.text_hash if version is None else f"version {version.number}, {version.text_hash[:12]}…"


def _intake_page(context: DeskContext, found: Intake, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    """An intake, or what a list would come to, with what was wrong with what was typed."""
    held = (
        import_list.get_unconfirmed(runtime(), context.campaign, found.id) if found.state is IntakeState.UNCONFIRMED else None
    )
    if found.state is IntakeState.UNCONFIRMED and held is None:
        return redirect_with_message(paper_path(context), "That list has waited for too long. Upload it again.", "warn")
    answer = render_page(
        "intake.html",
        422 if errors else 200,
        intake=found,
        held=held,
        values=values,
        errors=errors,
        states=INTAKE_STATE_LABELS,
        column_labels=COLUMN_LABELS,
        country_name=lambda code: COUNTRIES.get(code, code),
        reasons=[(why.value, EXCLUSION_TEXTS[why], why in LIKELY_DUPLICATES) for why in ExclusionReason],
        when=lambda at: short_time(at, context.campaign.zone),
        longest=MAX_REMOVAL_REASON_LENGTH,
        held_state=IntakeState.UNCONFIRMED,
        big=is_big_act(found.remaining, context.campaign.signatures),
        text_on_paper=_text_on_paper(context, found),
        left_out=type_in.list_left_out(runtime(), found) if found.kind == "typed" else [],
        day=format_calendar_day,
        texts={why.value: words for why, words in EXCLUSION_TEXTS.items()},
    )
    if found.state is IntakeState.UNDOING:
        answer.headers["Refresh"] = "5"
    return answer
