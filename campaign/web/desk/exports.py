"""Exports: what one has asked for, asking for another, and downloading it. Nobody else has what one asked for."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.exports.plan import DEFAULT_COLUMNS, read_plan
from campaign.domain.exports.plan import EXPORT_FILTERS as NARROWING
from campaign.domain.signatures.filters import InvalidFiltersError
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.services import exports
from campaign.services.exports import ExportGoneError
from campaign.services.signatures import search
from campaign.store.exports.exports import Export
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext
from campaign.web.desk.echoed_input import echoed_input
from campaign.web.desk.export_labels import (
    COLUMN_LABELS,
    EXPORT_STATE_LABELS,
    FORMAT_LABELS,
    MEDIA_TYPES,
    ORDER_LABELS,
    UPDATES_LABELS,
    plan_summary,
    size_label,
)
from campaign.web.desk.signature_labels import SIGNATURE_STATE_LABELS as SIGNATURE_STATES
from campaign.web.desk.signature_labels import short_time
from campaign.web.desk.template_context import redirect_with_message, render_page

_FORM_FIELDS = ("format", "order", "updates", "profile", *NARROWING)
_FORM_DEFAULTS = {"format": "xlsx", "order": "signing", "profile": ""}
_EXPIRED_MESSAGE = "That file is not there any more. Have it made again."


def exports_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/c/<slug>/exports`."""
    room = gate.blueprint("exports")

    @room.protected_route("/c/<slug>/exports", Permission.EXPORT, "GET")
    def list_exports(context: DeskContext) -> ResponseReturnValue:
        found, zone = exports.list_exports(runtime, context.campaign, context.campaigner.id), context.campaign.zone
        texts = dict(search.signed_texts(runtime, context.campaign.id))
        answer = render_page(
            "exports.html",
            exports=found,
            export_states=EXPORT_STATE_LABELS,
            size_label=size_label,
            days=exports.FILE_LIFETIME.days,
            when=lambda at: short_time(at, zone),
            summary_of=lambda plan: plan_summary(plan, zone, texts),
        )
        if any(export.is_unfinished for export in found):
            # Without a script the page looks again by itself; with one it is moved on in place.
            answer.headers["Refresh"] = "10"
        return answer

    @room.protected_route("/c/<slug>/exports/new", Permission.EXPORT, "GET")
    def new_export(context: DeskContext) -> ResponseReturnValue:
        # The page of a recipient leads here with a pack for it.
        typed = {name: echoed_input(request.args.get(name, default)) for name, default in _FORM_DEFAULTS.items()}
        return export_form(context, {}, typed, DEFAULT_COLUMNS, (SignatureState.VERIFIED,))

    @room.protected_route("/c/<slug>/exports", Permission.EXPORT, "POST")
    def request_export(context: DeskContext) -> ResponseReturnValue:
        given = request.form.to_dict(flat=False)
        try:
            plan = read_plan(given, context.campaign.zone, [key for key, _ in exports.submission_profiles()])
            exports.request_export(runtime, context.actor, context.campaign, context.campaigner.id, plan)
        except (InvalidFiltersError, InvalidInputError) as refused:
            errors = dict(refused.errors) if isinstance(refused, InvalidFiltersError) else {"format": str(refused)}
            typed = {name: echoed_input(request.form.get(name, "")) for name in _FORM_FIELDS}
            return export_form(context, errors, typed, given.get("columns", ()), given.get("states", ()))
        return redirect_with_message(
            runtime.tokens, _exports_path(context), "It is being made. You can leave this page; it goes on."
        )

    @room.protected_route("/c/<slug>/exports/<int:number>.json", Permission.EXPORT, "GET")
    def export_progress(context: DeskContext, number: int) -> ResponseReturnValue:
        export = export_or_404(context, number)
        return jsonify(state=export.state.value, written=export.written, expected=export.expected)

    @room.protected_route("/c/<slug>/exports/<int:number>/download", Permission.EXPORT, "GET")
    def download_export(context: DeskContext, number: int) -> ResponseReturnValue:
        export = export_or_404(context, number)
        name = f"{context.campaign.slug}-{export.id}.{export.plan.format.suffix}"
        if request.method == "HEAD":
            return Response(mimetype=MEDIA_TYPES[export.plan.format])
        try:
            parts = exports.download_export(runtime, context.actor, export)
        except ExportGoneError:
            return redirect_with_message(runtime.tokens, _exports_path(context), _EXPIRED_MESSAGE, "warn")
        answer = Response(stream_with_context(parts), mimetype=MEDIA_TYPES[export.plan.format])
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Content-Length"] = str(export.size)
        return answer

    @room.protected_route("/c/<slug>/exports/<int:number>/cancel", Permission.EXPORT, "POST")
    def cancel_export(context: DeskContext, number: int) -> ResponseReturnValue:
        stopped = exports.cancel_export(runtime, context.actor, export_or_404(context, number))
        return redirect_with_message(
            runtime.tokens, _exports_path(context), *(("Stopped.", "good") if stopped else ("It was made already.", "warn"))
        )

    @room.protected_route("/c/<slug>/exports/<int:number>/restart", Permission.EXPORT, "POST")
    def restart_export(context: DeskContext, number: int) -> ResponseReturnValue:
        try:
            begun = exports.restart_export(runtime, context.actor, export_or_404(context, number))
        except InvalidInputError as refused:
            return redirect_with_message(runtime.tokens, _exports_path(context), str(refused), "warn")
        words = ("It is being made again, of the signatures there are now.", "good")
        return redirect_with_message(
            runtime.tokens, _exports_path(context), *(words if begun else ("There is nothing to make again.", "warn"))
        )

    @room.protected_route("/c/<slug>/exports/<int:number>/delete", Permission.EXPORT, "POST")
    def delete_export(context: DeskContext, number: int) -> ResponseReturnValue:
        exports.delete_export(runtime, context.actor, export_or_404(context, number))
        return redirect_with_message(runtime.tokens, _exports_path(context), "The export is deleted.")

    def export_or_404(context: DeskContext, number: int) -> Export:
        return exports.get_export(runtime, context.campaign, context.campaigner.id, number) or abort(404)

    def export_form(
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
            column_labels=COLUMN_LABELS,
            profiles=exports.submission_profiles(),
            texts=search.signed_texts(runtime, context.campaign.id),
            signature_states=SIGNATURE_STATES,
        )

    return room


def _exports_path(context: DeskContext) -> str:
    return f"/desk/c/{context.campaign.slug}/exports"
