"""Signatures on paper: sheets to print, and the list of what was brought in."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.paper_text import UNKNOWN_TEXT
from campaign.domain.paper.sheet import (
    DEFAULT_ROWS,
    MAX_ROWS,
    MAX_SHEETS,
    MIN_ROWS,
    SHEET_PROFILES,
    default_profile,
    read_integer,
)
from campaign.rendering.contents import SheetContent
from campaign.rendering.drawing import draw_sheets
from campaign.services.paper import list_uploads, sheets, undo, validate
from campaign.store.paper.intakes import IntakeState
from campaign.store.paper.uploads import Upload, UploadState
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.process_slot import PROCESS_SLOT, SLOT_WAIT_SECONDS
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.sheet_labels import sheet_content, sheet_url
from campaign.web.desk.template_context import redirect_with_count, render_page
from campaign.web.translation import gettext

INTAKE_STATE_LABELS = {
    IntakeState.UNCONFIRMED: (N_("needs your decision"), "warn"),
    IntakeState.IMPORTED: (N_("taken in"), "good"),
    IntakeState.UNDOING: (N_("being undone"), "warn"),
    IntakeState.UNDONE: (N_("undone"), "plain"),
}

UPLOAD_STATE_LABELS = {
    UploadState.WAITING: (N_("waits to be read"), "plain"),
    UploadState.READING: (N_("being read"), "plain"),
    UploadState.READ: (N_("needs your decision"), "warn"),
    UploadState.REFUSED: (N_("cannot be read"), "wrong"),
}

blueprint = DeskBlueprint("paper")


@blueprint.get("/desk/c/<slug>/paper")
@requires(Permission.TYPE_IN)
def show_paper(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's sheets and paper uploads."""
    return paper_page(context, {}, {})


@blueprint.post("/desk/c/<slug>/paper/sheets")
@requires(Permission.ADD_PAPER)
def print_sheets(context: DeskContext) -> ResponseReturnValue:
    """Form: number new sheets to print."""
    values, errors = echoed_fields("amount", "rows", "profile", "language"), dict[str, str]()
    amounts = {}
    for name, least, most in (("amount", 1, MAX_SHEETS), ("rows", MIN_ROWS, MAX_ROWS)):
        try:
            amounts[name] = read_integer(request.form.get(name, ""), least, most)
        except InvalidInputError as refused:
            errors[name] = refused.sentence
    profile = values["profile"]
    if profile not in SHEET_PROFILES:
        errors["profile"] = N_("Choose what kind of sheet it is to be.")
    version = context.campaign.in_language(values["language"])
    if not errors:
        try:
            # Whether the text leaves room for so many rows is known once it is set.
            asked = context.campaign.eligibility.in_language(version.language)
            trial = sheet_content(
                context.campaign,
                version.text,
                version.language,
                profile,
                amounts["rows"],
                asked.words if asked else "",
                with_tick=not context.campaign.eligibility.is_required,
            )
            _draw_sheets(trial, [(1, sheet_url(context.campaign, 1))])
            run = sheets.create_sheets(
                runtime(), context.actor, context.campaign, amounts["amount"], amounts["rows"], profile, version.language
            )
        except InvalidInputError as refused:
            errors["rows"] = refused.sentence
    if errors:
        return paper_page(context, values, errors)
    return redirect_with_count(
        f"{paper_path(context)}#run-{run}",
        "%(num)s sheet is ready to be printed.",
        "%(num)s sheets are ready to be printed.",
        amounts["amount"],
    )


