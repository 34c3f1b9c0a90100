"""Invalidating many signatures at once: what it would do, doing it, watching it, stopping it and undoing it."""

from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import (
    MAX_REMOVAL_REASON_LENGTH,
    REMOVAL_LABELS,
    SignatureSelection,
    read_removal_kind,
    read_removal_reason,
)
from campaign.runtime import Runtime
from campaign.services.moderation import batches
from campaign.services.moderation.batches import DryRun
from campaign.store.database.query_timeout import StatementTimeoutError
from campaign.store.moderation.batches import Batch, BatchState
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext
from campaign.web.desk.echoed_input import echoed_input
from campaign.web.desk.requested_filters import RequestedFilters, filters_from_request
from campaign.web.desk.signature_labels import SIGNATURE_STATE_LABELS, filter_chips, short_time
from campaign.web.desk.template_context import redirect_with_message, render_page

_NO_LIMIT = 2**63 - 1
BATCH_STATE_LABELS = {
    BatchState.RUNNING: ("running", "warn"), BatchState.CANCELLED: ("stopped", "plain"), BatchState.DONE: ("done", "good"),
    BatchState.UNDOING: ("being undone", "warn"), BatchState.UNDONE: ("undone", "plain"),
}  # fmt: skip
"""What the state of a batch is called, and the tone of it."""
_RULE_TOO_SLOW = "That rule takes too long to try. Narrow it: by a network, a mail domain, a source or an hour."
_NO_MATCH = "No signature that could be invalidated fits that. It may have been done already."


