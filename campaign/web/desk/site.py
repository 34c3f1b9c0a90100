"""The operator's pages: whether the site is well, all campaigns, and all people."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.audit_texts import read_audit_reason
from campaign.domain.accounts.role import Permission, Role
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common import formatting
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services import site
from campaign.services.accounts import team
from campaign.services.campaigns import lifecycle
from campaign.services.site import LastOperatorError, OwnAccountError
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.site.administration import CAMPAIGN_STATES
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.site_labels import CAMPAIGN_STATE_LABELS, SITE_TIME_ZONE, health_rows
from campaign.web.desk.template_context import redirect_with_message, render_page

_MAX_QUERY_CHARACTERS = 200
_MAX_ID = 2**62
_LAST_OPERATOR_MESSAGE = "Nobody else could look after the site. Make somebody else an operator first."


def site_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/site/`, `/desk/site/campaigns`, and taking campaigns down."""
    room = gate.blueprint("site")

    @room.protected_route("/site/", Permission.OPERATE_SITE, "GET")
    def show_site(_context: DeskContext) -> ResponseReturnValue:
        health = site.site_health(runtime)
        return render_page(
            "site.html",
            health=health,
            rows=health_rows(health),
            numbers=site.site_totals(runtime),
            number=formatting.format_number,
        )

    @room.protected_route("/site/campaigns", Permission.OPERATE_SITE, "GET")
    def list_campaigns(_context: DeskContext) -> ResponseReturnValue:
        query, state = request.args.get("q", "")[:_MAX_QUERY_CHARACTERS].replace("\x00", ""), request.args.get("state", "")
        if state not in CAMPAIGN_STATES:
            abort(404)
        found, older = site.list_campaigns(runtime, query, state, before_id())
        now = runtime.now()
        return render_page(
            "site_campaigns.html",
            found=[(each, stages.current_stage(each.campaign, now).value) for each in found],
            older=older,
            values={"q": query, "state": state},
            states=CAMPAIGN_STATE_LABELS,
            number=formatting.format_number,
            day=formatting.format_day,
            first=before_id() is None,
        )

    @room.protected_route("/site/campaigns/<slug>/take-down", Permission.OPERATE_SITE, "GET")
    def confirm_take_down(context: DeskContext) -> ResponseReturnValue:
        return take_down_page(context, {}, {})

    @room.protected_route("/site/campaigns/<slug>/take-down", Permission.OPERATE_SITE, "POST")
    def take_campaign_down(context: DeskContext) -> ResponseReturnValue:
        typed = request.form.get("reason", "")
        try:
            reason = read_audit_reason(typed)
        except InvalidInputError as refused:
            return take_down_page(context, {"reason": typed[:1_000]}, {"reason": str(refused)})
        if request.form.get("back") == "1":
            moved, words = (
                lifecycle.put_back_campaign(runtime, context.campaign, context.actor, reason),
                "The campaign is there again.",
            )
        else:
            moved, words = (
                lifecycle.take_down_campaign(runtime, context.campaign, context.actor, reason),
                "The campaign is taken down.",
            )
        if moved is None:
            return redirect_with_message(
                runtime.tokens, "/desk/site/campaigns", "That was done before, or it is a draft.", "warn"
            )
        return redirect_with_message(runtime.tokens, "/desk/site/campaigns", words)

    def take_down_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
        return render_page(
            "site_take_down.html", 422 if errors else 200, campaign=context.campaign, values=values, errors=errors
        )

    return room


