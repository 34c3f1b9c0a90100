"""Exports: the list of one's own, requesting one, and downloading it. Nobody else can download what one requested."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.exports.plan import DEFAULT_COLUMNS, EXPORT_FILTERS, read_plan
from campaign.domain.signatures.filters import InvalidFiltersError
from campaign.domain.signatures.signature import SignatureState
from campaign.services import exports
from campaign.services.exports import ExportGoneError, file_name
from campaign.services.signatures import search
from campaign.store.exports.exports import Export
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.export_labels import (
    COLUMN_LABELS,
    EXPORT_STATE_LABELS,
    FORMAT_LABELS,
    MEDIA_TYPES,
    ORDER_LABELS,
    PROGRAM_LABELS,
    UPDATES_LABELS,
    plan_summary,
    size_label,
)
from campaign.web.desk.request_values import echoed_fields, echoed_input
from campaign.web.desk.signature_labels import SIGNATURE_STATE_LABELS
from campaign.web.desk.template_context import redirect_with_message, render_page

_FORM_FIELDS = ("format", "order", "updates", "profile", "program", "two_names", *EXPORT_FILTERS)
_FORM_DEFAULTS = {"format": "xlsx", "order": "signing", "profile": "", "program": ""}
_EXPIRED_MESSAGE = N_("That file is not there any more. Have it made again.")

blueprint = DeskBlueprint("exports")


@blueprint.get("/desk/c/<slug>/exports")
@requires(Permission.EXPORT)
def list_exports(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's exports."""
    found, zone = exports.list_exports(runtime(), context.campaign, context.campaigner.id), context.campaign.zone
    texts = dict(search.signed_texts(runtime(), context.campaign.id))
    answer = render_page(
        "exports.html",
        exports=found,
        timestamps=exports.pack_timestamps_of(runtime(), found),
        export_states=EXPORT_STATE_LABELS,
        size_label=size_label,
        days=exports.FILE_LIFETIME.days,
        when=lambda at: localised.short_time(at, zone),
        summary_of=lambda plan: plan_summary(plan, zone, texts),
    )
    if any(export.is_unfinished for export in found):
        # Without a script the page looks again by itself; with one it is moved on in place.
        answer.headers["Refresh"] = "10"
    return answer


@blueprint.get("/desk/c/<slug>/exports/new")
@requires(Permission.EXPORT)
def new_export(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for an export."""
    # The page of a recipient leads here with a pack for it.
    typed = {name: echoed_input(request.args.get(name, default)) for name, default in _FORM_DEFAULTS.items()}
    return _export_form(context, {}, typed, DEFAULT_COLUMNS, (SignatureState.VERIFIED,))


@blueprint.post("/desk/c/<slug>/exports")
@requires(Permission.EXPORT)
def request_export(context: DeskContext) -> ResponseReturnValue:
    """Form: request an export, which a worker makes."""
    given = request.form.to_dict(flat=False)
    try:
        plan = read_plan(given, context.campaign.zone, [key for key, _ in exports.submission_profiles()])
        exports.request_export(runtime(), context.actor, context.campaign, context.campaigner.id, plan)
    except (InvalidFiltersError, InvalidInputError) as refused:
        errors = dict(refused.errors) if isinstance(refused, InvalidFiltersError) else {"format": refused.sentence}
        typed = echoed_fields(*_FORM_FIELDS)
        return _export_form(context, errors, typed, given.get("columns", ()), given.get("states", ()))
    return redirect_with_message(_exports_path(context), "It is being made. You can leave this page; it goes on.")


@blueprint.get("/desk/c/<slug>/exports/<int:number>.json")
@requires(Permission.EXPORT)
def export_progress(context: DeskContext, number: int) -> ResponseReturnValue:
    """JSON: how far an export has come, for its page's script."""
    export = _export_or_404(context, number)
    return jsonify(state=export.state.value, written=export.written, expected=export.expected)


@blueprint.get("/desk/c/<slug>/exports/<int:number>/download")
@requires(Permission.EXPORT)
def download_export(context: DeskContext, number: int) -> ResponseReturnValue:
    """Download of an export's file, for the campaigner who requested it."""
    export = _export_or_404(context, number)
    name = file_name(context.campaign, export.plan, export.created_at)
    if request.method == "HEAD":
        return Response(mimetype=MEDIA_TYPES[export.plan.format])
    try:
        parts = exports.download_export(runtime(), context.actor, export)
    except ExportGoneError:
        return redirect_with_message(_exports_path(context), _EXPIRED_MESSAGE, "warn")
    answer = Response(stream_with_context(parts), mimetype=MEDIA_TYPES[export.plan.format])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Length"] = str(exports.download_size(runtime(), export))
    return answer


@blueprint.post("/desk/c/<slug>/exports/<int:number>/cancel")
@requires(Permission.EXPORT)
def cancel_export(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: stop an export."""
    stopped = exports.cancel_export(runtime(), context.actor, _export_or_404(context, number))
    return redirect_with_message(
        _exports_path(context), *((N_("Stopped."), "good") if stopped else (N_("It was made already."), "warn"))
    )


@blueprint.post("/desk/c/<slug>/exports/<int:number>/restart")
@requires(Permission.EXPORT)
def restart_export(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: make a failed or stopped export again."""
    try:
        begun = exports.restart_export(runtime(), context.actor, _export_or_404(context, number))
    except InvalidInputError as refused:
        return redirect_with_message(_exports_path(context), refused.sentence, "warn")
    words = (N_("It is being made again, of the signatures there are now."), "good")
    return redirect_with_message(_exports_path(context), *(words if begun else (N_("There is nothing to make again."), "warn")))


@blueprint.post("/desk/c/<slug>/exports/<int:number>/delete")
@requires(Permission.EXPORT)
def delete_export(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: delete an export's file."""
    exports.delete_export(runtime(), context.actor, _export_or_404(context, number))
    return redirect_with_message(_exports_path(context), "The export is deleted.")


def _export_or_404(context: DeskContext, number: int) -> Export:
    return exports.get_export(runtime(), context.campaign, context.campaigner.id, number) or abort(404)


def _export_form(
    context: DeskContext, errors: Mapping[str, str], values: dict[str, str], columns: Sequence[str], states: Sequence[str]
) -> ResponseReturnValue:  # fmt: skip
    return render_page(
        "export_new.html",
        422 if errors else 200,
        errors=errors,
        values=values,
        columns=columns,
        states=states,
        formats=FORMAT_LABELS,
        orders=ORDER_LABELS,
        updates=UPDATES_LABELS,
        programs=PROGRAM_LABELS,
        column_labels=COLUMN_LABELS,
        profiles=exports.submission_profiles(),
        texts=search.signed_texts(runtime(), context.campaign.id),
        signature_states=SIGNATURE_STATE_LABELS,
    )


def _exports_path(context: DeskContext) -> str:
    return f"/desk/c/{context.campaign.slug}/exports"
