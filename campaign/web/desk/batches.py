"""Batches, which invalidate many signatures at once: dry run, start, progress, cancelling and undoing."""

from typing import Any

from flask import Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.big_act import UnconfirmedBigActError, is_big_act
from campaign.domain.moderation.removal import (
    MAX_REMOVAL_REASON_LENGTH,
    SignatureSelection,
    read_removal_kind,
    read_removal_reason,
    removal_label,
)
from campaign.services.moderation import batches
from campaign.services.moderation.batches import DryRun
from campaign.store.database.query_timeout import StatementTimeoutError
from campaign.store.moderation.batches import Batch, BatchState
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import MAX_ID, DeskBlueprint, DeskContext, requires
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.request_values import echoed_fields, read_integer
from campaign.web.desk.requested_filters import RequestedFilters, filters_from_request
from campaign.web.desk.signature_labels import REMOVAL_CHOICES, SIGNATURE_STATE_LABELS, filter_chips
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.translation import translated

BATCH_STATE_LABELS = {
    BatchState.RUNNING: (N_("running"), "warn"),
    BatchState.CANCELLED: (N_("stopped"), "plain"),
    BatchState.DONE: (N_("done"), "good"),
    BatchState.UNDOING: (N_("being undone"), "warn"),
    BatchState.UNDONE: (N_("undone"), "plain"),
}
"""What the state of a batch is called, and the tone of it."""
_RULE_TOO_SLOW = N_("That rule takes too long to try. Narrow it: by a network, a mail domain, a source or an hour.")
_NO_MATCH = N_("No signature that could be invalidated fits that. It may have been done already.")

blueprint = DeskBlueprint("batches")


