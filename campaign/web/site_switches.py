"""Switches of the whole site as this process knows them: asked twice a second at most, by one thread."""

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.site.switch import Switches, paused_by_site
from campaign.services.site import switches
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache

CACHE_SECONDS = 0.4
"""Seconds a process believes what it has read."""
SWITCHES: Region[Switches] = Region("switches", max_entries=1, seconds=CACHE_SECONDS)
_KEY = "all"


def current_switches() -> Switches:
    """The switches that are on. Where neither Redis nor the database can be asked, those that were a moment ago."""
    cache = process_cache()
    return cache.get(SWITCHES, _KEY, lambda: switches.current_switches(runtime(), cache.last(SWITCHES, _KEY) or Switches()))


def with_site_pause(campaign: Campaign) -> Campaign:
    """A campaign as the public finds it now: paused where the operator pauses signing on the whole site."""
    return paused_by_site(campaign, current_switches())


def expire_switches() -> None:
    """Have the switches read anew at the next question, as what is cached was found to be too old."""
    process_cache().expire(SWITCHES)
