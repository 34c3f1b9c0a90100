"""Cached recent activity of a campaign: a spike of readers costs the database three questions every few seconds.

It holds personal data, so no copy of it is kept in Redis.
"""

from dataclasses import replace

from campaign.domain.campaigns.campaign import Campaign
from campaign.services.signatures import activity
from campaign.services.signatures.activity import NO_ACTIVITY, CampaignActivity
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.site_switches import current_switches

CACHE_SECONDS = 5.0
"""Seconds until somebody who withdrew, or no longer wants to be shown, is gone from the page as it is made; a proxy or browser
keeps what was on the page it has (`campaign.web.compressed_page`)."""
ACTIVITY: Region[CampaignActivity] = Region(
    "campaign activity", max_entries=1_000, seconds=CACHE_SECONDS, max_stale_seconds=CACHE_SECONDS, stale_if_unavailable=True
)


def campaign_activity(campaign: Campaign) -> CampaignActivity:
    """What the page shows; nothing while another thread asks for the first time, and where the store is away."""
    if campaign.signatures == 0:
        return NO_ACTIVITY
    found = process_cache().get_at_once(ACTIVITY, campaign.id, lambda: activity.campaign_activity(runtime(), campaign))
    if found is None:
        return NO_ACTIVITY
    return replace(found, supporters=(), comments=()) if current_switches().hides_supporters else found
