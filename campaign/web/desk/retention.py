"""End of a campaign's personal data: when it is, how long it may be put off, what goes and what stays."""

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.privacy.retention import ANNOUNCED_BEFORE, MIN_RETENTION_MONTHS
from campaign.services.privacy import retention
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields, read_integer
from campaign.web.desk.template_context import redirect_with_message, render_page

blueprint = DeskBlueprint("retention")


@blueprint.get("/desk/c/<slug>/data")
@requires(Permission.VIEW)
def show_retention(context: DeskContext) -> ResponseReturnValue:
    """Page that says until when personal data is kept."""
    return _retention_page(context, {}, {})


@blueprint.post("/desk/c/<slug>/data")
@requires(Permission.SET_RETENTION)
def set_retention(context: DeskContext) -> ResponseReturnValue:
    """Form: choose how many months it is kept."""
    typed = request.form.get("months", "").strip()
    path = f"/desk/c/{context.campaign.slug}/data"
    try:
        # An empty field is the default of the site; what is no number is none that the site allows.
        months = None if not typed else read_integer(typed, 4) or 0
        after = retention.set_months(runtime(), context.actor, context.campaign.id, months)
    except InvalidInputError as refused:
        return _retention_page(context, echoed_fields("months"), {"months": refused.sentence})
    if after is None:
        return redirect_with_message(path, "Nothing was changed: it is being destroyed already, or gone.", "warn")
    return redirect_with_message(path, "Stored. The privacy page follows in a few seconds.")


def _retention_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    plan, zone, settings = retention.get_plan(runtime(), context.campaign.id), context.campaign.zone, runtime().settings
    chosen = "" if plan.chosen_months is None else str(plan.chosen_months)
    return render_page(
        "retention.html", 422 if errors else 200, plan=plan, values=values or {"months": chosen}, errors=errors,
        fewest=MIN_RETENTION_MONTHS, most=settings.retention_months_max, default=settings.retention_months,
        announced_days=ANNOUNCED_BEFORE.days, may_set=context.may(Permission.SET_RETENTION),
        may_export=context.may(Permission.EXPORT), end=localised.day(plan.expected_end(runtime().now()), zone),
        day=lambda at: localised.day(at, zone),
    )  # fmt: skip
