"""Standing rules of a campaign, and of the site: a list with what each has caught, and a form that tries a rule first."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.big_act import UnconfirmedBigActError, is_big_act
from campaign.domain.moderation.standing_rule import (
    MAX_RULE_REASON_LENGTH,
    MAX_RULES,
    InvalidRuleError,
    RuleCriteria,
    read_criteria,
)
from campaign.services.moderation import standing_rules
from campaign.services.moderation.standing_rules import RulePreview, read_rule_action, read_rule_reason
from campaign.store.database.query_timeout import StatementTimeoutError
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.template_context import redirect_with_message, render_page

RULE_ACTION_CHOICES = [
    (
        "block",
        N_("Never count them"),
        N_("They get the same pages and mails as everybody, and are invalidated before they are counted."),
    ),
    ("allow", N_("Never doubt them"), N_("They raise no flag. A rule that blocks beats this one.")),
]
_SITE_PATH = "/desk/site/rules"
_FIELDS = ("action", "domain", "address", "network", "name", "reason", "confirm")
_TOO_SLOW = N_("That takes too long to try. Narrow it.")

blueprint = DeskBlueprint("standing_rules")


@blueprint.get("/desk/c/<slug>/rules")
@requires(Permission.MODERATE)
def list_rules(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's standing rules."""
    return _rules_page(context.campaign)


@blueprint.post("/desk/c/<slug>/rules")
@requires(Permission.MODERATE)
def make_rule(context: DeskContext) -> ResponseReturnValue:
    """Form: try a rule on the last 30 days; sent again from there, make it."""
    return _make(context, context.campaign)


@blueprint.post("/desk/c/<slug>/rules/<int:number>/end")
@requires(Permission.MODERATE)
def end_rule(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: end a rule, and give back what it has caught where that is ticked."""
    return _end(context, context.campaign, number)


@blueprint.get("/desk/site/rules")
@requires(Permission.OPERATE_SITE)
def list_site_rules(_context: DeskContext) -> ResponseReturnValue:
    """Page of the standing rules of the whole site."""
    return _rules_page(None)


@blueprint.post("/desk/site/rules")
@requires(Permission.OPERATE_SITE)
def make_site_rule(context: DeskContext) -> ResponseReturnValue:
    """Form: try a rule of the site on the last 30 days; sent again from there, make it."""
    return _make(context, None)


@blueprint.post("/desk/site/rules/<int:site_rule>/end")
@requires(Permission.OPERATE_SITE)
def end_site_rule(context: DeskContext, site_rule: int) -> ResponseReturnValue:
    """Form: end a rule of the site, and give back what it has caught where that is ticked."""
    return _end(context, None, site_rule)


def _make(context: DeskContext, campaign: Campaign | None) -> ResponseReturnValue:
    values, errors = echoed_fields(*_FIELDS), dict[str, str]()
    criteria = RuleCriteria()
    try:
        criteria = read_criteria(request.form)
    except InvalidRuleError as refused:
        errors |= refused.errors
    for name, read in (("action", read_rule_action), ("reason", read_rule_reason)):
        try:
            read(request.form.get(name, ""))
        except InvalidInputError as refused:
            errors[name] = refused.sentence
    preview = None
    if not errors:
        try:
            preview = standing_rules.preview_rule(runtime(), campaign, criteria)
        except StatementTimeoutError:
            errors["domain"] = _TOO_SLOW
    if errors or not request.form.get("tried"):
        return _rules_page(campaign, values, errors, preview)
    confirmed = bool(request.form.get("confirm"))
    if confirmed or campaign is None:
        require_recent_authentication(context, _path(campaign))
    action = read_rule_action(request.form["action"])
    try:
        number = standing_rules.create_rule(
            runtime(), context.actor, campaign, action, criteria, request.form["reason"], confirmed=confirmed, preview=preview
        )
    except InvalidInputError as refused:
        at = "confirm" if isinstance(refused, UnconfirmedBigActError) else "reason"
        return _rules_page(campaign, values, {at: refused.sentence}, preview)
    return redirect_with_message(
        _path(campaign), "Rule %(number)s is in force for what is verified from now on.", number=number
    )


def _end(context: DeskContext, campaign: Campaign | None, number: int) -> ResponseReturnValue:
    rule = standing_rules.get_rule(runtime(), campaign, number) or abort(404)
    give_back = bool(request.form.get("give_back"))
    if give_back:
        require_recent_authentication(context, _path(campaign))
    try:
        done = standing_rules.end_rule(
            runtime(), context.actor, campaign, rule, give_back=give_back, reason=request.form.get("end_reason", ""),
            confirmed=bool(request.form.get("confirm_end")),
        )  # fmt: skip
    except UnconfirmedBigActError as refused:
        return redirect_with_message(_path(campaign), refused.sentence, "wrong")
    except InvalidInputError:
        return redirect_with_message(_path(campaign), "Nothing was changed: say why what it caught is given back.", "wrong")
    if not done:
        return redirect_with_message(_path(campaign), "It had ended, and there is nothing to give back.", "warn")
    said = (
        N_("What the rule has caught is being given back.")
        if give_back
        else N_("The rule has ended. What it caught stays as it is.")
    )
    return redirect_with_message(_path(campaign), said)


def _rules_page(
    campaign: Campaign | None, values: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    preview: RulePreview | None = None,
) -> ResponseReturnValue:  # fmt: skip
    zone = campaign.zone if campaign else SITE_TIME_ZONE
    return render_page(
        "standing_rules.html",
        422 if errors else 200,
        rules=standing_rules.list_rules(runtime(), campaign),
        site_rules=standing_rules.list_rules(runtime(), None) if campaign else [],
        path=_path(campaign),
        values=values or {"action": "block"},
        errors=errors or {},
        preview=preview,
        big=preview is not None and bool(preview.total) and is_big_act(preview.fitting, preview.total),
        big_end=lambda rule: campaign is not None and is_big_act(rule.caught, campaign.signatures),
        actions=RULE_ACTION_CHOICES,
        longest=MAX_RULE_REASON_LENGTH,
        most=MAX_RULES,
        when=lambda at: localised.short_time(at, zone),
        of_site=campaign is None,
    )


def _path(campaign: Campaign | None) -> str:
    return f"/desk/c/{campaign.slug}/rules" if campaign else _SITE_PATH
