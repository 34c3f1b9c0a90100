"""The home page: campaigns to find, all of them page by page, and the search."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.text_folding import MAX_QUERY_LENGTH, query_words
from campaign.domain.updates.update import Outcome
from campaign.services.campaigns import listing
from campaign.services.campaigns.listing import MAX_PAGES, PAGE_SIZE, ListKind
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.compressed_page import PAGE_CACHE_SECONDS, cached_page, page_region, page_response
from campaign.web.language import localised_path, page_language
from campaign.web.public.campaign_view import CampaignView, campaign_view
from campaign.web.public.labels import growth_label
from campaign.web.public.schema_org import site_json_ld
from campaign.web.translation import gettext, ngettext

PAGE_MAX_AGE_SECONDS = 5
"""How long a proxy or browser may keep these pages."""
_MAX_CACHED_FRONT_PAGES = 50
"""Languages, each chosen or negotiated."""
_MAX_CACHED_LISTS = 100
_MAX_CACHED_SEARCHES = 50
_PAGE = re.compile(r"[1-9][0-9]{0,2}")
_LISTS: dict[str, ListKind] = {"open": "open", "closed": "closed"}


blueprint = Blueprint("home", __name__)
# Regions of their own: to leaf and search through everything must not push the home page itself out. One flight for lists and
# searches, so that they cannot have all threads of a process between them.
_FRONT_PAGES = page_region("home", _MAX_CACHED_FRONT_PAGES, PAGE_CACHE_SECONDS)
_LIST_PAGES = page_region("lists", _MAX_CACHED_LISTS, PAGE_CACHE_SECONDS, flight="lists")
_SEARCH_PAGES = page_region("searches", _MAX_CACHED_SEARCHES, PAGE_CACHE_SECONDS, flight="lists")


@blueprint.get("/")
def show_home() -> Response:
    """The home page, a page of the list of open or closed ones, or of what a search has found."""
    here, typed = page_language(), request.args.get("q", "")
    query = _printable_query(typed)
    if query_words(query):
        number = _page_number()
        # By what was typed: the links on the page repeat it.
        page = cached_page(_SEARCH_PAGES, (typed, number, here), lambda: _render_search(query, number))
        response = page_response(page, max_age_seconds=PAGE_MAX_AGE_SECONDS, public=False)
        response.headers["X-Robots-Tag"] = "noindex"
        return response
    if "list" not in request.args:
        page = cached_page(_FRONT_PAGES, here, _render_front_page)
    else:
        which, number = _LISTS.get(request.args["list"]) or abort(404), _page_number()
        page = cached_page(_LIST_PAGES, (which, number, here), lambda: _render_list(which, number))
    return page_response(page, max_age_seconds=PAGE_MAX_AGE_SECONDS)


def _render_front_page() -> str:
    now = runtime().now()
    shown = listing.home_lists(runtime(), now)
    growing = [each for each in (*shown.growing, shown.featured) if each is not None and each.id in shown.gained]
    # Where a day has brought all there is, the number itself says so.
    today = {each.slug: growth_label(shown.gained[each.id]) for each in growing if shown.gained[each.id] < each.signatures}
    return render_template(
        "campaign/home.html",
        query="",
        results=None,
        found="",
        today=today,
        site_json_ld=site_json_ld(page_language().code),
        featured=campaign_view(shown.featured, now) if shown.featured else None,
        successes=_campaign_views(shown.successes, shown.outcomes),
        closing_soon=_campaign_views(shown.closing_soon),
        growing=_campaign_views(shown.growing),
        newest=_campaign_views(shown.newest),
        later=_campaign_views(shown.upcoming),
        closed=_campaign_views(shown.closed, shown.outcomes),
        more=_list_url("open") if shown.more else "",
    )


def _render_search(query: str, page: int) -> str | None:
    shown = listing.search_campaigns(runtime(), query, page, runtime().now())
    if page > 1 and not shown.campaigns:
        return None
    return render_template(
        "campaign/home.html",
        query=query,
        results=_campaign_views(shown.campaigns, shown.outcomes),
        found=_results_label(shown, page),
        today={},
        site_json_ld="",
        featured=None,
        successes=(),
        closing_soon=(),
        growing=(),
        newest=(),
        later=(),
        closed=(),
        more=localised_path(f"/?{urlencode({'q': query, 'page': page + 1})}") if shown.more else "",
    )


def _render_list(which: ListKind, page: int) -> str | None:
    shown = listing.list_campaigns(runtime(), which, page, runtime().now())
    if page > 1 and not shown.campaigns:
        return None
    return render_template(
        "campaign/list.html", which=which, page=page, campaigns=_campaign_views(shown.campaigns, shown.outcomes),
        before=_list_url(which, page - 1) if page > 1 else "", more=_list_url(which, page + 1) if shown.more else "",
    )  # fmt: skip


def _campaign_views(campaigns: tuple[Campaign, ...], outcomes: Mapping[int, Outcome] | None = None) -> tuple[CampaignView, ...]:
    now = runtime().now()
    return tuple(
        campaign_view(campaign, now, outcome=(outcomes or {}).get(campaign.id, Outcome.NONE)) for campaign in campaigns
    )


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not _PAGE.fullmatch(text) or int(text) > MAX_PAGES:
        abort(404)
    return int(text)


def _list_url(which: ListKind, page: int = 1) -> str:
    return localised_path(f"/?{urlencode({'list': which, **({'page': page} if page > 1 else {})})}")


def _printable_query(typed: str) -> str:
    """What was searched for as a page may repeat it: one line, without what has no shape."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in typed[:MAX_QUERY_LENGTH]).split())


def _results_label(shown: listing.CampaignPage, page: int) -> str:
    """How many a search has found, in words."""
    amount = len(shown.campaigns)
    if page == 1 and not shown.more:
        return str(ngettext("%(count)s campaign found", "%(count)s campaigns found", amount, count=localised.number(amount)))
    first = (page - 1) * PAGE_SIZE + 1
    of = {"first": localised.number(first), "last": localised.number(first + amount - 1)}
    if shown.more:
        return str(gettext("Campaigns %(first)s to %(last)s. There are more.", **of))
    return str(gettext("Campaigns %(first)s to %(last)s. There are no more.", **of))
