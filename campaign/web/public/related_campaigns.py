"""Cached related campaigns of one that has closed: what who comes too late may sign instead."""

from campaign.domain.campaigns.campaign import Campaign
from campaign.services.campaigns import listing
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.campaign_view import CampaignView, campaign_view

CACHE_SECONDS = 60.0
RELATED_CAMPAIGNS: Region[tuple[Campaign, ...]] = Region(
    "related campaigns", max_entries=500, seconds=CACHE_SECONDS, max_stale_seconds=CACHE_SECONDS, stale_if_unavailable=True
)


def related_campaigns(campaign: Campaign) -> tuple[CampaignView, ...]:
    """Cards in the page's language; none while another thread asks for the first ones, and where the store is away."""
    now = runtime().now()
    found = process_cache().get_at_once(
        RELATED_CAMPAIGNS, campaign.id, lambda: listing.related_campaigns(runtime(), campaign, now)
    )
    # One may have closed since.
    return tuple(view for view in (campaign_view(each, now) for each in found or ()) if view.state == "open")
