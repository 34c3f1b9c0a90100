"""How campaigns stand, for pages that cost nothing: from this process's memory, else from Redis, else from the store.

A spike of readers never reaches the database: one process asks Redis at most twice a second for one campaign, and the
database only where Redis has no copy. Where Redis is down the database is asked as rarely.
"""

import re
import time

from campaign.domain.standing import Standing
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import campaigns, counters, ledger, slugs

REMEMBERED = 0.4
"""Seconds a process believes what it has read. A verified signature is in `count.json` within two seconds, caches included."""
LIST_REMEMBERED = 2.0
"""The same for the list of campaigns."""
_MOST_REMEMBERED = 1_000
"""Slugs; past it everything is forgotten, so that made-up addresses cannot fill the memory."""
_SLUG = re.compile(r"[a-z0-9-]{1,80}")


def find(runtime: Runtime, slug: str) -> Standing | None:
    """How the campaign with this slug stands, or with another slug the one that once had this; None where there is none, and
    for a draft, which is nobody's business but its team's. Raises StoreUnavailable."""
    known = runtime.remembered.get(slug)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    if not _SLUG.fullmatch(slug):
        return None
    standing = _from_copies(runtime, slug)
    if len(runtime.remembered) >= _MOST_REMEMBERED:
        runtime.remembered.clear()
    runtime.remembered[slug] = (time.monotonic() + REMEMBERED, standing)
    return standing


def by_country(runtime: Runtime, campaign_id: int) -> list[tuple[str, int]]:
    """Verified signatures by country code, from the store. Callers keep what they make of it."""
    with runtime.reading() as connection:
        return ledger.by_country(connection, campaign_id)


def _from_copies(runtime: Runtime, slug: str) -> Standing | None:
    try:
        copy = runtime.ask_redis(lambda redis: counters.read(redis, slug))
    except RedisUnavailable:
        copy = None
    if copy is not None:
        return copy if copy.published else None
    with runtime.reading() as connection:
        standing = campaigns.by_slug(connection, slug)
        if standing is None and (campaign_id := slugs.leads_to(connection, slug)) is not None:
            standing = campaigns.by_id(connection, campaign_id)
    if standing is None or not standing.published:
        return None
    runtime.publish(standing)
    return standing
