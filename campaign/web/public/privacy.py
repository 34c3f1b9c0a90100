"""The privacy pages, from what the code does: what is kept, why and for how long, who gets it, which cookies there are."""

from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import FINALISATION_DELAY, GRACE
from campaign.domain.common.i18n import N_
from campaign.domain.places.suppression import MIN_SHOWN
from campaign.domain.privacy.retention import WITHDRAWN_RETENTION
from campaign.rendering.markdown_html import render_markdown
from campaign.security.tokens import THANKS_COOKIE_SECONDS
from campaign.services.campaigns import listing
from campaign.services.privacy import retention
from campaign.services.signatures.sharing import MAX_REFERRALS_COUNTED
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.compressed_page import PAGE_CACHE_SECONDS, cached_page, page_region, page_response
from campaign.web.cookies import cookie_name
from campaign.web.language import page_language, use_campaign_language
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.cookies import SIGNED_COOKIE_SECONDS
from campaign.web.public.data_inventory import DATA_INVENTORY
from campaign.web.translation import gettext, ngettext

PRIVACY_MAX_AGE_SECONDS = 60
"""How long a proxy or browser may keep these pages."""
_MAX_CACHED_PAGES = 100
_SITE_PAGES = page_region("privacy of the site", _MAX_CACHED_PAGES, PAGE_CACHE_SECONDS)
_CAMPAIGN_PAGES = page_region("privacy of campaigns", _MAX_CACHED_PAGES, PAGE_CACHE_SECONDS)


@dataclass(frozen=True, slots=True)
class Cookie:
    """One of the cookies there are."""

    name: str
    purpose: str
    seconds: int


COOKIES = (
    Cookie(
        "cs_b…",
        N_(
            "Set when you sign, and sent only when you open a link from our emails. It lets the browser you signed in "
            "confirm without a second press."
        ),
        SIGNED_COOKIE_SECONDS,
    ),
    Cookie(
        "cs_typed",
        N_(
            "Set when you sign, for the next page only. It lets that page repeat the address you typed, so that you see any "
            "mistake in it."
        ),
        THANKS_COOKIE_SECONDS,
    ),
    Cookie(
        "cs_thanks",
        N_("Set when you confirm, for the next page only. It lets that page know it’s you."),
        THANKS_COOKIE_SECONDS,
    ),
)
"""Those that `campaign.web.public.cookies` sets."""


blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
def show_site_privacy() -> Response:
    """What every campaign of the site keeps of a signatory."""
    page = cached_page(_SITE_PAGES, page_language(), _render_site_page)
    return page_response(page, max_age_seconds=PRIVACY_MAX_AGE_SECONDS)


@blueprint.get("/c/<slug>/privacy")
def show_campaign_privacy(slug: str) -> Response:
    """What one campaign keeps of a signatory."""
    campaign = find_campaign_or_abort(slug)
    page = cached_page(_CAMPAIGN_PAGES, (slug, use_campaign_language(campaign)), lambda: _render_campaign_page(campaign))
    return page_response(page, max_age_seconds=PRIVACY_MAX_AGE_SECONDS)


def _render_site_page() -> str:
    now = runtime().now()
    current, closed = (listing.list_campaigns(runtime(), which, 1, now) for which in ("open", "closed"))
    return _render_privacy(None, campaigns=[_campaign_link(campaign) for campaign in (*current.campaigns, *closed.campaigns)])


def _render_campaign_page(campaign: Campaign) -> str:
    here = page_language()
    plan = retention.get_plan(runtime(), campaign.id)
    forgotten_at = campaign.window.finalised_at or campaign.window.verify_until + FINALISATION_DELAY
    return _render_privacy(
        _fields_not_asked(campaign), campaign=campaign_view(campaign, runtime().now()), rule=campaign.appearance.supporters,
        campaign_privacy_html=render_markdown(campaign.in_language(here.content_code).page_texts.privacy, top_heading=3),
        deleted_label=localised.moment(forgotten_at, campaign.zone), kept_months=plan.months,
        data_ends=localised.day(plan.expected_end(runtime().now()), campaign.zone),
        data_destroyed=localised.day(plan.finished_at, campaign.zone) if plan.finished_at else "",
        destroyed_signatures=plan.erased_signatures,
    )  # fmt: skip


def _render_privacy(unasked: frozenset[str] | None, **more: object) -> str:
    plain: dict[str, object] = {
        "campaign": None,
        "campaigns": [],
        "rule": "",
        "campaign_privacy_html": "",
        "deleted_label": "",
        "most_months": runtime().settings.retention_months_max,
        "months_label": lambda months: ngettext("%(num)s month", "%(num)s months", months),
        "withdrawn_days": localised.duration(int(WITHDRAWN_RETENTION.total_seconds())),
        "data_inventory": _inventory_lines(unasked),
        "cookies": [(cookie_name(each.name), gettext(each.purpose), localised.duration(each.seconds)) for each in COOKIES],
        "grace": localised.duration(int(GRACE.total_seconds())),
        "settling": localised.duration(int(FINALISATION_DELAY.total_seconds())),
        "most_brought": localised.number(MAX_REFERRALS_COUNTED),
        "asks_comment": "comment" not in (unasked or ()) and more.get("rule") != "no",
        "asks_dns": runtime().settings.check_mail_domains,
        "asks_places": "" if "postcode" in (unasked or ()) else urlsplit(runtime().settings.places_url).hostname,
        "smallest": localised.number(MIN_SHOWN),
    }
    return render_template("campaign/privacy.html", **plain | more)


def _inventory_lines(fields_not_asked: frozenset[str] | None) -> list[tuple[str, str, bool]]:
    """What is kept and why, in words, and whether only some campaigns ask for it: what one of them does not ask for left out,
    and nothing left out where it is about all of them."""
    return [
        (gettext(each.label), gettext(each.purpose), fields_not_asked is None and bool(each.form_field))
        for each in DATA_INVENTORY
        if fields_not_asked is None or each.form_field not in fields_not_asked
    ]


def _fields_not_asked(campaign: Campaign) -> frozenset[str]:
    """The fields that the form of a campaign is without."""
    rules = {
        **asdict(campaign.form_fields), "public": campaign.appearance.supporters,
        "statement": campaign.eligibility.rule if campaign.eligibility.is_asked else "no",
    }  # fmt: skip
    return frozenset(field for field, rule in rules.items() if rule == "no")


def _campaign_link(campaign: Campaign) -> tuple[str, str, str]:
    version = campaign.in_language(page_language().content_code)
    return f"/c/{campaign.slug}/privacy", version.text.title, version.language
