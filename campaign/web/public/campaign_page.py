"""A campaign's page, which everybody sees. No cookie, no token: a proxy may keep it."""

import unicodedata
from functools import lru_cache
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common import formatting
from campaign.domain.places.countries import COUNTRIES
from campaign.domain.signatures.attribution import Attribution
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING, UPDATES_WORDINGS
from campaign.domain.signatures.mail_domains import COMMON_DOMAINS, VALID_LOOKALIKE_DOMAINS
from campaign.runtime import Runtime
from campaign.services.campaigns import published
from campaign.services.signatures.supporters import SupporterCache
from campaign.services.site import switches
from campaign.web.cache.campaign_page_cache import CampaignPageCache
from campaign.web.language import gettext, page_language
from campaign.web.public import attribution as arriving
from campaign.web.public.campaign_view import CampaignView
from campaign.web.public.schema_org import campaign_json_ld
from campaign.web.public.share_links import share_links
from campaign.web.public.sign_form import SignForm

_MAIL_DOMAINS = " ".join((*COMMON_DOMAINS, *(f"={domain}" for domain in sorted(VALID_LOOKALIKE_DOMAINS))))
"""For the script that asks about a mistyped domain; those after an equals sign are left alone."""
REDIRECT_MAX_AGE_SECONDS = 300
"""How long anybody may believe that a campaign has moved."""


def public_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>`."""
    blueprint = Blueprint("public", __name__)

    def render(shown: CampaignView) -> str:
        return render_campaign_page(shown, SignForm(), runtime.tokens.absolute_url(shown.path))

    pages = CampaignPageCache(runtime, render, SupporterCache(runtime))

    @blueprint.get("/c/<slug>")
    def show_campaign(slug: str) -> Response:
        return pages.response(find_campaign_or_abort(runtime, slug))

    return blueprint


def find_campaign_or_abort(runtime: Runtime, slug: str) -> Campaign:
    """The campaign at an address, paused where the operator holds signing. 404 where there is none, 410 where it was taken
    down; where the address is one it had before, the way to the one it has now."""
    campaign = published.find_published(runtime, slug)
    if campaign is None:
        abort(404)
    # Where the slug is not in the path of the page (oEmbed is asked about an address), the campaign is all that is wanted.
    if campaign.slug != slug and request.view_args and request.view_args.get("slug") == slug:
        abort(_redirect_to_current_slug(campaign.slug, slug))
    if campaign.taken_down:
        abort(410)
    return switches.with_site_pause(runtime, campaign)


def render_campaign_page(shown: CampaignView, form: SignForm, link: str, attribution: Attribution | None = None) -> str:
    """The campaign with its form, fresh or with what was typed and what is wrong with it; and `link` to share it."""
    shares = share_links(link, shown.share_text, shown.text.title)
    return render_template("campaign/page.html", **sign_form_context(shown, form, attribution), shares=shares)


def sign_form_context(shown: CampaignView, form: SignForm, attribution: Attribution | None = None) -> dict[str, object]:
    """What a page with the sign form shows."""
    return {
        "campaign": shown,
        "form": form,
        "countries": _country_choices(page_language().code),
        "mail_domains": _MAIL_DOMAINS,
        "updates_wording": gettext(UPDATES_WORDINGS[CURRENT_UPDATES_WORDING]),
        "source_fields": arriving.UNKNOWN_SOURCE_FIELD if attribution is None else arriving.hidden_fields(attribution),
        "campaign_json_ld": campaign_json_ld(shown),
    }


def _redirect_to_current_slug(slug: str, former_slug: str) -> Response:
    """The way to the same page at the campaign's present address; a form that is sent there is sent again as it is."""
    path = quote(request.path.replace(f"/c/{former_slug}", f"/c/{slug}", 1))
    query = request.query_string.decode("ascii", "replace")
    code = 301 if request.method in ("GET", "HEAD") else 308
    response = redirect(f"{path}?{query}" if query else path, code)
    # Not for good, whatever the code says: the campaign may take its old address back.
    response.headers["Cache-Control"] = f"public, max-age={REDIRECT_MAX_AGE_SECONDS}" if code == 301 else "no-store"
    return response  # type: ignore[return-value]


@lru_cache(maxsize=16)
def _country_choices(language: str) -> list[tuple[str, str]]:
    names = (
        COUNTRIES if language == formatting.ENGLISH else {**COUNTRIES, **_known_countries(formatting.country_names(language))}
    )
    # The country most people here live in first, then by name as one reads a list.
    by_name = sorted(names.items(), key=lambda item: unicodedata.normalize("NFKD", item[1]).casefold())
    return [("GB", names["GB"]), *((code, name) for code, name in by_name if code != "GB")]


def _known_countries(names: dict[str, str]) -> dict[str, str]:
    return {code: name for code, name in names.items() if code in COUNTRIES}
