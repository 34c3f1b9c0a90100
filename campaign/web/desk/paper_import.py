"""Import of a list of signatures on paper: dry run, confirmation, undoing. The upload is in `paper_upload`."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError, Sentence
from campaign.domain.moderation.big_act import UnconfirmedBigActError, is_big_act
from campaign.domain.moderation.removal import MAX_REMOVAL_REASON_LENGTH
from campaign.domain.paper.duplicates import EXCLUSION_TEXTS, LIKELY_DUPLICATES, ExclusionReason
from campaign.services.paper import import_list, type_in, undo, validate
from campaign.services.paper.import_list import AlreadyImportedError, DatesQuestionedError
from campaign.store.paper.intakes import Intake, IntakeState
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.csv_response import csv_response
from campaign.web.desk.paper import (
    COLUMN_LABELS,
    INTAKE_STATE_LABELS,
    paper_path,
)
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.template_context import redirect_with_count, redirect_with_message, render_page
from campaign.web.translation import gettext, translated

blueprint = DeskBlueprint("paper_import")


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
    reasons = {why.value: gettext(words) for why, words in EXCLUSION_TEXTS.items()}
    # Only of a row that cannot be read more is said than why.
    rows = (
        (line, reasons[why], translated(words) if why == ExclusionReason.INVALID else "") for line, why, words in held.left_out
    )
    header = (gettext("line"), gettext("why"), gettext("what"))
    return csv_response(f"{context.campaign.slug}-left-out-{number}.csv", header, rows)


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
            context,
            found,
            echoed_fields("likely", "dates"),
            {"again": Sentence(N_("%(problem)s Tick the box if it is to come in once more."), {"problem": before.sentence})},
        )
    except DatesQuestionedError as refused:
        return _intake_page(context, found, echoed_fields("likely", "again"), {"dates": refused.sentence})
    except InvalidInputError as refused:
        return redirect_with_message(paper_path(context), refused.sentence, "warn")
    return redirect_with_count(
        f"{paper_path(context)}/intakes/{found.id}",
        "%(num)s signature on paper taken in.",
        "%(num)s signatures on paper taken in.",
        taken.signatures,
    )


@blueprint.post("/desk/c/<slug>/paper/intakes/<int:number>/drop")
@requires(Permission.ADD_PAPER)
def discard_intake(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: delete an uploaded list that was not imported."""
    dropped = undo.discard_unconfirmed(runtime(), context.campaign, number)
    words = (N_("The list is thrown away."), "good") if dropped else (N_("It was not waiting any more."), "warn")
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
        return _intake_page(context, found, echoed_fields("reason"), {"confirm": refused.sentence})
    except InvalidInputError as refused:
        return _intake_page(context, found, echoed_fields("reason"), {"reason": refused.sentence})
    words = (N_("It is being undone."), "good") if began else (N_("There is nothing to undo."), "warn")
    return redirect_with_message(f"{paper_path(context)}/intakes/{number}", *words)


def _intake_or_404(context: DeskContext, number: int) -> Intake:
    return undo.get_intake(runtime(), context.campaign, number) or abort(404)


def _text_on_paper(context: DeskContext, found: Intake) -> str:
    """What is known of the text on the paper, in words."""
    if found.text_hash is None:
        return gettext("not known")
    known = {one.text_hash: one for one in validate.list_text_choices(runtime(), context.campaign)}
    version = known.get(found.text_hash)
    if version is None:
        return found.text_hash
    return gettext("version %(number)s, %(hash)s…", number=version.number, hash=version.text_hash[:12])


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
        country_name=lambda code: localised.country_name(code) or code,
        reasons=[(why.value, EXCLUSION_TEXTS[why], why in LIKELY_DUPLICATES) for why in ExclusionReason],
        when=lambda at: localised.short_time(at, context.campaign.zone),
        longest=MAX_REMOVAL_REASON_LENGTH,
        held_state=IntakeState.UNCONFIRMED,
        big=is_big_act(found.remaining, context.campaign.signatures),
        text_on_paper=_text_on_paper(context, found),
        left_out=type_in.list_left_out(runtime(), found) if found.kind == "typed" else [],
        day=localised.calendar_day,
        texts={why.value: words for why, words in EXCLUSION_TEXTS.items()},
    )
    if found.state is IntakeState.UNDOING:
        answer.headers["Refresh"] = "5"
    return answer
