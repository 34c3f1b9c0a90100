"""First page of the desk: the campaigns one is in the team of, grouped by stage."""

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission, Role, is_allowed
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import Stage
from campaign.domain.common import formatting
from campaign.domain.common.text_folding import fold_text, query_words
from campaign.services.campaigns import create_and_find
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_input
from campaign.web.desk.template_context import CAMPAIGN_PAGES, render_page

_STAGE_GROUPS = (
    (Stage.OPEN, "Open"),
    (Stage.PAUSED, "Paused"),
    (Stage.SCHEDULED, "Not open yet"),
    (Stage.DRAFT, "Drafts"),
    (Stage.CLOSED, "Closed, not final yet"),
    (Stage.FINAL, "Final"),
    (Stage.TAKEN_DOWN, "Taken down"),
)
_MAX_WITHOUT_SEARCH = 8
"""Campaigns that are seen at a glance."""
_QUICK_LINKS = ("signatures", "text", "running")
"""Pages that a campaign's card leads to, where the role allows them."""


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign as its team sees it in the list."""

    campaign: Campaign
    role: Role
    when: str
    """Where it is in its time, in words."""
    links: tuple[tuple[str, str], ...]
    """Name and address of what it leads to."""


blueprint = DeskBlueprint("home")


@blueprint.get("/desk/")
@requires(Permission.OWN_ACCOUNT)
def show_own_campaigns(context: DeskContext) -> ResponseReturnValue:
    """Page of the campaigns one works on."""
    now, query = runtime().now(), request.args.get("q", "")
    every = create_and_find.list_campaigns_of(runtime(), context.campaigner.id)
    mine = [(campaign, role) for campaign, role in every if _is_found(campaign, query)]
    stage_by_id = {campaign.id: stages.current_stage(campaign, now) for campaign, _ in mine}
    groups = [
        (title, [_campaign_card(campaign, role, now) for campaign, role in mine if stage_by_id[campaign.id] is stage])
        for stage, title in _STAGE_GROUPS
    ]
    # A campaigner with a handful of campaigns needs no search.
    shown = [(title, cards) for title, cards in groups if cards]
    return render_page("home.html", groups=shown, query=echoed_input(query), searches=len(every) > _MAX_WITHOUT_SEARCH)


def _is_found(campaign: Campaign, query: str) -> bool:
    """Whether a campaign has all words of a query in its title, its address or whom it asks, in any language."""
    said = [words for one in campaign.versions for words in (one.text.title, one.text.recipient)]
    folded = fold_text(campaign.slug, *said)
    return all(word in folded for word in query_words(query))


def _campaign_card(campaign: Campaign, role: Role, now: datetime) -> CampaignCard:
    path = f"/desk/c/{campaign.slug}"
    links = [
        (name, f"{path}/{page}")
        for name, page, permission in CAMPAIGN_PAGES
        if page in _QUICK_LINKS and is_allowed(permission, role)
    ]
    if campaign.published and not campaign.taken_down:
        links.append(("Public page", f"/c/{campaign.slug}"))
    return CampaignCard(campaign, role, _time_label(campaign, now), tuple(links))


def _time_label(campaign: Campaign, now: datetime) -> str:
    window, zone = campaign.window, campaign.zone
    opens, closes = formatting.format_moment(window.opens_at, zone), formatting.format_deadline(window.closes_at, zone)
    match stages.current_stage(campaign, now):
        case Stage.DRAFT:
            return f"to close on {closes}"
        case Stage.SCHEDULED:
            return f"opens on {opens}"
        case Stage.OPEN | Stage.PAUSED:
            unit, amount = formatting.largest_unit(window.seconds_left(now))
            return f"{amount} {unit}{'' if amount == 1 else 's'} left, until {closes}"
        case _:
            return f"closed on {closes}" if now >= window.closes_at else f"to close on {closes}"
