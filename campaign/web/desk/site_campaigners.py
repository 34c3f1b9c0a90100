"""Campaigners of the site, for its operator: search, invitations, disabled accounts, operators."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.audit_texts import read_audit_reason
from campaign.domain.accounts.role import Permission, Role, highest_role
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services import site
from campaign.services.accounts import invitations
from campaign.services.site import LastOperatorError, OwnAccountError
from campaign.store.accounts.campaigners import Campaigner
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.request_values import echoed_fields, read_integer
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.template_context import redirect_with_message, render_page

_MAX_QUERY_CHARACTERS = 200
_NOT_PENDING = (N_("It is open no more."), "warn")
_LAST_OPERATOR_MESSAGE = N_("Nobody else could look after the site. Make somebody else an operator first.")

blueprint = DeskBlueprint("site_campaigners")


@blueprint.get("/desk/site/people")
@requires(Permission.OPERATE_SITE)
def list_campaigners(_context: DeskContext) -> ResponseReturnValue:
    """Page of all campaigners of the site."""
    found, older = site.list_campaigners(runtime(), read_integer(request.args.get("before", "")))
    return _campaigners_page(found=found, older=older, first=read_integer(request.args.get("before", "")) is None)


# By POST, as an address must not stand in an address bar; it changes nothing.
@blueprint.post("/desk/site/people/search")
@requires(Permission.OPERATE_SITE, when_read_only=True)
def search_campaigners(_context: DeskContext) -> ResponseReturnValue:
    """Form: search campaigners by name or address."""
    query = request.form.get("query", "").strip()[:_MAX_QUERY_CHARACTERS]
    return _campaigners_page(
        found=site.search_campaigners(runtime(), query) if query else [], searched=True, values={"query": query}
    )


@blueprint.post("/desk/site/people/invite")
@requires(Permission.OPERATE_SITE, recent_proof=True)
def invite_campaigner(context: DeskContext) -> ResponseReturnValue:
    """Form: invite a campaigner to the site."""
    typed = request.form.get("email", "")
    try:
        invitations.invite_to_site(runtime(), context.actor, typed)
    except InvalidInputError as refused:
        found, older = site.list_campaigners(runtime())
        values = echoed_fields("email")
        return _campaigners_page(422, found=found, older=older, values=values, errors={"email": refused.sentence})
    return redirect_with_message("/desk/site/people", "The invitation is on its way.")


@blueprint.post("/desk/site/people/invitations/<int:site_invitation>/resend")
@requires(Permission.OPERATE_SITE, recent_proof=True)
def resend_site_invitation(context: DeskContext, site_invitation: int) -> ResponseReturnValue:
    """Form: mail an invitation to the site again."""
    try:
        sent = invitations.resend_invitation(runtime(), context.actor, None, site_invitation)
    except InvalidInputError as refused:
        return redirect_with_message("/desk/site/people", refused.sentence, "wrong")
    words = (N_("A new invitation is on its way."), "good") if sent else _NOT_PENDING
    return redirect_with_message("/desk/site/people", *words)


@blueprint.post("/desk/site/people/invitations/<int:site_invitation>/revoke")
@requires(Permission.OPERATE_SITE, recent_proof=True)
def revoke_site_invitation(context: DeskContext, site_invitation: int) -> ResponseReturnValue:
    """Form: take an invitation back, be it to the site, to a campaign or to a team."""
    revoked = invitations.revoke_any_invitation(runtime(), context.actor, site_invitation)
    words = (N_("The invitation is taken back."), "good") if revoked else _NOT_PENDING
    return redirect_with_message("/desk/site/people", *words)


@blueprint.get("/desk/site/people/<int:number>")
@requires(Permission.OPERATE_SITE)
def show_campaigner(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page of one campaigner."""
    return _campaigner_page(context, number)


@blueprint.post("/desk/site/people/<int:number>/disable")
@requires(Permission.OPERATE_SITE)
def disable_campaigner(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: disable a campaigner and end their sessions."""
    _campaigner_or_404(number)
    require_recent_authentication(context, f"/desk/site/people/{number}")
    typed = request.form.get("reason", "")
    try:
        moved = site.disable_campaigner(runtime(), context.actor, number, read_audit_reason(typed))
    except InvalidInputError as refused:
        return _campaigner_page(context, number, echoed_fields("reason"), {"reason": refused.sentence})
    except OwnAccountError:
        return _redirect_to_campaigner(number, N_("You cannot shut yourself out."), "wrong")
    except LastOperatorError:
        return _redirect_to_campaigner(number, _LAST_OPERATOR_MESSAGE, "wrong")
    return (
        _redirect_to_campaigner(number, N_("They are shut out, and signed out everywhere."))
        if moved
        else _redirect_to_campaigner(number, N_("They were."), "warn")
    )


@blueprint.post("/desk/site/people/<int:number>/enable")
@requires(Permission.OPERATE_SITE)
def enable_campaigner(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: enable a disabled campaigner."""
    _campaigner_or_404(number)
    require_recent_authentication(context, f"/desk/site/people/{number}")
    moved = site.enable_campaigner(runtime(), context.actor, number)
    return (
        _redirect_to_campaigner(number, N_("They can sign in again."))
        if moved
        else _redirect_to_campaigner(number, N_("They could already."), "warn")
    )


@blueprint.post("/desk/site/people/<int:number>/operator")
@requires(Permission.OPERATE_SITE)
def set_operator(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: make a campaigner an operator, or no longer one."""
    _campaigner_or_404(number)
    require_recent_authentication(context, f"/desk/site/people/{number}")
    on = request.form.get("on")
    if on not in ("0", "1"):
        abort(422)
    try:
        moved = site.set_operator(runtime(), context.actor, number, operator=on == "1")
    except LastOperatorError:
        return _redirect_to_campaigner(number, _LAST_OPERATOR_MESSAGE, "wrong")
    if moved and on == "0" and number == context.campaigner.id:
        return redirect_with_message("/desk/", "You are no operator any more.")
    words = N_("They look after the site now.") if on == "1" else N_("They look after the site no longer.")
    return (
        _redirect_to_campaigner(number, words) if moved else _redirect_to_campaigner(number, N_("Nothing was changed."), "warn")
    )


def _campaigners_page(status: int = 200, **given: object) -> ResponseReturnValue:
    plain: dict[str, object] = {
        "values": {}, "errors": {}, "older": None, "first": True, "searched": False, "moment": localised.day,
    }  # fmt: skip
    return render_page(
        "site_campaigners.html", status, **{**plain, **given}, zone=SITE_TIME_ZONE, now=runtime().now(),
        invited=invitations.list_every_invitation(runtime()),
    )  # fmt: skip


def _campaigner_page(
    context: DeskContext, number: int, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    campaigner, campaigns = _campaigner_or_404(number)
    return render_page(
        "site_campaigner.html", 422 if errors else 200, person=campaigner, campaigns=campaigns, values=values or {},
        errors=errors or {}, oneself=campaigner.id == context.campaigner.id, now=runtime().now(), zone=SITE_TIME_ZONE,
        day=localised.day, stage=stages.current_stage, highest=highest_role,
    )  # fmt: skip


def _campaigner_or_404(number: int) -> tuple[Campaigner, list[tuple[Campaign, frozenset[Role]]]]:
    return site.get_campaigner(runtime(), number) or abort(404)


def _redirect_to_campaigner(number: int, words: str, kind: str = "good") -> ResponseReturnValue:
    return redirect_with_message(f"/desk/site/people/{number}", words, kind)