def people_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/site/people`: who is a campaigner here, and what they may do."""
    room = gate.blueprint("people")

    @room.protected_route("/site/people", Permission.OPERATE_SITE, "GET")
    def list_campaigners(_context: DeskContext) -> ResponseReturnValue:
        found, older = site.list_campaigners(runtime, before_id())
        return campaigners_page(found=found, older=older, first=before_id() is None)

    # By POST, as an address must not stand in an address bar; it changes nothing.
    @room.protected_route("/site/people/search", Permission.OPERATE_SITE, "POST", when_read_only=True)
    def search_campaigners(_context: DeskContext) -> ResponseReturnValue:
        query = request.form.get("query", "").strip()[:_MAX_QUERY_CHARACTERS]
        return campaigners_page(
            found=site.search_campaigners(runtime, query) if query else [], searched=True, values={"query": query}
        )

    @room.protected_route("/site/people/invite", Permission.OPERATE_SITE, "POST")
    def invite_campaigner(context: DeskContext) -> ResponseReturnValue:
        typed = request.form.get("email", "")
        try:
            team.invite_to_site(runtime, context.actor, typed)
        except InvalidInputError as refused:
            found, older = site.list_campaigners(runtime)
            values = {"email": typed[:_MAX_QUERY_CHARACTERS]}
            return campaigners_page(422, found=found, older=older, values=values, errors={"email": str(refused)})
        return redirect_with_message(runtime.tokens, "/desk/site/people", "The invitation is on its way.")

    @room.protected_route("/site/people/<int:number>", Permission.OPERATE_SITE, "GET")
    def show_campaigner(context: DeskContext, number: int) -> ResponseReturnValue:
        return campaigner_page(context, number)

    @room.protected_route("/site/people/<int:number>/disable", Permission.OPERATE_SITE, "POST")
    def disable_campaigner(context: DeskContext, number: int) -> ResponseReturnValue:
        campaigner_or_404(number)
        require_recent_authentication(runtime, context, f"/desk/site/people/{number}")
        typed = request.form.get("reason", "")
        try:
            moved = site.disable_campaigner(runtime, context.actor, number, read_audit_reason(typed))
        except InvalidInputError as refused:
            return campaigner_page(context, number, {"reason": typed[:1_000]}, {"reason": str(refused)})
        except OwnAccountError:
            return redirect_to_campaigner(number, "You cannot shut yourself out.", "wrong")
        except LastOperatorError:
            return redirect_to_campaigner(number, _LAST_OPERATOR_MESSAGE, "wrong")
        return (
            redirect_to_campaigner(number, "They are shut out, and signed out everywhere.")
            if moved
            else redirect_to_campaigner(number, "They were.", "warn")
        )

    @room.protected_route("/site/people/<int:number>/enable", Permission.OPERATE_SITE, "POST")
    def enable_campaigner(context: DeskContext, number: int) -> ResponseReturnValue:
        campaigner_or_404(number)
        require_recent_authentication(runtime, context, f"/desk/site/people/{number}")
        moved = site.enable_campaigner(runtime, context.actor, number)
        return (
            redirect_to_campaigner(number, "They can sign in again.")
            if moved
            else redirect_to_campaigner(number, "They could already.", "warn")
        )

    @room.protected_route("/site/people/<int:number>/operator", Permission.OPERATE_SITE, "POST")
    def set_operator(context: DeskContext, number: int) -> ResponseReturnValue:
        campaigner_or_404(number)
        require_recent_authentication(runtime, context, f"/desk/site/people/{number}")
        on = request.form.get("on")
        if on not in ("0", "1"):
            abort(422)
        try:
            moved = site.set_operator(runtime, context.actor, number, operator=on == "1")
        except LastOperatorError:
            return redirect_to_campaigner(number, _LAST_OPERATOR_MESSAGE, "wrong")
        if moved and on == "0" and number == context.campaigner.id:
            return redirect_with_message(runtime.tokens, "/desk/", "You are no operator any more.")
        words = "They look after the site now." if on == "1" else "They look after the site no longer."
        return (
            redirect_to_campaigner(number, words) if moved else redirect_to_campaigner(number, "Nothing was changed.", "warn")
        )

    def campaigners_page(status: int = 200, **given: object) -> ResponseReturnValue:
        plain: dict[str, object] = {
            "values": {}, "errors": {}, "older": None, "first": True, "searched": False, "moment": formatting.format_day,
        }  # fmt: skip
        return render_page("site_campaigners.html", status, **{**plain, **given}, zone=SITE_TIME_ZONE)

    def campaigner_page(
        context: DeskContext, number: int, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
    ) -> ResponseReturnValue:
        campaigner, campaigns = campaigner_or_404(number)
        return render_page(
            "site_campaigner.html", 422 if errors else 200, person=campaigner, campaigns=campaigns, values=values or {},
            errors=errors or {}, oneself=campaigner.id == context.campaigner.id, now=runtime.now(), zone=SITE_TIME_ZONE,
            day=formatting.format_day, stage=stages.current_stage,
        )  # fmt: skip

    def campaigner_or_404(number: int) -> tuple[Campaigner, list[tuple[Campaign, Role]]]:
        return site.get_campaigner(runtime, min(number, _MAX_ID)) or abort(404)

    def redirect_to_campaigner(number: int, words: str, kind: str = "good") -> ResponseReturnValue:
        return redirect_with_message(runtime.tokens, f"/desk/site/people/{number}", words, kind)

    return room


def before_id() -> int | None:
    """The number this page of a list begins below; None on the first."""
    given = request.args.get("before", type=int)
    return None if given is None else max(1, min(given, _MAX_ID))
