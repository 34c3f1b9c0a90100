"""Page of one signature: its details, its timeline, and what can be done to it."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.formatting import ordinal_suffix
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import MAX_REMOVAL_REASON_LENGTH, read_removal_kind
from campaign.services.moderation import removals
from campaign.services.signatures import comments, erase
from campaign.services.signatures.timeline import Timeline, get_timeline
from campaign.store.signatures.timeline import SignatureDetails
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.signature_labels import (
    REMOVAL_CHOICES,
    SIGNATURE_STATE_LABELS,
    place_name,
    signed_label,
    time_with_seconds,
)
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.desk.timeline_labels import timeline_line

blueprint = DeskBlueprint("signature")


@blueprint.get("/desk/c/<slug>/signatures/<int:number>")
@requires(Permission.READ_SIGNATURES)
def show_signature(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page of one signature, with its timeline."""
    return signature_page(context, _timeline_or_404(context, number), {}, {})


@blueprint.post("/desk/c/<slug>/signatures/<int:number>/invalidate")
@requires(Permission.MODERATE)
def invalidate_signature(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: invalidate a signature, with a reason."""
    found, values = _timeline_or_404(context, number), echoed_fields("class", "reason")
    errors, kind, moved = dict[str, str](), None, False
    try:
        kind = read_removal_kind(values["class"])
    except InvalidInputError as refused:
        errors["class"] = refused.sentence
    try:
        if kind is not None:
            moved = removals.invalidate_signature(runtime(), context.actor, number, kind, request.form.get("reason", ""))
    except InvalidInputError as refused:
        errors["reason"] = refused.sentence
    if errors:
        return signature_page(context, found, values, errors)
    return _redirect_to_signature(context, number, N_("The signature is invalidated: it counts no longer."), moved=moved)


@blueprint.post("/desk/c/<slug>/signatures/<int:number>/restore")
@requires(Permission.MODERATE)
def restore_signature(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: restore an invalidated signature."""
    found, values = _timeline_or_404(context, number), echoed_fields("restore_reason")
    try:
        moved = removals.restore_signature(runtime(), context.actor, number, request.form.get("restore_reason", ""))
    except InvalidInputError as refused:
        return signature_page(context, found, values, {"restore_reason": refused.sentence})
    return _redirect_to_signature(context, number, N_("The signature is restored."), moved=moved)


@blueprint.post("/desk/c/<slug>/signatures/<int:number>/hide-comment")
@requires(Permission.MODERATE)
def hide_signature_comment(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: hide its comment from public pages, with a reason."""
    found, values = _timeline_or_404(context, number), echoed_fields("hide_reason")
    try:
        hidden = comments.hide_comment(
            runtime(), context.actor, context.campaign.id, number, request.form.get("hide_reason", "")
        )
    except InvalidInputError as refused:
        return signature_page(context, found, values, {"hide_reason": refused.sentence})
    return _redirect_to_signature(context, number, N_("The comment is hidden."), moved=hidden)


@blueprint.post("/desk/c/<slug>/signatures/<int:number>/show-comment")
@requires(Permission.MODERATE)
def unhide_signature_comment(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: show its hidden comment again."""
    _timeline_or_404(context, number)
    shown = comments.unhide_comment(runtime(), context.actor, context.campaign.id, number)
    return _redirect_to_signature(context, number, N_("The comment can be shown again."), moved=shown)


@blueprint.get("/desk/c/<slug>/signatures/<int:number>/erase")
@requires(Permission.ERASE)
def confirm_erase(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page that asks to confirm the erasure of a signature."""
    return erase_page(_timeline_or_404(context, number).details, {}, {})


@blueprint.post("/desk/c/<slug>/signatures/<int:number>/erase")
@requires(Permission.ERASE)
def erase_signature(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: erase all that is personal in a signature."""
    details = _timeline_or_404(context, number).details
    try:
        erased = erase.erase_signature(runtime(), context.actor, context.campaign.id, number, request.form.get("reason", ""))
    except InvalidInputError as refused:
        return erase_page(details, echoed_fields("reason"), {"reason": refused.sentence})
    return _redirect_to_signature(context, number, N_("All that was personal in it is erased."), moved=erased)


def _timeline_or_404(context: DeskContext, number: int) -> Timeline:
    """The story; of a signature of this campaign, or 404."""
    found = get_timeline(runtime(), context.campaign.id, number, with_addresses=context.may(Permission.READ_ADDRESSES))
    return found or abort(404)


def _redirect_to_signature(context: DeskContext, number: int, words: str, *, moved: bool) -> ResponseReturnValue:
    path = f"/desk/c/{context.campaign.slug}/signatures/{number}"
    if not moved:
        return redirect_with_message(path, "Nothing was changed: somebody else was faster, or it has moved on.", "warn")
    return redirect_with_message(path, words)


def signature_page(
    context: DeskContext, timeline: Timeline, values: dict[str, str], errors: dict[str, str]
) -> ResponseReturnValue:
    """The signature, with what was wrong with what was typed."""
    zone, details = context.campaign.zone, timeline.details
    return render_page(
        "signature.html",
        422 if errors else 200,
        signature=details,
        values=values,
        errors=errors,
        states=SIGNATURE_STATE_LABELS,
        timeline=[
            (
                signed_label(event.at, details.kind if event.kind == "signed" else "", zone),
                timeline_line(event, details, zone),
            )
            for event in timeline.events
        ],
        signed=signed_label(details.signed_at, details.kind, zone),
        where=place_name(details.country, details.area),
        country=localised.country_name(details.country),
        removals=REMOVAL_CHOICES,
        longest=MAX_REMOVAL_REASON_LENGTH,
        ordinal_suffix=ordinal_suffix,
        when=lambda at: time_with_seconds(at, zone),
        addresses=context.may(Permission.READ_ADDRESSES),
        moderates=context.may(Permission.MODERATE),
        sees_paper=context.may(Permission.ADD_PAPER),
        erases=context.may(Permission.ERASE),
    )


def erase_page(details: SignatureDetails, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    """What erasing means, and the form for it."""
    return render_page(
        "erase.html", 422 if errors else 200, signature=details, values=values, errors=errors, longest=MAX_REMOVAL_REASON_LENGTH
    )
