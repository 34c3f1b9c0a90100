"""How campaigns stand, for pages that cost nothing: from this process's memory, else from Redis, else from the store.

A spike of readers never reaches the database: one process asks Redis at most twice a second for one campaign, and the
database only where Redis has no copy. Where Redis is down the database is asked as rarely.
"""

import re
import time

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.campaigns import campaigns, former_slugs
from campaign.store.ledger import ledger
from campaign.store.redis import campaign_cache

CACHE_SECONDS = 0.4
"""Seconds a process believes what it has read. A verified signature is in `count.json` within two seconds, caches included."""
LIST_CACHE_SECONDS = 2.0
"""The same for the list of campaigns."""
_MAX_CACHED_SLUGS = 1_000
"""Slugs; past it everything is forgotten, so that made-up addresses cannot fill the memory."""
_SLUG_PATTERN = re.compile(r"[a-z0-9-]{1,80}")


def find_published(runtime: Runtime, slug: str) -> Campaign | None:
    """How the campaign with this slug stands, or with another slug the one that once had this; None where there is none, and
    for a draft, which is nobody's business but its team's. Raises StoreUnavailable."""
    known = runtime.campaign_cache.get(slug)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    if not _SLUG_PATTERN.fullmatch(slug):
        return None
    campaign = _read_through(runtime, slug)
    if len(runtime.campaign_cache) >= _MAX_CACHED_SLUGS:
        runtime.campaign_cache.clear()
    runtime.campaign_cache[slug] = (time.monotonic() + CACHE_SECONDS, campaign)
    return campaign


def totals_by_country(runtime: Runtime, campaign_id: int) -> list[tuple[str, int]]:
    """Verified signatures by country code, from the store. Callers keep what they make of it."""
    with runtime.reading() as connection:
        return ledger.country_totals(connection, campaign_id)


def _read_through(runtime: Runtime, slug: str) -> Campaign | None:
    try:
        copy = runtime.call_redis(lambda redis: campaign_cache.cached_campaign(redis, slug))
    except RedisUnavailableError:
        copy = None
    if copy is not None:
        return copy if copy.published else None
    with runtime.reading() as connection:
        campaign = campaigns.get_by_slug(connection, slug)
        if campaign is None and (campaign_id := former_slugs.campaign_id_of(connection, slug)) is not None:
            campaign = campaigns.get_by_id(connection, campaign_id)
    if campaign is None or not campaign.published:
        return None
    runtime.cache_campaign(campaign)
    return campaign
