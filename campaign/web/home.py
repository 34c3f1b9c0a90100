"""The home page: campaigns to find, all of them page by page, and the search."""

import re
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

from campaign import finding
from campaign.domain.search import LONGEST_QUERY, words
from campaign.domain.standing import Standing
from campaign.finding import MOST_PAGES, ON_A_PAGE, AllOf
from campaign.runtime import Runtime
from campaign.standing import LIST_REMEMBERED
from campaign.web.kept import Kept, send
from campaign.web.language import gettext, ngettext, spoken, to
from campaign.web.schema_org import site_data
from campaign.web.shelf import Shelf
from campaign.web.turn import Turn
from campaign.web.views import CampaignView, view
from campaign.web.words import number

PAGE_SECONDS = 5
"""How long a proxy or browser may keep these pages."""
_MOST_FRONTS = 50
"""Languages, each chosen or negotiated."""
_MOST_LISTS = 100
_MOST_SEARCHES = 50
_PAGE = re.compile(r"[1-9][0-9]{0,2}")
_LISTS: dict[str, AllOf] = {"open": "open", "closed": "closed"}


def home_pages(runtime: Runtime) -> Blueprint:
    """`GET /`, `GET /?list=open&page=2`, `GET /?list=closed`, `GET /?q=pond`."""
    blueprint = Blueprint("home", __name__)
    # Apart from each other: whoever leafs and searches through everything must not push the home page itself out.
    fronts, turn = Shelf(LIST_REMEMBERED, _MOST_FRONTS), Turn()
    # One turn for both, so that they cannot have all threads of a process between them.
    lists, searches = (Shelf(LIST_REMEMBERED, most, turn) for most in (_MOST_LISTS, _MOST_SEARCHES))

    @blueprint.get("/")
    def home() -> Response:
        here, typed = spoken(), request.args.get("q", "")
        query = _readable(typed)
        if words(query):
            number_of_page = _page()
            # By what was typed: the links on the page repeat it.
            page = searches.get((typed, number_of_page, here), lambda: found(query, number_of_page))
            response = send(page or abort(404), seconds=PAGE_SECONDS, public=False)
            response.headers["X-Robots-Tag"] = "noindex"
            return response
        return send(listed() or abort(404), seconds=PAGE_SECONDS)

    def listed() -> Kept | None:
        here = spoken()
        if "list" not in request.args:
            return fronts.get(here, front)
        which, number_of_page = _LISTS.get(request.args["list"]) or abort(404), _page()
        return lists.get((which, number_of_page, here), lambda: all_of(which, number_of_page))

    def front() -> str:
        now = runtime.now()
        shown = finding.front(runtime, now)
        today = {each.slug: _today(shown.added[each.id]) for each in shown.growing}
        return render_template(
            "campaign/home.html", query="", results=None, found="", today=today, site_data=site_data(spoken().code),
            closing_soon=views(shown.closing_soon), growing=views(shown.growing), newest=views(shown.newest),
            later=views(shown.later), closed=views(shown.closed), more=_list("open") if shown.more else "",
        )  # fmt: skip

    def found(query: str, page: int) -> str | None:
        shown = finding.search(runtime, query, page, runtime.now())
        if page > 1 and not shown.campaigns:
            return None
        return render_template(
            "campaign/home.html", query=query, results=views(shown.campaigns), found=_found(shown, page), today={},
            site_data="", closing_soon=(), growing=(), newest=(), later=(), closed=(),
            more=to(f"/?{urlencode({'q': query, 'page': page + 1})}") if shown.more else "",
        )  # fmt: skip

    def all_of(which: AllOf, page: int) -> str | None:
        shown = finding.all_of(runtime, which, page, runtime.now())
        if page > 1 and not shown.campaigns:
            return None
        return render_template(
            "campaign/all.html", which=which, page=page, campaigns=views(shown.campaigns),
            before=_list(which, page - 1) if page > 1 else "", more=_list(which, page + 1) if shown.more else "",
        )  # fmt: skip

    def views(standings: tuple[Standing, ...]) -> tuple[CampaignView, ...]:
        now = runtime.now()
        return tuple(view(standing, now) for standing in standings)

    return blueprint


def _page() -> int:
    text = request.args.get("page", "1")
    if not _PAGE.fullmatch(text) or int(text) > MOST_PAGES:
        abort(404)
    return int(text)


def _list(which: AllOf, page: int = 1) -> str:
    return to(f"/?{urlencode({'list': which, **({'page': page} if page > 1 else {})})}")


def _readable(typed: str) -> str:
    """What was searched for as a page may repeat it: one line, without what has no shape."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in typed[:LONGEST_QUERY]).split())


def _today(added: int) -> str:
    words = ngettext("%(count)s in the last 24 hours", "%(count)s in the last 24 hours", added, count=number(added))
    return str(words)


def _found(shown: finding.Page, page: int) -> str:
    """How many a search has found, in words."""
    amount = len(shown.campaigns)
    if page == 1 and not shown.more:
        return str(ngettext("%(count)s campaign found", "%(count)s campaigns found", amount, count=number(amount)))
    first = (page - 1) * ON_A_PAGE + 1
    of = {"first": number(first), "last": number(first + amount - 1)}
    if shown.more:
        return str(gettext("Campaigns %(first)s to %(last)s. There are more.", **of))
    return str(gettext("Campaigns %(first)s to %(last)s. There are no more.", **of))