def batches_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/c/<slug>/batches`."""
    room = gate.blueprint("batches")

    @room.protected_route("/c/<slug>/batches", Permission.MODERATE, "GET")
    def list_batches(context: DeskContext) -> ResponseReturnValue:
        before = request.args.get("older", "")
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 2**62
        found = batches.list_batches(runtime, context.campaign, number)
        return render_page(
            "batches.html", batches=found, states=BATCH_STATE_LABELS, when=lambda at: short_time(at, context.campaign.zone)
        )

    @room.protected_route("/c/<slug>/batches/new", Permission.MODERATE, "GET")
    def plan_by_rule(context: DeskContext) -> ResponseReturnValue:
        return plan_page(context, filters_from_request(runtime, context), ())

    @room.protected_route("/c/<slug>/batches/new", Permission.MODERATE, "POST")
    def plan_by_selection(context: DeskContext) -> ResponseReturnValue:
        return plan_page(context, RequestedFilters(), _selected_ids())

    @room.protected_route("/c/<slug>/batches", Permission.MODERATE, "POST")
    def start_batch(context: DeskContext) -> ResponseReturnValue:
        wanted, ids, errors = filters_from_request(runtime, context), _selected_ids(), {}
        values = {name: echoed_input(request.form.get(name, "")) for name in ("kind", "reason")}
        given = {name: request.form.get(name, "") for name in values}
        for name, read in (("kind", read_removal_kind), ("reason", read_removal_reason)):
            try:
                read(given[name])
            except InvalidInputError as refused:
                errors[name] = str(refused)
        if errors or wanted.errors:
            return plan_page(context, wanted, ids, values, errors)
        try:
            number = batches.start_batch(
                runtime,
                context.actor,
                context.campaign,
                SignatureSelection(wanted.filters, ids),
                read_removal_kind(given["kind"]),
                given["reason"],
                _number_field("expected", 0),
                _number_field("up_to", _NO_LIMIT),
            )
        except InvalidInputError as refused:
            return plan_page(context, wanted, ids, values, {"rule": str(refused)})
        return redirect_with_message(
            runtime.tokens, f"{_batches_path(context)}/{number}", "It has begun. You can leave this page; it goes on."
        )

    @room.protected_route("/c/<slug>/batches/<int:number>", Permission.MODERATE, "GET")
    def show_batch(context: DeskContext, number: int) -> ResponseReturnValue:
        batch = batch_or_404(context, number)
        answer = render_page(
            "batch.html", batch=batch, states=BATCH_STATE_LABELS, kind=REMOVAL_LABELS[batch.kind][0],
            chips=[words for words, _ in filter_chips(batch.rule.filters, context.campaign.zone, {})],
            when=lambda at: short_time(at, context.campaign.zone),
        )  # fmt: skip
        if batch.is_unfinished:
            # Without a script the page looks again by itself; with one it is moved on in place.
            answer.headers["Refresh"] = "5"
        return answer

    @room.protected_route("/c/<slug>/batches/<int:number>.json", Permission.MODERATE, "GET")
    def batch_progress(context: DeskContext, number: int) -> ResponseReturnValue:
        batch = batch_or_404(context, number)
        return jsonify(state=batch.state.value, moved=batch.moved, restored=batch.restored, expected=batch.expected)

    @room.protected_route("/c/<slug>/batches/<int:number>/cancel", Permission.MODERATE, "POST")
    def cancel_batch(context: DeskContext, number: int) -> ResponseReturnValue:
        stopped = batches.cancel_batch(runtime, context.actor, batch_or_404(context, number))
        said = ("Stopped. What it has done so far can be undone.", "good") if stopped else ("It was through already.", "warn")
        return redirect_with_message(runtime.tokens, f"{_batches_path(context)}/{number}", *said)

    @room.protected_route("/c/<slug>/batches/<int:number>/undo", Permission.MODERATE, "POST")
    def undo_batch(context: DeskContext, number: int) -> ResponseReturnValue:
        began = batches.undo_batch(runtime, context.actor, batch_or_404(context, number))
        said = ("Everything it invalidated is being given back.", "good") if began else ("There is nothing to undo.", "warn")
        return redirect_with_message(runtime.tokens, f"{_batches_path(context)}/{number}", *said)

    def batch_or_404(context: DeskContext, number: int) -> Batch:
        return (batches.get_batch(runtime, context.campaign, number) if number < 2**63 else None) or abort(404)

    def plan_page(
        context: DeskContext, wanted: RequestedFilters, ids: tuple[int, ...], values: dict[str, str] | None = None,
        errors: dict[str, Any] | None = None,
    ) -> ResponseReturnValue:  # fmt: skip
        """What it would do, and the form that does it."""
        # The fields of the filters are on another page: what is wrong with them is said of the rule as a whole.
        unread = {"rule": " ".join(wanted.errors.values())} if wanted.errors else {}
        errors, dry = {**unread, **(errors or {})}, None
        if not wanted.errors:
            dry, refused = _dry_run(context, SignatureSelection(wanted.filters, ids))
            errors |= {"rule": refused} if refused else {}
        return render_page(
            "batch_new.html",
            422 if errors else 200,
            wanted=wanted,
            ids=ids,
            dry=dry,
            errors=errors,
            values=values or {},
            kinds=[(kind.value, words, hint) for kind, (words, hint) in REMOVAL_LABELS.items()],
            longest=MAX_REMOVAL_REASON_LENGTH,
            chips=[words for words, _ in filter_chips(wanted.filters, context.campaign.zone, {})],
            signature_states=SIGNATURE_STATE_LABELS,
            when=lambda at: short_time(at, context.campaign.zone),
            addresses=context.may(Permission.READ_ADDRESSES),
        )

    def _dry_run(context: DeskContext, rule: SignatureSelection) -> tuple[DryRun | None, str]:
        try:
            dry = batches.dry_run(runtime, context.campaign, rule)
        except InvalidInputError as refused:
            return None, str(refused)
        except StatementTimeoutError:
            return None, _RULE_TOO_SLOW
        return (dry, "") if dry.total else (None, _NO_MATCH)

    return room


def _selected_ids() -> tuple[int, ...]:
    """The signatures selected in a form; what is no number is left out."""
    given = request.form.getlist("ids")[: batches.MAX_SELECTED + 1]
    return tuple(sorted({int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19}))


def _number_field(name: str, default: int) -> int:
    """A number that our form carries; what is none is as if it were not there."""
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else default


def _batches_path(context: DeskContext) -> str:
    return f"/desk/c/{context.campaign.slug}/batches"
