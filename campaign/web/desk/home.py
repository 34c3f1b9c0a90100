"""First page of the desk: the campaigns one is in the team of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission, Role, highest_role, is_allowed
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import Stage
from campaign.domain.common.i18n import N_
from campaign.domain.common.text_folding import fold_text, query_words
from campaign.services.campaigns import create_and_find
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.navigation import SECTIONS
from campaign.web.desk.request_values import echoed_input, read_integer
from campaign.web.desk.template_context import render_page
from campaign.web.translation import gettext

_STAGE_GROUPS = (
    (Stage.OPEN, N_("Open")),
    (Stage.PAUSED, N_("Paused")),
    (Stage.SCHEDULED, N_("Not open yet")),
    (Stage.DRAFT, N_("Drafts")),
    (Stage.CLOSED, N_("Closed, not final yet")),
    (Stage.FINAL, N_("Final")),
    (Stage.TAKEN_DOWN, N_("Taken down")),
)
_DISCARDED = "discarded"
_STATE_CHOICES = (("", N_("All")), *((stage.value, title) for stage, title in _STAGE_GROUPS), (_DISCARDED, N_("Discarded")))
_SORTS: dict[str, tuple[str, Callable[[Campaign], Any]]] = {
    "newest": (N_("Newest first"), lambda campaign: -campaign.id),
    "closing": (N_("By deadline"), lambda campaign: (campaign.window.closes_at, campaign.id)),
    "signatures": (N_("Most signatures"), lambda campaign: (-campaign.signatures, campaign.id)),
    "title": (N_("By title"), lambda campaign: (fold_text(campaign.text.title), campaign.id)),
}
_MAX_WITHOUT_SEARCH = 8
"""Campaigns that are seen at a glance."""
PAGE_SIZE = 24
"""Campaigns on a page of a longer list."""
_QUICK_LINKS = ("signatures", "share", "updates")
_DRAFT_LINKS = ("text", "settings", "running")
"""Pages that a campaign's card leads to, where the role allows them."""


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign as its team sees it in the list."""

    campaign: Campaign
    role: Role
    stage: str
    when: str
    """Where it is in its time, in words."""
    address: str
    """Its first page."""
    links: tuple[tuple[str, str], ...]
    """Name and address of what else it leads to."""


blueprint = DeskBlueprint("home")


@blueprint.get("/desk/")
@requires(Permission.OWN_ACCOUNT)
def show_own_campaigns(context: DeskContext) -> ResponseReturnValue:
    """Page of the campaigns one works on: a few by their state, many as a list that is searched, sorted and paged."""
    now = runtime().now()
    every = create_and_find.list_campaigns_of(runtime(), context.campaigner.id)
    current = [(campaign, roles) for campaign, roles in every if not _is_discarded(campaign)]
    discarded = len(every) - len(current)
    asked = {name: request.args.get(name, "") for name in ("q", "state", "sort")}
    if len(current) <= _MAX_WITHOUT_SEARCH and not any(asked.values()):
        stage_by_id = {campaign.id: stages.current_stage(campaign, now) for campaign, _ in current}
        groups = [
            (title, [_campaign_card(campaign, roles, now) for campaign, roles in current if stage_by_id[campaign.id] is stage])
            for stage, title in _STAGE_GROUPS
        ]
        shown = [(title, cards) for title, cards in groups if cards]
        return render_page(
            "home.html", groups=[(gettext(title), cards) for title, cards in shown], listed=None, discarded=discarded
        )
    return _list_page(every, asked, now, discarded)


def _list_page(
    every: Sequence[tuple[Campaign, frozenset[Role]]], asked: dict[str, str], now: datetime, discarded: int
) -> ResponseReturnValue:
    state = asked["state"] if asked["state"] in dict(_STATE_CHOICES) else ""
    sort = asked["sort"] if asked["sort"] in _SORTS else "newest"
    found = [
        (campaign, roles) for campaign, roles in every if _has_state(campaign, state, now) and _is_found(campaign, asked["q"])
    ]
    found.sort(key=lambda each: _SORTS[sort][1](each[0]))
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, read_integer(request.args.get("page", "")) or 1), pages)
    cards = [_campaign_card(campaign, roles, now) for campaign, roles in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    values = {"q": echoed_input(asked["q"]), "state": state, "sort": sort}
    return render_page(
        "home.html", groups=[], listed=cards, discarded=discarded, amount=len(found), page=page, pages=pages, values=values,
        states=_STATE_CHOICES, sorts=[(name, title) for name, (title, _) in _SORTS.items()],
        narrowed=bool(asked["q"] or state), query=urlencode(values),
    )  # fmt: skip


def _is_discarded(campaign: Campaign) -> bool:
    """A draft that was taken down before anybody saw it."""
    return campaign.taken_down and not campaign.published


def _has_state(campaign: Campaign, state: str, now: datetime) -> bool:
    if state == _DISCARDED or _is_discarded(campaign):
        return state == _DISCARDED and _is_discarded(campaign)
    return not state or stages.current_stage(campaign, now).value == state


def _is_found(campaign: Campaign, query: str) -> bool:
    """Whether a campaign has all words of a query in its title, its address or whom it asks, in any language."""
    said = [words for one in campaign.versions for words in (one.text.title, one.text.recipient)]
    folded = fold_text(campaign.slug, *said)
    return all(word in folded for word in query_words(query))


def _campaign_card(campaign: Campaign, roles: frozenset[Role], now: datetime) -> CampaignCard:
    path = f"/desk/c/{campaign.slug}"
    quick = _QUICK_LINKS if campaign.published else _DRAFT_LINKS
    links = [
        (gettext(page.name), f"{path}/{page.path}")
        for section in SECTIONS
        for page in section.pages
        if page.path in quick and is_allowed(page.permission, roles)
    ]
    if campaign.published and not campaign.taken_down:
        links.append((gettext("Public page"), f"/c/{campaign.slug}"))
    first = next(page.path for section in SECTIONS for page in section.pages if is_allowed(page.permission, roles))
    return CampaignCard(
        campaign,
        highest_role(roles),
        stages.current_stage(campaign, now).value,
        _time_label(campaign, now),
        f"{path}/{first}",
        tuple(links),
    )


def _time_label(campaign: Campaign, now: datetime) -> str:
    window, zone = campaign.window, campaign.zone
    opens, closes = localised.moment(window.opens_at, zone), localised.deadline(window.closes_at, zone)
    match stages.current_stage(campaign, now):
        case Stage.DRAFT:
            return gettext("to close on %(when)s", when=closes)
        case Stage.SCHEDULED:
            return gettext("opens on %(when)s", when=opens)
        case Stage.OPEN | Stage.PAUSED:
            return gettext("%(time)s left, until %(when)s", time=localised.duration(window.seconds_left(now)), when=closes)
        case _:
            return (
                gettext("closed on %(when)s", when=closes)
                if now >= window.closes_at
                else gettext("to close on %(when)s", when=closes)
            )
