"""Cached recent supporters of a campaign: a spike of readers costs the database one question every few seconds.

They are personal data, so no copy of them is kept in Redis.
"""

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.signatures.supporter import Supporter
from campaign.services.signatures import supporters
from campaign.store.database.engine import StoreUnavailableError
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.single_flight import BusyError

CACHE_SECONDS = 5.0
"""Seconds until somebody who withdrew, or no longer wants to be shown, is gone from the page as it is made; a proxy or browser
keeps what was on the page it has (`campaign.web.compressed_page`)."""
SUPPORTERS: Region[tuple[Supporter, ...]] = Region(
    "supporters", max_entries=1_000, seconds=CACHE_SECONDS, max_stale_seconds=CACHE_SECONDS, stale_if_unavailable=True
)


def recent_supporters(campaign: Campaign) -> tuple[Supporter, ...]:
    """The newest who chose to be public; none while another thread asks for the first ones, and where the store is away."""
    if campaign.appearance.supporters == "no" or campaign.verified == 0:
        return ()

    def load() -> tuple[Supporter, ...]:
        return supporters.recent_supporters(runtime(), campaign)

    try:
        return process_cache().get(SUPPORTERS, campaign.id, load, wait_seconds=0)
    except (BusyError, StoreUnavailableError):
        return ()
