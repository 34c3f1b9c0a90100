"""Published campaigns as pages show them: from Redis, else from the store.

Pages cache what they get for a moment (`campaign.web.public.campaign_lookup`), so that a spike of readers never reaches the
database. Where Redis is down the database is asked as rarely.
"""

from collections.abc import Callable, Container
from dataclasses import replace
from datetime import datetime, timedelta

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.campaigns import campaigns, former_slugs, slugs
from campaign.store.ledger import ledger
from campaign.store.redis import campaign_cache

MAX_CLOCK_OFFSET = timedelta(minutes=1)
"""Farther than this the countdown in Redis is not another clock's view of the same deadline, but wrong."""


def find_published(
    runtime: Runtime, slug: str, known_slugs: Callable[[], Container[str]] | None = None, last: Campaign | None = None
) -> Campaign | None:
    """The campaign with this slug, or the one that once had it; None where there is none, and for a draft.

    `known_slugs` gives the slugs there are, as of a moment ago: what is not among them is not looked for in the store. `last`
    is the same campaign as it was found before. Raises StoreUnavailableError.
    """
    now = runtime.now()
    try:
        copy, seconds_left = runtime.call_redis(lambda redis: campaign_cache.cached_campaign_and_countdown(redis, slug))
    except RedisUnavailableError:
        copy = seconds_left = None
    if copy is not None:
        return replace(copy, clock_offset=_clock_offset(copy, seconds_left, now, last)) if copy.published else None
    if known_slugs is not None and slug not in known_slugs():
        return None
    with runtime.reading() as connection:
        campaign = campaigns.get_by_slug(connection, slug)
        if campaign is None and (campaign_id := former_slugs.campaign_id_of(connection, slug)) is not None:
            campaign = campaigns.get_by_id(connection, campaign_id)
    if campaign is None or not campaign.published:
        return None
    runtime.cache_campaign(campaign)
    return campaign


def known_slugs(runtime: Runtime) -> frozenset[str]:
    """The slugs of all campaigns, former ones included, from the store. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        return slugs.all_slugs(connection)


def totals_by_country(runtime: Runtime, campaign_id: int) -> list[tuple[str, int]]:
    """Verified signatures by country code, from the store. Callers cache what they make of it."""
    with runtime.reading() as connection:
        return ledger.country_totals(connection, campaign_id)


def _clock_offset(campaign: Campaign, seconds_left: float | None, now: datetime, last: Campaign | None) -> timedelta:
    """How far the clock of the countdown is ahead of this process's, in whole seconds."""
    closes_at = campaign.window.closes_at
    if seconds_left is None:
        # It has expired, or was never set: the offset seen last keeps a page from counting again what was counted down.
        return last.clock_offset if last is not None and last.window.closes_at == closes_at else timedelta()
    offset = closes_at - timedelta(seconds=seconds_left) - now
    # The time that the answer took is no difference of clocks.
    return timedelta(seconds=round(offset.total_seconds())) if abs(offset) <= MAX_CLOCK_OFFSET else timedelta()