@blueprint.get("/desk/c/<slug>/batches")
@requires(Permission.MODERATE)
def list_batches(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's bulk changes."""
    before = read_integer(request.args.get("older", ""))
    found = batches.list_batches(runtime(), context.campaign, MAX_ID if before is None else before)
    return render_page(
        "batches.html",
        batches=found,
        states=BATCH_STATE_LABELS,
        when=lambda at: localised.short_time(at, context.campaign.zone),
    )


@blueprint.get("/desk/c/<slug>/batches/new")
@requires(Permission.MODERATE)
def plan_by_rule(context: DeskContext) -> ResponseReturnValue:
    """Form: dry run of invalidating what a filter finds."""
    return _plan_page(context, filters_from_request(context), ())


@blueprint.post("/desk/c/<slug>/batches/new")
@requires(Permission.MODERATE)
def plan_by_selection(context: DeskContext) -> ResponseReturnValue:
    """Form: dry run of invalidating the signatures that were ticked."""
    return _plan_page(context, RequestedFilters(), _selected_ids())


@blueprint.post("/desk/c/<slug>/batches")
@requires(Permission.MODERATE)
def start_batch(context: DeskContext) -> ResponseReturnValue:
    """Form: start a bulk change as it was shown by its dry run."""
    wanted, ids, errors = filters_from_request(context), _selected_ids(), {}
    values = echoed_fields("kind", "reason")
    given = {name: request.form.get(name, "") for name in values}
    for name, read in (("kind", read_removal_kind), ("reason", read_removal_reason)):
        try:
            read(given[name])
        except InvalidInputError as refused:
            errors[name] = refused.sentence
    if errors or wanted.errors:
        return _plan_page(context, wanted, ids, values, errors)
    if request.form.get("confirm"):
        require_recent_authentication(context, _batches_path(context))
    try:
        number = batches.start_batch(
            runtime(),
            context.actor,
            context.campaign,
            SignatureSelection(wanted.filters, ids),
            read_removal_kind(given["kind"]),
            given["reason"],
            _integer_field("expected", 0),
            _integer_field("up_to", MAX_ID),
            counted=read_integer(request.form.get("counted", "")),
            confirmed=bool(request.form.get("confirm")),
        )
    except UnconfirmedBigActError as refused:
        return _plan_page(context, wanted, ids, values, {"confirm": refused.sentence})
    except InvalidInputError as refused:
        return _plan_page(context, wanted, ids, values, {"rule": refused.sentence})
    return redirect_with_message(f"{_batches_path(context)}/{number}", "It has begun. You can leave this page; it goes on.")


@blueprint.get("/desk/c/<slug>/batches/<int:number>")
@requires(Permission.MODERATE)
def show_batch(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page of one bulk change."""
    return _batch_page(context, _batch_or_404(context, number), {}, {})


def _batch_page(context: DeskContext, batch: Batch, values: dict[str, str], errors: dict[str, str]) -> Response:
    # Asked for the form to undo it alone: the page of one that runs loads again every few seconds.
    verified = batches.count_verified(runtime(), batch) if batch.can_be_undone else 0
    answer = render_page(
        "batch.html",
        422 if errors else 200,
        batch=batch,
        values=values,
        errors=errors,
        longest=MAX_REMOVAL_REASON_LENGTH,
        verified=verified,
        big=is_big_act(verified, context.campaign.signatures),
        states=BATCH_STATE_LABELS,
        kind=removal_label(batch.reason_class),
        chips=[words for words, _ in filter_chips(batch.selection.filters, context.campaign.zone, {})],
        when=lambda at: localised.short_time(at, context.campaign.zone),
    )
    if batch.is_unfinished:
        # Without a script the page looks again by itself; with one it is moved on in place.
        answer.headers["Refresh"] = "5"
    return answer


@blueprint.get("/desk/c/<slug>/batches/<int:number>.json")
@requires(Permission.MODERATE)
def batch_progress(context: DeskContext, number: int) -> ResponseReturnValue:
    """JSON: how far a bulk change has come, for its page's script."""
    batch = _batch_or_404(context, number)
    return jsonify(state=batch.state.value, moved=batch.invalidated, restored=batch.restored, expected=batch.expected)


@blueprint.post("/desk/c/<slug>/batches/<int:number>/cancel")
@requires(Permission.MODERATE)
def cancel_batch(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: stop a bulk change; what it has done stays done."""
    stopped = batches.cancel_batch(runtime(), context.actor, _batch_or_404(context, number))
    said = (
        (N_("Stopped. What it has done so far can be undone."), "good") if stopped else (N_("It was through already."), "warn")
    )
    return redirect_with_message(f"{_batches_path(context)}/{number}", *said)


@blueprint.post("/desk/c/<slug>/batches/<int:number>/undo")
@requires(Permission.MODERATE)
def undo_batch(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: undo a bulk change."""
    batch, values = _batch_or_404(context, number), echoed_fields("reason", "confirm")
    if request.form.get("confirm"):
        require_recent_authentication(context, f"{_batches_path(context)}/{number}")
    try:
        began = batches.undo_batch(
            runtime(),
            context.actor,
            context.campaign,
            batch,
            request.form.get("reason", ""),
            confirmed=bool(request.form.get("confirm")),
        )
    except UnconfirmedBigActError as refused:
        return _batch_page(context, batch, values, {"confirm": refused.sentence})
    except InvalidInputError as refused:
        return _batch_page(context, batch, values, {"reason": refused.sentence})
    said = (
        (N_("Everything it invalidated is being given back."), "good") if began else (N_("There is nothing to undo."), "warn")
    )
    return redirect_with_message(f"{_batches_path(context)}/{number}", *said)


def _batch_or_404(context: DeskContext, number: int) -> Batch:
    return batches.get_batch(runtime(), context.campaign, number) or abort(404)


def _plan_page(
    context: DeskContext,
    wanted: RequestedFilters,
    ids: tuple[int, ...],
    values: dict[str, str] | None = None,
    errors: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    """What it would do, and the form that does it."""
    # The fields of the filters are on another page: what is wrong with them is said of the rule as a whole.
    unread = {"rule": " ".join(map(translated, wanted.errors.values()))} if wanted.errors else {}
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
        big=dry is not None and is_big_act(dry.matches.counted, context.campaign.signatures),
        errors=errors,
        values=values or {},
        kinds=REMOVAL_CHOICES,
        longest=MAX_REMOVAL_REASON_LENGTH,
        chips=[words for words, _ in filter_chips(wanted.filters, context.campaign.zone, {})],
        signature_states=SIGNATURE_STATE_LABELS,
        when=lambda at: localised.short_time(at, context.campaign.zone),
        addresses=context.may(Permission.READ_ADDRESSES),
    )


def _dry_run(context: DeskContext, rule: SignatureSelection) -> tuple[DryRun | None, str]:
    try:
        dry = batches.dry_run(runtime(), context.campaign, rule)
    except InvalidInputError as refused:
        return None, refused.sentence
    except StatementTimeoutError:
        return None, _RULE_TOO_SLOW
    return (dry, "") if dry.total else (None, _NO_MATCH)


def _selected_ids() -> tuple[int, ...]:
    """The signatures selected in a form; what is no number is left out."""
    given = request.form.getlist("ids")[: batches.MAX_SELECTED + 1]
    return tuple(sorted({number for text in given if (number := read_integer(text)) is not None}))


def _integer_field(name: str, default: int) -> int:
    """Integer of a hidden field; the default where it holds none."""
    value = read_integer(request.form.get(name, ""))
    return default if value is None else value


def _batches_path(context: DeskContext) -> str:
    return f"/desk/c/{context.campaign.slug}/batches"
