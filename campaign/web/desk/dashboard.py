"""Dashboard of a campaign: count and forecast, what to do next, growth."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.campaign import Campaign
from campaign.services import site
from campaign.services.campaigns import team_tasks
from campaign.services.ledger import dashboard
from campaign.services.ledger.dashboard import LiveNumbers
from campaign.services.signatures.comments import list_comments
from campaign.services.submissions import next_threshold
from campaign.store.ledger.chart_data import HourlyCount
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.csv_response import csv_response
from campaign.web.desk.lifecycle_labels import checklist_links
from campaign.web.desk.navigation import campaign_navigation
from campaign.web.desk.submissions import eligible_label
from campaign.web.desk.team_task_labels import task_links
from campaign.web.desk.template_context import render_page
from campaign.web.translation import gettext

_MAX_COMMENTS = 5
_TABLE_DAYS = 60
"""Days that the page's table shows; the file has all."""

blueprint = DeskBlueprint("dashboard")


@blueprint.get("/desk/c/<slug>/")
@requires(Permission.BELONG)
def show_dashboard(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's numbers; who may not see it is led to the first page they may."""
    if not context.may(Permission.VIEW):
        return redirect(campaign_navigation(context, request.path).sections[0].address, 303)
    campaign, zone, now = context.campaign, context.campaign.zone, runtime().now()
    # What a draft lacks is for those who can publish it.
    is_prepared = not campaign.published and context.may(Permission.RUN_LIFECYCLE)
    days = _gained_by_day(dashboard.hourly_growth(runtime(), campaign), campaign)
    comments = (
        list_comments(runtime(), campaign.id, "all", "older", None).comments if context.may(Permission.READ_SIGNATURES) else ()
    )
    return render_page(
        "dashboard.html",
        now=dashboard.live_numbers(runtime(), campaign),
        words=_number_labels,
        eligible=eligible_label(campaign),
        threshold=next_threshold(campaign),
        days=days[-_TABLE_DAYS:],
        acts=Permission,
        tasks=task_links(context, team_tasks.list_tasks(runtime(), campaign)),
        checklist=checklist_links(campaign, now) if is_prepared else (),
        lacking=stages.missing_items(campaign, now) if is_prepared else (),
        troubles=site.site_health(runtime()).problems,
        milestones=campaign.milestones,
        comments=comments[:_MAX_COMMENTS],
        when=lambda at: localised.short_time(at, zone),
        day=lambda at: localised.day(at, zone),
    )


@blueprint.get("/desk/c/<slug>/numbers.json")
@requires(Permission.VIEW)
def numbers_json(context: DeskContext) -> ResponseReturnValue:
    """JSON: the dashboard's numbers, for its script."""
    return _json_response(_numbers_json(dashboard.live_numbers(runtime(), context.campaign)))


@blueprint.get("/desk/c/<slug>/growth.json")
@requires(Permission.VIEW)
def growth_json(context: DeskContext) -> ResponseReturnValue:
    """JSON: series of the growth chart."""
    hours = dashboard.hourly_growth(runtime(), context.campaign)
    if request.args.get("by") == "hour":
        points = [(hour.hour, hour.gained) for hour in _hours_without_gaps(hours, runtime().now())]
    else:
        points = _gained_by_day(hours, context.campaign)
    before = context.campaign.verified - sum(gained for _, gained in points)
    totals = list(accumulate((gained for _, gained in points), initial=before))[1:]
    return _json_response({
        "at": [int(at.timestamp()) for at, _ in points], "gained": [gained for _, gained in points], "total": totals,
        "goal": context.campaign.goal,
    })  # fmt: skip


@blueprint.get("/desk/c/<slug>/growth.csv")
@requires(Permission.VIEW)
def growth_csv(context: DeskContext) -> ResponseReturnValue:
    """Download of the growth chart's series as CSV."""
    hours = dashboard.hourly_growth(runtime(), context.campaign)
    rows = [(hour.hour.isoformat(), hour.added, hour.ended, hour.gained) for hour in hours]
    return csv_response(f"{context.campaign.slug}-growth.csv", ("hour", "added", "ended", "gained"), rows)


def _number_labels(numbers: LiveNumbers) -> dict[str, str]:
    """The numbers as the page says them; the script says them in the same way."""
    forecast, number = numbers.forecast, localised.number
    return {
        "verified": number(numbers.verified),
        "pending": number(numbers.pending),
        "today": _signed_number(numbers.today),
        "last_hour": _signed_number(numbers.last_hour),
        "needed": "" if numbers.needed_per_day is None else number(max(1, round(numbers.needed_per_day))),
        "forecast": "" if forecast is None else number(forecast.likely),
        "range": ""
        if forecast is None
        else gettext("%(low)s to %(high)s", low=number(forecast.low), high=number(forecast.high)),
        "left": _time_left_label(numbers.seconds_left),
        "goal": number(numbers.goal),
        "kinds": gettext(
            "%(online)s online, %(paper)s on paper",
            online=number(numbers.verified - numbers.paper),
            paper=number(numbers.paper),
        )
        if numbers.paper
        else "",
    }


def _signed_number(amount: int) -> str:
    return f"{amount:+,}".replace("-", "\N{MINUS SIGN}")


def _numbers_json(numbers: LiveNumbers) -> dict[str, object]:
    return {"words": _number_labels(numbers), "verified": numbers.verified, "goal": numbers.goal, "state": numbers.state.value}


def _time_left_label(seconds: int) -> str:
    if seconds <= 0:
        return gettext("over")
    return localised.duration(seconds)


def _gained_by_day(hours: Sequence[HourlyCount], campaign: Campaign) -> list[tuple[datetime, int]]:
    """What was gained on each day of the campaign's calendar, from the first that has anything, without gaps."""
    by_day: dict[datetime, int] = {}
    for hour in hours:
        local = hour.hour.astimezone(campaign.zone)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        by_day[day] = by_day.get(day, 0) + hour.gained
    if not by_day:
        return []
    day, last, found = min(by_day), max(by_day), []
    while day <= last:
        found.append((day, by_day.get(day, 0)))
        # By the calendar, not by 24 hours: on two days of the year that is not the same.
        day = (day + timedelta(hours=36)).replace(hour=0)
    return found


def _hours_without_gaps(hours: Sequence[HourlyCount], now: datetime) -> list[HourlyCount]:
    """Every hour of the last two weeks since the first that has anything."""
    if not hours:
        return []
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    known = {hour.hour: hour for hour in hours}
    first = max(hours[0].hour, end - timedelta(hours=24 * 14 - 1))
    amount = (end - first) // timedelta(hours=1) + 1
    return [known.get(at, HourlyCount(at, 0, 0)) for at in (first + timedelta(hours=step) for step in range(amount))]


def _json_response(body: object) -> Response:
    """An answer that a page asks for again and again: where nothing has moved, it is not sent again."""
    text = json.dumps(body, separators=(",", ":"))
    response = Response(text, mimetype="application/json", headers={"Cache-Control": "private, no-cache"})
    response.set_etag(hashlib.blake2b(text.encode(), digest_size=8).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]
