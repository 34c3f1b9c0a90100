"""Site administration: health, and all campaigns."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.audit_texts import read_audit_reason
from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns import stages
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services import site
from campaign.services.campaigns import lifecycle
from campaign.store.site.administration import CAMPAIGN_STATES
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields, read_integer
from campaign.web.desk.site_labels import CAMPAIGN_STATE_LABELS, health_rows
from campaign.web.desk.template_context import redirect_with_message, render_page

_MAX_QUERY_CHARACTERS = 200

blueprint = DeskBlueprint("site")


@blueprint.get("/desk/site/")
@requires(Permission.OPERATE_SITE)
def show_site(_context: DeskContext) -> ResponseReturnValue:
    """Page of the site's state, for the operator."""
    health = site.site_health(runtime())
    return render_page(
        "site.html",
        health=health,
        rows=health_rows(health),
        numbers=site.site_totals(runtime()),
    )


@blueprint.get("/desk/site/campaigns")
@requires(Permission.OPERATE_SITE)
def show_all_campaigns(_context: DeskContext) -> ResponseReturnValue:
    """Page of all campaigns of the site."""
    query, state = request.args.get("q", "")[:_MAX_QUERY_CHARACTERS].replace("\x00", ""), request.args.get("state", "")
    if state not in CAMPAIGN_STATES:
        abort(404)
    found, older = site.list_campaigns(runtime(), query, state, read_integer(request.args.get("before", "")))
    now = runtime().now()
    return render_page(
        "site_campaigns.html",
        found=[(each, stages.current_stage(each.campaign, now).value) for each in found],
        older=older,
        values={"q": query, "state": state},
        states=CAMPAIGN_STATE_LABELS,
        day=localised.day,
        first=read_integer(request.args.get("before", "")) is None,
    )


@blueprint.get("/desk/site/campaigns/<slug>/take-down")
@requires(Permission.OPERATE_SITE, recent_proof=True)
def confirm_take_down(context: DeskContext) -> ResponseReturnValue:
    """Page that asks to confirm taking a campaign down."""
    return _take_down_page(context, {}, {})


@blueprint.post("/desk/site/campaigns/<slug>/take-down")
@requires(Permission.OPERATE_SITE, recent_proof=True)
def take_campaign_down(context: DeskContext) -> ResponseReturnValue:
    """Form: take a campaign down, or put it back."""
    typed = request.form.get("reason", "")
    try:
        reason = read_audit_reason(typed)
    except InvalidInputError as refused:
        return _take_down_page(context, echoed_fields("reason"), {"reason": refused.sentence})
    if request.form.get("back") == "1":
        moved, words = (
            lifecycle.put_back_campaign(runtime(), context.campaign, context.actor, reason),
            N_("The campaign is there again."),
        )
    else:
        moved, words = (
            lifecycle.take_down_campaign(runtime(), context.campaign, context.actor, reason),
            N_("The campaign is taken down."),
        )
    if moved is None:
        return redirect_with_message("/desk/site/campaigns", "That was done before, or it is a draft.", "warn")
    return redirect_with_message("/desk/site/campaigns", words)


def _take_down_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    return render_page("site_take_down.html", 422 if errors else 200, campaign=context.campaign, values=values, errors=errors)
