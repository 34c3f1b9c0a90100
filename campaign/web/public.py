"""The pages everybody sees: the list of campaigns, and a campaign. No cookie, no token: a proxy may keep them."""

import hashlib
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, render_template, request

from campaign import standing as standings
from campaign.domain.consent import UPDATES_WORDING, UPDATES_WORDINGS
from campaign.domain.countries import COUNTRIES
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.web.forms import SignForm
from campaign.web.views import view

PAGE_SECONDS = 5
"""How long a proxy or browser may keep a page. The number on it moves by itself (`count.json`)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A page this process has made, and of what: it is good for as long as that is what would be shown."""

    standing: Standing
    second: int
    body: str
    etag: str


def public_pages(runtime: Runtime) -> Blueprint:
    """`GET /` and `GET /c/<slug>`."""
    blueprint = Blueprint("public", __name__)
    kept: dict[str, Kept] = {}
    kept_list: list[tuple[float, str]] = []

    @blueprint.get("/")
    def list_campaigns() -> Response:
        if not kept_list or time.monotonic() >= kept_list[0][0]:
            kept_list[:] = [(time.monotonic() + standings.LIST_REMEMBERED, _list_page(runtime))]
        return _cacheable(kept_list[0][1], _etag(kept_list[0][1]))

    @blueprint.get("/c/<slug>")
    def campaign(slug: str) -> Response:
        now = runtime.now()
        standing = find_or_abort(runtime, slug)
        page, second = kept.get(slug), int(now.timestamp())
        # `find` gives the very same standing for as long as it believes it, so this compares no more than two numbers.
        if page is None or page.standing is not standing or page.second != second:
            body = campaign_page(standing, SignForm(), now)
            page = Kept(standing, second, body, _etag(body))
            if len(kept) >= 100:
                kept.clear()
            kept[slug] = page
        return _cacheable(page.body, page.etag)

    return blueprint


def find_or_abort(runtime: Runtime, slug: str) -> Standing:
    """The campaign at an address; 404 where there is none, 410 where it was taken down."""
    standing = standings.find(runtime, slug)
    if standing is None:
        abort(404)
    if standing.taken_down:
        abort(410)
    return standing


def campaign_page(standing: Standing, form: SignForm, now: datetime) -> str:
    """The campaign with its form, fresh or with what was typed and what is wrong with it."""
    return render_template(
        "campaign/page.html", campaign=view(standing, now), form=form, countries=_countries(),
        updates_wording=UPDATES_WORDINGS[UPDATES_WORDING],
    )  # fmt: skip


def _list_page(runtime: Runtime) -> str:
    now = runtime.now()
    views = [view(standing, now) for standing in standings.newest(runtime)]
    ended = ("closed", "final")
    return render_template(
        "campaign/list.html",
        open_campaigns=[v for v in views if v.state not in ended],
        closed_campaigns=[v for v in views if v.state in ended],
    )


def _cacheable(body: str, etag: str) -> Response:
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}, stale-while-revalidate=30"
    response.set_etag(etag)
    return response.make_conditional(request)  # type: ignore[return-value]


def _etag(body: str) -> str:
    return hashlib.blake2b(body.encode(), digest_size=12).hexdigest()


def _countries() -> list[tuple[str, str]]:
    # The country most people here live in first, then by name as one reads a list.
    return [("GB", COUNTRIES["GB"]), *_BY_NAME]


_BY_NAME = sorted(
    ((code, name) for code, name in COUNTRIES.items() if code != "GB"), key=lambda item: unicodedata.normalize("NFKD", item[1])
)
