"""Page on where people signed, for everybody: by region on a map, by constituency and by country, without small numbers."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.places.suppression import MIN_SHOWN
from campaign.services.campaigns import published
from campaign.services.places import totals
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.compressed_page import cached_page, page_region
from campaign.web.language import use_campaign_language
from campaign.web.public.cached_campaign_page import campaign_colours_response
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import campaign_view
from campaign.web.region_map import VIEW_BOX, region_map

MAX_AGE_SECONDS = 60
"""How long a proxy or browser may keep the page."""
_CACHE_SECONDS = 15.0
_PAGES = page_region("places", 100, _CACHE_SECONDS, flight="places")

blueprint = Blueprint("public_places", __name__)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place in a table."""

    name: str
    total_label: str
    member: str = ""
    """Who represents it in Parliament; empty where that is not known."""


@blueprint.get("/c/<slug>/places")
def show_places(slug: str) -> Response:
    """Page of where a campaign's signatures come from."""
    campaign = find_campaign_or_abort(slug)
    page = cached_page(_PAGES, (slug, use_campaign_language(campaign)), lambda: _render(campaign))
    return campaign_colours_response(campaign, page, MAX_AGE_SECONDS)


def _render(campaign: Campaign) -> str:
    constituencies, regions = totals.open_data_totals(runtime(), campaign.id)
    countries = [
        PlaceRow(localised.country_name(code) or code, localised.number(number))
        for code, number in published.totals_by_country(runtime(), campaign.id)
        if number >= MIN_SHOWN
    ]
    return render_template(
        "campaign/places.html",
        campaign=campaign_view(campaign, runtime().now()),
        smallest=localised.number(MIN_SHOWN),
        region_map=region_map({area.name: area.verified for area in regions}, suppressed=True),
        view_box=VIEW_BOX,
        regions=[PlaceRow(area.name, localised.number(area.verified)) for area in regions],
        constituencies=[PlaceRow(area.name, localised.number(area.verified), member or "") for area, member in constituencies],
        countries=countries if len(countries) > 1 else [],
    )
