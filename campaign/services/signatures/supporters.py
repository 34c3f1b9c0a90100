"""Recent supporters who chose to be public, for the campaign's page: from this process's memory, seldom from the store.

A spike of readers never reaches the database: one thread of one process asks for one campaign every few seconds, and only while
somebody looks at it. They are personal data, so no copy of them is kept in Redis.
"""

import threading
import time
from dataclasses import dataclass, field
from itertools import islice

from campaign.domain.campaigns.campaign import Campaign, SupportersRule
from campaign.domain.places.postcode_areas import area_name
from campaign.domain.signatures.supporter import Supporter, first_name, is_presentable
from campaign.runtime import Runtime
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.signatures import supporters as stored

MAX_SUPPORTERS_SHOWN = 8
"""Supporters on a campaign's page."""
CACHE_SECONDS = 5.0
"""Seconds until somebody who withdrew, or no longer wants to be shown, is gone from the page as it is made; whoever keeps pages
keeps what was on them (`campaign.web.cache.compressed_page`)."""
_MAX_ROWS_READ = 4 * MAX_SUPPORTERS_SHOWN
"""So many are asked for, since not every name is one to show."""
_MAX_LEDGER_ENTRIES = 500
"""Entries of the ledger that are looked through for them, from its end."""
_MAX_CACHED_CAMPAIGNS = 1_000


@dataclass(slots=True)
class _CacheEntry:
    expires_at: float
    supporters: tuple[Supporter, ...]


_EMPTY_ENTRY = _CacheEntry(0.0, ())


@dataclass
class SupporterCache:
    """The recent supporters of each campaign, as one process knows them."""

    runtime: Runtime
    _entries: dict[int, _CacheEntry] = field(default_factory=dict)
    _refresh_lock: threading.Lock = field(default_factory=threading.Lock)

    def recent(self, campaign: Campaign) -> tuple[Supporter, ...]:
        """The newest who chose to be public, named as the campaign says. Those known before where the store cannot be asked."""
        if campaign.appearance.supporters == "no" or campaign.verified == 0:
            return ()
        known = self._entries.get(campaign.id, _EMPTY_ENTRY)
        # Whoever comes while one thread is asking gets what was known before, and waits for nothing.
        if time.monotonic() < known.expires_at or not self._refresh_lock.acquire(blocking=False):
            return known.supporters
        try:
            return self._refresh(campaign)
        finally:
            self._refresh_lock.release()

    def _refresh(self, campaign: Campaign) -> tuple[Supporter, ...]:
        # Another thread may have got an answer a moment ago.
        known = self._entries.get(campaign.id, _EMPTY_ENTRY)
        if time.monotonic() < known.expires_at:
            return known.supporters
        try:
            found = self._read(campaign)
        except StoreUnavailableError:
            found = known.supporters
        if len(self._entries) >= _MAX_CACHED_CAMPAIGNS:
            self._entries.clear()
        self._entries[campaign.id] = _CacheEntry(time.monotonic() + CACHE_SECONDS, found)
        return found

    def _read(self, campaign: Campaign) -> tuple[Supporter, ...]:
        with self.runtime.reading() as connection:
            rows = stored.newest_supporters(connection, campaign.id, campaign.sequence - _MAX_LEDGER_ENTRIES, _MAX_ROWS_READ)
        rule = campaign.appearance.supporters
        named = ((_shown_name(row.name, rule), area_name(row.postcode, row.country)) for row in rows)
        return tuple(islice((Supporter(name, where) for name, where in named if is_presentable(name)), MAX_SUPPORTERS_SHOWN))


def _shown_name(name: str, rule: SupportersRule) -> str:
    return name if rule == "full-name" else first_name(name)
