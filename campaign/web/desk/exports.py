"""Exports: what one has asked for, asking for another, and downloading it. Nobody else has what one asked for."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue

from campaign import exporting, searching
from campaign.domain.export import COLUMNS, read_plan
from campaign.domain.export import FILTERS as NARROWING
from campaign.domain.filters import FiltersRefused
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.domain.signature import SignatureState
from campaign.exporting import Gone
from campaign.runtime import Runtime
from campaign.store.exports import Export
from campaign.web.desk.export_words import COLUMN_WORDS, FORMATS, MEDIA, ORDERS, STATES, UPDATES, size_words, summary_of
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.signature_words import STATES as SIGNATURE_STATES
from campaign.web.desk.signature_words import when
from campaign.web.desk.typed import shown_again

_TYPED = ("format", "order", "updates", "profile", *NARROWING)
_OFFERED = {"format": "xlsx", "order": "signing", "profile": ""}
_OVER = "That file is not there any more. Have it made again."


def exports_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/exports`."""
    room = gate.room("exports")

    @room.at("/c/<slug>/exports", Act.EXPORT, "GET")
    def exports(visit: Visit) -> ResponseReturnValue:
        found, zone = exporting.page(runtime, visit.campaign, visit.campaigner.id), visit.campaign.zone
        texts = dict(searching.texts(runtime, visit.campaign.id))
        answer = show(
            "exports.html", exports=found, export_states=STATES, size_words=size_words, days=exporting.LASTS.days,
            when=lambda at: when(at, zone), summary_of=lambda plan: summary_of(plan, zone, texts),
        )  # fmt: skip
        if any(export.busy for export in found):
            # Without a script the page looks again by itself; with one it is moved on in place.
            answer.headers["Refresh"] = "10"
        return answer

    @room.at("/c/<slug>/exports/new", Act.EXPORT, "GET")
    def new(visit: Visit) -> ResponseReturnValue:
        # The page of a recipient leads here with a pack for it.
        typed = {name: shown_again(request.args.get(name, default)) for name, default in _OFFERED.items()}
        return form(visit, {}, typed, COLUMNS, (SignatureState.VERIFIED,))

    @room.at("/c/<slug>/exports", Act.EXPORT, "POST")
    def ask(visit: Visit) -> ResponseReturnValue:
        given = request.form.to_dict(flat=False)
        try:
            plan = read_plan(given, visit.campaign.zone, [key for key, _ in exporting.profiles()])
            exporting.ask(runtime, visit.actor, visit.campaign, visit.campaigner.id, plan)
        except (FiltersRefused, Refused) as refused:
            errors = dict(refused.errors) if isinstance(refused, FiltersRefused) else {"format": str(refused)}
            typed = {name: shown_again(request.form.get(name, "")) for name in _TYPED}
            return form(visit, errors, typed, given.get("columns", ()), given.get("states", ()))
        return done(runtime.links, _path(visit), "It is being made. You can leave this page; it goes on.")

    @room.at("/c/<slug>/exports/<int:number>.json", Act.EXPORT, "GET")
    def progress(visit: Visit, number: int) -> ResponseReturnValue:
        export = find(visit, number)
        return jsonify(state=export.state.value, written=export.written, expected=export.expected)

    @room.at("/c/<slug>/exports/<int:number>/download", Act.EXPORT, "GET")
    def download(visit: Visit, number: int) -> ResponseReturnValue:
        export = find(visit, number)
        name = f"{visit.campaign.slug}-{export.id}.{export.plan.format.suffix}"
        if request.method == "HEAD":
            return Response(mimetype=MEDIA[export.plan.format])
        try:
            parts = exporting.opened(runtime, visit.actor, export)
        except Gone:
            return done(runtime.links, _path(visit), _OVER, "warn")
        answer = Response(stream_with_context(parts), mimetype=MEDIA[export.plan.format])
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Content-Length"] = str(export.size)
        return answer

    @room.at("/c/<slug>/exports/<int:number>/cancel", Act.EXPORT, "POST")
    def cancel(visit: Visit, number: int) -> ResponseReturnValue:
        stopped = exporting.cancel(runtime, visit.actor, find(visit, number))
        return done(runtime.links, _path(visit), *(("Stopped.", "good") if stopped else ("It was made already.", "warn")))

    @room.at("/c/<slug>/exports/<int:number>/restart", Act.EXPORT, "POST")
    def restart(visit: Visit, number: int) -> ResponseReturnValue:
        try:
            begun = exporting.restart(runtime, visit.actor, find(visit, number))
        except Refused as refused:
            return done(runtime.links, _path(visit), str(refused), "warn")
        words = ("It is being made again, of the signatures there are now.", "good")
        return done(runtime.links, _path(visit), *(words if begun else ("There is nothing to make again.", "warn")))

    @room.at("/c/<slug>/exports/<int:number>/delete", Act.EXPORT, "POST")
    def delete(visit: Visit, number: int) -> ResponseReturnValue:
        exporting.delete(runtime, visit.actor, find(visit, number))
        return done(runtime.links, _path(visit), "The export is deleted.")

    def find(visit: Visit, number: int) -> Export:
        return exporting.find(runtime, visit.campaign, visit.campaigner.id, number) or abort(404)

    def form(
        visit: Visit, errors: Mapping[str, str], values: dict[str, str], columns: Sequence[str], states: Sequence[str]
    ) -> ResponseReturnValue:  # fmt: skip
        return show(
            "export_new.html", 422 if errors else 200, errors=errors, values=values, columns=columns, states=states,
            formats=FORMATS, orders=ORDERS, updates=UPDATES, column_words=COLUMN_WORDS, profiles=exporting.profiles(),
            texts=searching.texts(runtime, visit.campaign.id), signature_states=SIGNATURE_STATES,
        )  # fmt: skip

    return room


def _path(visit: Visit) -> str:
    return f"/desk/c/{visit.campaign.slug}/exports"
