"""Cached related campaigns of one that has closed: what who comes too late may sign instead."""

from dataclasses import replace

from campaign.domain.campaigns.campaign import Campaign
from campaign.services.campaigns import listing
from campaign.store.database.engine import StoreUnavailableError
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.campaign_lookup import find_published
from campaign.web.public.campaign_view import CampaignView, campaign_view
from campaign.web.single_flight import BusyError
from campaign.web.site_switches import with_site_pause

CACHE_SECONDS = 60.0
RELATED_CAMPAIGNS: Region[tuple[Campaign, ...]] = Region(
    "related campaigns", max_entries=500, seconds=CACHE_SECONDS, max_stale_seconds=CACHE_SECONDS, stale_if_unavailable=True
)


def related_campaigns(campaign: Campaign) -> tuple[CampaignView, ...]:
    """Cards in the page's language, with the numbers of a moment ago; none while another thread asks for the first ones, and
    where the store is away."""
    now = runtime().now()
    found = process_cache().get_at_once(
        RELATED_CAMPAIGNS, campaign.id, lambda: listing.related_campaigns(runtime(), campaign, now)
    )
    known = (_as_it_is_now(each) for each in found or ())
    # One may have closed since, or been taken down or paused. No clock runs on a card: the page need not be rendered for each
    # second.
    views = (replace(campaign_view(each, now), seconds_left=0) for each in known if not each.taken_down)
    return tuple(view for view in views if view.state == "open")


def _as_it_is_now(campaign: Campaign) -> Campaign:
    """The campaign with the numbers of a moment ago; as it was found where the store is away."""
    try:
        return with_site_pause(find_published(campaign.slug) or campaign)
    except (BusyError, StoreUnavailableError):
        return campaign


def related_instead(campaign: Campaign, state: str) -> tuple[CampaignView, ...]:
    """The same where the campaign's page, in this state, offers them instead of its form."""
    return related_campaigns(campaign) if state in ("closed", "final") else ()
