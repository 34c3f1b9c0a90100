"""Lifecycle of a campaign: its stage, the steps that are possible now, and a page for each that says what it means."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.announcement import MAX_PUBLIC_REASON_LENGTH
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import LifecycleAction, Stage
from campaign.domain.common.field_reader import InvalidFieldsError
from campaign.domain.common.local_time import format_local_time
from campaign.services.campaigns import create_and_find, history, lifecycle
from campaign.services.campaigns.lifecycle import NotReadyError
from campaign.services.privacy import retention
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.lifecycle_forms import STEP_HANDLERS
from campaign.web.desk.lifecycle_labels import (
    ANNOUNCEMENT_LABELS,
    STAGE_ORDER,
    STEP_DONE_MESSAGES,
    STEP_LABELS,
    checklist_links,
)
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.translation import gettext, ngettext

_STEP_PERMISSIONS = {LifecycleAction.TAKE_DOWN: Permission.TAKE_DOWN, LifecycleAction.RESTORE: Permission.TAKE_DOWN}
"""Permissions of the steps that need another than RUN_LIFECYCLE."""
_GRAVE_STEPS = frozenset({LifecycleAction.CLOSE, LifecycleAction.TAKE_DOWN, LifecycleAction.RESTORE})
"""Steps for who has just proved again who they are."""

blueprint = DeskBlueprint("lifecycle")


@blueprint.get("/desk/c/<slug>/running")
@requires(Permission.RUN_LIFECYCLE)
def show_lifecycle(context: DeskContext) -> ResponseReturnValue:
    """Page with the forms that open, pause, close, extend and take down a campaign."""
    campaign, now = context.campaign, runtime().now()
    steps = [STEP_LABELS[action] for action in stages.allowed_actions(campaign, now) if context.may(_permission_for(action))]
    return render_page(
        "lifecycle/overview.html",
        steps=steps,
        announcements=history.campaign_history(runtime(), campaign).announcements,
        announcement_labels=ANNOUNCEMENT_LABELS,
        former=lifecycle.former_slugs(runtime(), campaign),
        way=_stage_progress(campaign, now),
        **_page_values(campaign, now),
    )


def show_step(action: LifecycleAction, context: DeskContext) -> ResponseReturnValue:
    """Page that says what a step means, with its form."""
    if action not in stages.allowed_actions(context.campaign, runtime().now()):
        return _step_not_possible(context)
    return _step_page(action, context.campaign, _initial_values(context.campaign), {})


def take_step(action: LifecycleAction, context: DeskContext) -> ResponseReturnValue:
    """Step taken, with what was typed into its form."""
    if action not in stages.allowed_actions(context.campaign, runtime().now()):
        return _step_not_possible(context)
    try:
        after = STEP_HANDLERS[action](context)
    except InvalidFieldsError as wrong:
        return _step_page(action, context.campaign, request.form, wrong.errors, 422)
    except NotReadyError:
        # The list on the page says what it lacks.
        return _step_page(action, context.campaign, request.form, {}, 422)
    if after is None:
        return _step_not_possible(context)
    # What to do next, such as to share it or to hand it in, stands on the overview.
    page = "" if action in (LifecycleAction.PUBLISH, LifecycleAction.CLOSE) else "running"
    return redirect_with_message(f"/desk/c/{after.slug}/{page}", STEP_DONE_MESSAGES[action])


def _add_step_routes(action: LifecycleAction) -> None:
    rule = f"/desk/c/<slug>/running/{action.value}"
    authorised = requires(_permission_for(action), recent_proof=action in _GRAVE_STEPS)
    blueprint.add_url_rule(rule, f"show_{action.value}", authorised(partial(show_step, action)), methods=["GET"])
    blueprint.add_url_rule(rule, f"take_{action.value}", authorised(partial(take_step, action)), methods=["POST"])


def _step_page(
    action: LifecycleAction, campaign: Campaign, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:  # fmt: skip
    return render_page(
        f"lifecycle/{action.value}.html",
        status,
        values=values,
        errors=errors,
        step=STEP_LABELS[action],
        retention=_retention_label(campaign) if action is LifecycleAction.PUBLISH else "",
        most=MAX_PUBLIC_REASON_LENGTH,
        **_page_values(campaign, runtime().now()),
    )


def _step_not_possible(context: DeskContext) -> Response:
    # Afresh: the campaign may have been moved since this request was let in.
    now_campaign = create_and_find.get_by_slug(runtime(), context.campaign.slug) or context.campaign
    stage = stages.current_stage(now_campaign, runtime().now()).value
    return redirect_with_message(
        f"/desk/c/{context.campaign.slug}/running",
        "Nothing was changed: this is not possible while the campaign is %(stage)s. Somebody may have been quicker.",
        "warn",
        stage=gettext(stage),
    )


def _permission_for(action: LifecycleAction) -> Permission:
    return _STEP_PERMISSIONS.get(action, Permission.RUN_LIFECYCLE)


def _page_values(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """What all these pages show of a campaign."""
    window, zone = campaign.window, campaign.zone
    return {
        "campaign": campaign,
        "stage": stages.current_stage(campaign, now).value,
        "zone": zone.key,
        "opens": localised.moment(window.opens_at, zone),
        "closes": localised.deadline(window.closes_at, zone),
        "verify_until": localised.deadline(window.verify_until, zone),
        "left": localised.duration(window.seconds_left(now)),
        "moment": lambda at: localised.moment(at, zone),
        "checklist": checklist_links(campaign, now),
        "lacking": stages.missing_items(campaign, now),
    }


def _retention_label(campaign: Campaign) -> str:
    """Until when personal data is kept: "23 December 2027, 12 months after the deadline"."""
    plan = retention.get_plan(runtime(), campaign.id)
    day = localised.day(plan.ends_at, campaign.zone)
    return ngettext(
        "%(day)s, %(num)s month after the deadline", "%(day)s, %(num)s months after the deadline", plan.months, day=day
    )


def _stage_progress(campaign: Campaign, now: datetime) -> list[tuple[str, str]]:
    """Stages of a campaign in order: each is behind it ("done"), where it is ("now") or still to come ("")."""
    here = stages.current_stage(campaign, now)
    at = STAGE_ORDER.index(here) if here in STAGE_ORDER else STAGE_ORDER.index(Stage.OPEN) if here is Stage.PAUSED else -1
    names = ((here if number == at else stage).value for number, stage in enumerate(STAGE_ORDER))
    return [(stage, "now" if number == at else "done" if number < at else "") for number, stage in enumerate(names)]


def _initial_values(campaign: Campaign) -> dict[str, str]:
    """What a step's fields hold before anything is typed."""
    window, zone = campaign.window, campaign.zone
    return {
        "when": "now",
        "opens_at": format_local_time(window.opens_at, zone),
        "closes_at": format_local_time(window.closes_at, zone),
        "slug": campaign.slug,
        "message": "",
        "reason": "",
    }


for _action in LifecycleAction:
    _add_step_routes(_action)
