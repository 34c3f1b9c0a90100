"""Page on how we count, for people: what the number means, what was removed, what nobody can know, and how to check it
oneself."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.log.witness import WitnessState
from campaign.services.campaigns import history as past
from campaign.services.log import history, read
from campaign.services.log.history import CountHistory
from campaign.store.log.history import LoggedHour
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.compressed_page import PAGE_CACHE_SECONDS, cached_page, page_region
from campaign.web.language import use_campaign_language
from campaign.web.public.cached_campaign_page import campaign_colours_response
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.labels import outage_label
from campaign.web.public.log import checker_hash, current_checkpoint

MAX_AGE_SECONDS = 60
"""How long a proxy or browser may keep the page."""
CHART_WIDTH, CHART_HEIGHT = 600, 160
"""Size of the chart, in its own units."""
MAX_CHART_POINTS = 300
MAX_ROWS_SHOWN = 31
"""Newest periods in the table beside the chart; the whole is in the CSV."""
_PAGES = page_region("how we count", 100, PAGE_CACHE_SECONDS, flight="how we count")

blueprint = Blueprint("how_we_count", __name__)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One hour or day, in words."""

    when: str
    added: str
    removed: str
    total: str


@blueprint.get("/c/<slug>/how-we-count")
def show_how_we_count(slug: str) -> Response:
    """What the number of a campaign means, and how to check it."""
    campaign = find_campaign_or_abort(slug)
    page = cached_page(_PAGES, (slug, use_campaign_language(campaign)), lambda: _render(campaign))
    return campaign_colours_response(campaign, page, MAX_AGE_SECONDS)


def _render(campaign: Campaign) -> str:
    found, checkpoint = history.count_history(runtime(), campaign.id), current_checkpoint()
    logged = found.logged
    return render_template(
        "campaign/how_we_count.html",
        campaign=campaign_view(campaign, runtime().now()),
        online_label=localised.number(campaign.online),
        paper_label=localised.number(campaign.paper),
        withdrawn=found.sum("withdraw"),
        withdrawn_label=localised.number(found.sum("withdraw")),
        undone_label=localised.number(found.sum("undo")) if found.sum("undo") else "",
        since_label=localised.moment(logged.since, campaign.zone) if logged else "",
        older_label=localised.number(logged.older_entries) if logged and logged.older_entries else "",
        chart=chart_points(found.periods),
        chart_width=CHART_WIDTH,
        chart_height=CHART_HEIGHT,
        rows=_rows(found, campaign),
        outages=[outage_label(outage, campaign.zone) for outage in past.announced_outages(runtime(), campaign)],
        key=checkpoint.verifier_key if checkpoint else "",
        script_hash=checker_hash(),
        **_watchers(campaign),
    )


def _watchers(campaign: Campaign) -> dict[str, object]:
    """Who watches the log, since when all of them do, and who says that it is not the one it knew."""
    statuses = read.configured_witnesses(runtime())
    watching = [(each.witness.key.name, each.since) for each in statuses if each.state is WitnessState.WATCHING and each.since]
    return {
        "watchers": [(name, localised.day(since, campaign.zone)) for name, since in watching],
        "watchers_label": localised.number(len(watching)),
        "watched_since_label": localised.day(max(since for _, since in watching), campaign.zone) if watching else "",
        "refusing": [each.witness.key.name for each in statuses if each.state is WitnessState.REFUSING],
    }


def chart_points(periods: Sequence[LoggedHour]) -> str:
    """The total over time as points of a line: `x,y x,y …`; nothing for fewer than two periods."""
    if len(periods) < 2:
        return ""
    step = -(-len(periods) // MAX_CHART_POINTS)
    chosen = [*periods[:-1:step], periods[-1]]
    first, last = chosen[0].hour, chosen[-1].hour
    span, top = (last - first).total_seconds(), max(1, *(each.total for each in chosen))
    return " ".join(
        f"{CHART_WIDTH * (each.hour - first).total_seconds() / span:.1f},{CHART_HEIGHT * (1 - each.total / top):.1f}"
        for each in chosen
    )


def _rows(found: CountHistory, campaign: Campaign) -> list[HistoryRow]:
    rows = []
    for each in reversed(found.periods[-MAX_ROWS_SHOWN:]):
        when = (
            localised.moment(each.hour, campaign.zone)
            if found.resolution == "hour"
            else localised.day(each.hour, campaign.zone)
        )
        added, removed = each.verify + each.paper + each.restore, each.withdraw + each.invalidate + each.undo
        rows.append(HistoryRow(when, localised.number(added), localised.number(removed), localised.number(each.total)))
    return rows
