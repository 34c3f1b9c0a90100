"""Typing in signatures on paper, line by line, by keyboard alone: Enter adds, and the next name can be typed."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.duplicates import EXCLUSION_TEXTS
from campaign.domain.paper.entry import InvalidRow, PaperEntry, read_entry
from campaign.services.paper import type_in
from campaign.services.paper.type_in import LikelyDuplicateError, LineError, SheetProgress, read_line, read_sheet
from campaign.services.paper.validate import row_rules
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import MAX_COUNT_DIGITS, echoed_input, read_integer
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.language import gettext, refusal_message

_TEXT_FIELDS = ("sheet", "line", "name", "postcode", "country", "date", "email", "comment")
_CHECKBOX_FIELDS = ("updates", "public", "declared")

blueprint = DeskBlueprint("paper_type_in")


@blueprint.get("/desk/c/<slug>/paper/type")
@requires(Permission.TYPE_IN)
def show_type_in(context: DeskContext) -> ResponseReturnValue:
    """Page to type in a sheet, line by line."""
    values = {"sheet": request.args.get("sheet", "")[:20], "date": request.args.get("date", "")[:20]}
    try:
        stands = _sheet_progress(context, read_sheet(values["sheet"]))
    except LineError as wrong:
        return _type_in_page(context, None, values, {wrong.field: refusal_message(wrong)})
    return _type_in_page(context, stands, values, {})


@blueprint.post("/desk/c/<slug>/paper/type")
@requires(Permission.TYPE_IN)
def add_line(context: DeskContext) -> ResponseReturnValue:
    """Form: add one line of a sheet."""
    values = {name: request.form.get(name, "") for name in _TEXT_FIELDS} | {
        name: "yes" if request.form.get(name) else "" for name in _CHECKBOX_FIELDS
    }
    stands: SheetProgress | None = None
    try:
        sheet = read_sheet(values["sheet"])
        stands = _sheet_progress(context, sheet)
        if values["sheet"] != request.form.get("was", values["sheet"]):
            values["line"] = ""  # it was that of another sheet
        entry, errors = _entry_from_form(context, values, read_line(values["line"], stands.next_line))
        if entry is None:
            return _type_in_page(context, stands, values, errors)
        if _sees_signatures(context):
            type_in.type_in_line(
                runtime(), context.actor, context.campaign, sheet, entry, allow_likely=bool(request.form.get("likely"))
            )
        else:
            type_in.type_in_line_as_typist(runtime(), context.actor, context.campaign, sheet, entry)
    except LikelyDuplicateError as likely:
        return _type_in_page(context, stands, values, {}, warning=gettext(EXCLUSION_TEXTS[likely.why]))
    except LineError as wrong:
        return _type_in_page(context, stands, values, {wrong.field: refusal_message(wrong)})
    except InvalidInputError as refused:
        return redirect_with_message(f"/desk/c/{context.campaign.slug}/paper", refusal_message(refused), "warn")
    return redirect(_next_line_path(context, values), 303)


@blueprint.post("/desk/c/<slug>/paper/type/undo")
@requires(Permission.TYPE_IN)
def undo_line(context: DeskContext) -> ResponseReturnValue:
    """Form: take back one line."""
    values = {name: request.form.get(name, "") for name in ("sheet", "date", "intake", "line")}
    intake_id, line = (read_integer(values[name], MAX_COUNT_DIGITS) or 0 for name in ("intake", "line"))
    undone = type_in.undo_line(
        runtime(), context.actor, context.campaign, intake_id, line, own_only=not _sees_signatures(context)
    )
    words = (
        (gettext("Line %(line)s is taken back.", line=line), "good")
        if undone
        else (gettext("That line is not there any more."), "warn")
    )
    return redirect_with_message(_next_line_path(context, values), *words)


def _sees_signatures(context: DeskContext) -> bool:
    """Whether they may be told that somebody has signed: a typist may not."""
    return context.may(Permission.READ_SIGNATURES)


def _sheet_progress(context: DeskContext, sheet: int | None) -> SheetProgress:
    return type_in.sheet_progress(runtime(), context.actor, context.campaign, sheet, sees_signatures=_sees_signatures(context))


def _type_in_page(
    context: DeskContext, stands: SheetProgress | None, values: dict[str, str], errors: dict[str, str], warning: str = ""
) -> ResponseReturnValue:  # fmt: skip
    shown = {name: echoed_input(value) for name, value in values.items()}
    shown.setdefault("country", "GB")
    # A correction stays on its line; otherwise the next one waits.
    if stands is not None and not shown.get("line"):
        shown["line"] = str(stands.next_line)
    full = stands is not None and stands.sheet is not None and stands.next_line > stands.sheet.rows
    return render_page(
        "paper_type_in.html",
        422 if errors or warning else 200,
        stands=stands,
        values=shown,
        errors=errors,
        warning=warning,
        countries=sorted(localised.country_names().items(), key=lambda one: (one[0] != "GB", one[1])),
        full=full,
        sees_signatures=_sees_signatures(context),
        asked=context.campaign.form_fields,
        statement=type_in.statement_to_tick(runtime(), context.campaign, stands.sheet if stands else None),
    )


def _entry_from_form(
    context: DeskContext, values: dict[str, str], line: int
) -> tuple[PaperEntry | None, dict[str, str]]:  # fmt: skip
    """What was typed as an entry; None where something in it is wrong."""
    row: dict[str, object] = {**values, "postcode": "", "address": values["postcode"]}
    # A postcode may be typed alone, or with the address it stands at the end of.
    entry, _ = read_entry(line, row, row_rules(context.campaign, runtime().now()))
    if isinstance(entry, InvalidRow) and "postcode" in entry.errors:
        entry, _ = read_entry(line, {**values}, row_rules(context.campaign, runtime().now()))
    if isinstance(entry, InvalidRow):
        return None, dict(entry.errors)
    if values["email"].strip() and not values["updates"]:
        return replace(entry, email="", updates=False), {}
    if values["updates"] and not entry.email:
        return None, {"email": gettext("Write an email address like name@example.org, or take the tick away.")}
    return entry, {}


def _next_line_path(context: DeskContext, values: dict[str, str]) -> str:
    """Where the next line is typed: the same sheet, and the same date."""
    kept = {name: values[name] for name in ("sheet", "date") if values.get(name)}
    return f"/desk/c/{context.campaign.slug}/paper/type{'?' + urlencode(kept) if kept else ''}"
