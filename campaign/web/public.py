"""A campaign's page, which everybody sees. No cookie, no token: a proxy may keep it."""

import unicodedata
from functools import lru_cache
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request

from campaign import standing as standings
from campaign import switching
from campaign.domain import wording
from campaign.domain.attribution import Attribution
from campaign.domain.consent import UPDATES_WORDING, UPDATES_WORDINGS
from campaign.domain.countries import COUNTRIES
from campaign.domain.mail_domains import COMMON, REAL
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.supporters import Supporters
from campaign.web import arriving
from campaign.web.form_pages import FormPages
from campaign.web.forms import SignForm
from campaign.web.language import gettext, spoken
from campaign.web.schema_org import campaign_data
from campaign.web.share_links import share_links
from campaign.web.views import CampaignView

_MAIL_DOMAINS = " ".join((*COMMON, *(f"={domain}" for domain in sorted(REAL))))
"""For the script that asks about a mistyped domain; those after an equals sign are left alone."""
MOVED_SECONDS = 300
"""How long anybody may believe that a campaign has moved."""


def public_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>`."""
    blueprint = Blueprint("public", __name__)

    def draw(shown: CampaignView) -> str:
        return campaign_page(shown, SignForm(), runtime.links.url(shown.path))

    pages = FormPages(runtime, draw, Supporters(runtime))

    @blueprint.get("/c/<slug>")
    def campaign(slug: str) -> Response:
        return pages.answer(find_or_abort(runtime, slug))

    return blueprint


def find_or_abort(runtime: Runtime, slug: str) -> Standing:
    """The campaign at an address, paused where the operator holds signing. 404 where there is none, 410 where it was taken
    down; where the address is one it had before, the way to the one it has now."""
    standing = standings.find(runtime, slug)
    if standing is None:
        abort(404)
    # Where the slug is not in the path of the page (oEmbed is asked about an address), the campaign is all that is wanted.
    if standing.slug != slug and request.view_args and request.view_args.get("slug") == slug:
        abort(_moved_to(standing.slug, slug))
    if standing.taken_down:
        abort(410)
    return switching.as_shown(runtime, standing)


def campaign_page(shown: CampaignView, form: SignForm, link: str, came: Attribution | None = None) -> str:
    """The campaign with its form, fresh or with what was typed and what is wrong with it; and `link` to share it."""
    shares = share_links(link, shown.share_text, shown.text.title)
    return render_template("campaign/page.html", **form_context(shown, form, came), shares=shares)


def form_context(shown: CampaignView, form: SignForm, came: Attribution | None = None) -> dict[str, object]:
    """What a page with the sign form shows."""
    return {
        "campaign": shown, "form": form, "countries": _countries(spoken().code), "mail_domains": _MAIL_DOMAINS,
        "updates_wording": gettext(UPDATES_WORDINGS[UPDATES_WORDING]),
        "source_fields": arriving.UNKNOWN if came is None else arriving.fields(came), "campaign_data": campaign_data(shown),
    }  # fmt: skip


def _moved_to(slug: str, former: str) -> Response:
    """The way to the same page at the campaign's present address; a form that is sent there is sent again as it is."""
    path = quote(request.path.replace(f"/c/{former}", f"/c/{slug}", 1))
    query = request.query_string.decode("ascii", "replace")
    code = 301 if request.method in ("GET", "HEAD") else 308
    response = redirect(f"{path}?{query}" if query else path, code)
    # Not for good, whatever the code says: the campaign may take its old address back.
    response.headers["Cache-Control"] = f"public, max-age={MOVED_SECONDS}" if code == 301 else "no-store"
    return response  # type: ignore[return-value]


@lru_cache(maxsize=16)
def _countries(language: str) -> list[tuple[str, str]]:
    names = COUNTRIES if language == wording.ENGLISH else {**COUNTRIES, **_known(wording.country_names(language))}
    # The country most people here live in first, then by name as one reads a list.
    by_name = sorted(names.items(), key=lambda item: unicodedata.normalize("NFKD", item[1]).casefold())
    return [("GB", names["GB"]), *((code, name) for code, name in by_name if code != "GB")]


def _known(names: dict[str, str]) -> dict[str, str]:
    return {code: name for code, name in names.items() if code in COUNTRIES}
