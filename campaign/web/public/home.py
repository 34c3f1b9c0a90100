"""The home page: campaigns to find, all of them page by page, and the search."""

import re
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.text_folding import MAX_QUERY_LENGTH, query_words
from campaign.runtime import Runtime
from campaign.services.campaigns import listing
from campaign.services.campaigns.listing import MAX_PAGES, PAGE_SIZE, ListKind
from campaign.services.campaigns.published import LIST_CACHE_SECONDS
from campaign.web.cache.compressed_page import CompressedPage, page_response
from campaign.web.cache.page_cache import PageCache
from campaign.web.cache.single_flight import SingleFlight
from campaign.web.language import gettext, localised_path, ngettext, page_language
from campaign.web.public.campaign_view import CampaignView, campaign_view
from campaign.web.public.labels import localised_number
from campaign.web.public.schema_org import site_json_ld

PAGE_MAX_AGE_SECONDS = 5
"""How long a proxy or browser may keep these pages."""
_MAX_CACHED_FRONT_PAGES = 50
"""Languages, each chosen or negotiated."""
_MAX_CACHED_LISTS = 100
_MAX_CACHED_SEARCHES = 50
_PAGE = re.compile(r"[1-9][0-9]{0,2}")
_LISTS: dict[str, ListKind] = {"open": "open", "closed": "closed"}


def home_pages(runtime: Runtime) -> Blueprint:
    """`GET /`, `GET /?list=open&page=2`, `GET /?list=closed`, `GET /?q=pond`."""
    blueprint = Blueprint("home", __name__)
    # Apart from each other: whoever leafs and searches through everything must not push the home page itself out.
    fronts, turn = PageCache(LIST_CACHE_SECONDS, _MAX_CACHED_FRONT_PAGES), SingleFlight()
    # One turn for both, so that they cannot have all threads of a process between them.
    lists, searches = (PageCache(LIST_CACHE_SECONDS, most, turn) for most in (_MAX_CACHED_LISTS, _MAX_CACHED_SEARCHES))

    @blueprint.get("/")
    def show_home() -> Response:
        here, typed = page_language(), request.args.get("q", "")
        query = _printable_query(typed)
        if query_words(query):
            number_of_page = _page_number()
            # By what was typed: the links on the page repeat it.
            page = searches.get((typed, number_of_page, here), lambda: render_search(query, number_of_page))
            response = page_response(page or abort(404), max_age_seconds=PAGE_MAX_AGE_SECONDS, public=False)
            response.headers["X-Robots-Tag"] = "noindex"
            return response
        return page_response(list_page() or abort(404), max_age_seconds=PAGE_MAX_AGE_SECONDS)

    def list_page() -> CompressedPage | None:
        here = page_language()
        if "list" not in request.args:
            return fronts.get(here, render_front_page)
        which, number_of_page = _LISTS.get(request.args["list"]) or abort(404), _page_number()
        return lists.get((which, number_of_page, here), lambda: render_list(which, number_of_page))

    def render_front_page() -> str:
        now = runtime.now()
        shown = listing.home_lists(runtime, now)
        today = {each.slug: _growth_label(shown.gained[each.id]) for each in shown.growing}
        return render_template(
            "campaign/home.html",
            query="",
            results=None,
            found="",
            today=today,
            site_json_ld=site_json_ld(page_language().code),
            closing_soon=campaign_views(shown.closing_soon),
            growing=campaign_views(shown.growing),
            newest=campaign_views(shown.newest),
            later=campaign_views(shown.upcoming),
            closed=campaign_views(shown.closed),
            more=_list_url("open") if shown.more else "",
        )

    def render_search(query: str, page: int) -> str | None:
        shown = listing.search_campaigns(runtime, query, page, runtime.now())
        if page > 1 and not shown.campaigns:
            return None
        return render_template(
            "campaign/home.html",
            query=query,
            results=campaign_views(shown.campaigns),
            found=_results_label(shown, page),
            today={},
            site_json_ld="",
            closing_soon=(),
            growing=(),
            newest=(),
            later=(),
            closed=(),
            more=localised_path(f"/?{urlencode({'q': query, 'page': page + 1})}") if shown.more else "",
        )

    def render_list(which: ListKind, page: int) -> str | None:
        shown = listing.list_campaigns(runtime, which, page, runtime.now())
        if page > 1 and not shown.campaigns:
            return None
        return render_template(
            "campaign/list.html", which=which, page=page, campaigns=campaign_views(shown.campaigns),
            before=_list_url(which, page - 1) if page > 1 else "", more=_list_url(which, page + 1) if shown.more else "",
        )  # fmt: skip

    def campaign_views(campaigns: tuple[Campaign, ...]) -> tuple[CampaignView, ...]:
        now = runtime.now()
        return tuple(campaign_view(campaign, now) for campaign in campaigns)

    return blueprint


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


def _growth_label(added: int) -> str:
    words = ngettext("%(count)s in the last 24 hours", "%(count)s in the last 24 hours", added, count=localised_number(added))
    return str(words)


def _results_label(shown: listing.CampaignPage, page: int) -> str:
    """How many a search has found, in words."""
    amount = len(shown.campaigns)
    if page == 1 and not shown.more:
        return str(ngettext("%(count)s campaign found", "%(count)s campaigns found", amount, count=localised_number(amount)))
    first = (page - 1) * PAGE_SIZE + 1
    of = {"first": localised_number(first), "last": localised_number(first + amount - 1)}
    if shown.more:
        return str(gettext("Campaigns %(first)s to %(last)s. There are more.", **of))
    return str(gettext("Campaigns %(first)s to %(last)s. There are no more.", **of))