@blueprint.get("/desk/c/<slug>/paper/sheets/<int:run>.pdf")
@requires(Permission.TYPE_IN)
def sheets_pdf(context: DeskContext, run: int) -> ResponseReturnValue:
    """Download of sheets as PDF."""
    printed = (sheets.get_run(runtime(), context.campaign, run) if run < 2**31 else None) or abort(404)
    first = printed.sheets[0]
    asked = sheet_content(
        context.campaign,
        printed.text,
        first.language,
        first.profile,
        first.rows,
        printed.statement,
        with_tick=first.declaration < 0,
    )
    body = _draw_sheets(asked, [(one.number, sheet_url(context.campaign, one.number)) for one in printed.sheets])
    answer = Response(body, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{context.campaign.slug}-sheets-{run}.pdf"'
    return answer


def _draw_sheets(content: SheetContent, numbered: list[tuple[int, str]]) -> bytes:
    """The sheets as a PDF. Raises InvalidInputError, and BusyError where others have long drawn."""
    with PROCESS_SLOT.acquired(SLOT_WAIT_SECONDS):
        return draw_sheets(content, numbered)


COLUMN_LABELS = {
    "name": N_("Name"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "postcode": N_("Postcode"),
    "address": N_("Address"),
    "country": N_("Country"),
    "date": N_("Date"),
    "email": N_("Email"),
    "updates": N_("May be emailed"),
    "public": N_("Name may be shown"),
    "comment": N_("Comment"),
    "declared": N_("Statement of who may sign"),
}
"""What the fields of a list are called at the desk, by their names in `domain.paper.columns`."""
MAX_COLUMN_NAME_CHARACTERS = 120


def column_input(field: str) -> str:
    """The name of the input that says what the column of a field is called."""
    return f"column_{field}"


def paper_page(
    context: DeskContext, values: dict[str, str], errors: dict[str, str], *, refused_upload: Upload | None = None
) -> ResponseReturnValue:
    """Everything about paper, with what was wrong with what was typed; `refused_upload` is a list a worker could not read."""
    campaign, takes_in = context.campaign, context.may(Permission.ADD_PAPER)
    shown = {
        "amount": "10",
        "rows": str(DEFAULT_ROWS),
        "profile": default_profile(campaign.recipient_kind),
        "language": campaign.language,
        **values,
    }
    return render_page(
        "paper.html",
        422 if errors and refused_upload is None else 200,
        values=shown,
        errors=errors,
        runs=sheets.list_runs(runtime(), campaign),
        takes_in=takes_in,
        intakes=undo.list_intakes(runtime(), campaign) if takes_in else [],
        states=INTAKE_STATE_LABELS,
        refused_upload=refused_upload,
        uploads=list_uploads.list_open_uploads(runtime(), campaign) if takes_in else [],
        upload_states=UPLOAD_STATE_LABELS,
        profiles=SHEET_PROFILES,
        closed=_closed_reason(campaign),
        kinds=[(one.key, one.name, one.hint) for one in SHEET_PROFILES.values()],
        columns=[(column_input(name), label) for name, label in COLUMN_LABELS.items()],
        columns_open="file" in errors or any(values.get(name) for name in ("sheet", *map(column_input, COLUMN_LABELS))),
        longest_column=MAX_COLUMN_NAME_CHARACTERS,
        most_rows=MAX_ROWS,
        most_sheets=MAX_SHEETS,
        languages=[(one.language, localised.language_name(one.language)) for one in campaign.versions],
        when=lambda at: localised.short_time(at, campaign.zone),
        text_hash=campaign.text.hash,
        text_choices=_text_choices(campaign) if campaign.published else [],
    )


def _text_choices(campaign: Campaign) -> list[tuple[str, str]]:
    """What may be answered to which text was on the paper: value and words."""
    several = len(campaign.versions) > 1
    found = [("", gettext("Choose"))]
    for choice in validate.list_text_choices(runtime(), campaign):
        shown = {"number": choice.number, "day": localised.day(choice.since, campaign.zone)}
        if several:
            version = gettext(
                "Version %(number)s in %(language)s, of %(day)s", language=localised.language_name(choice.language), **shown
            )
        else:
            version = gettext("Version %(number)s, of %(day)s", **shown)
        now = gettext("%(version)s, the one signed now", version=version) if choice.is_current else version
        found.append((choice.text_hash, now))
    return [*found, (UNKNOWN_TEXT, gettext("I do not know, or another text"))]


def paper_path(context: DeskContext) -> str:
    """Path of the page."""
    return f"/desk/c/{context.campaign.slug}/paper"


def _closed_reason(campaign: Campaign) -> str:
    """Why no paper is taken in; "" where it is."""
    if not campaign.published:
        return gettext("The campaign is a draft. Sheets can be printed and paper brought in once it is published.")
    if campaign.taken_down:
        return gettext("The campaign is taken down. Paper is brought in once it is put back.")
    if campaign.window.finalised_at is not None:
        return gettext("The total is final and certified: no paper can be brought in any more.")
    return ""
