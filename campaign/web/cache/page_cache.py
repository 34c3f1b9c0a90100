"""Pages made from the store that are the same for everybody: made seldom, by one thread, and still there when it is not."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import structlog

from campaign.store.database.engine import StoreUnavailableError
from campaign.web.cache.compressed_page import CompressedPage, compress_page
from campaign.web.cache.single_flight import WAIT_SECONDS, BusyError, SingleFlight

log = structlog.get_logger(__name__)

_UNLIMITED_WAITERS = 1_000
"""More than a process has threads."""


@dataclass(slots=True)
class _CacheEntry:
    fresh_until: float
    page: CompressedPage | None


@dataclass
class PageCache:
    """The pages one process keeps of one kind, each good for `seconds`. The one made longest ago goes when there are `most`.

    Where there are more such pages than anybody counts, whoever asks for one after the other would have all threads wait: such
    shelves are given a `turn` that few wait for. Whoever asks for the home page waits, as it is there in a moment for all.
    """

    seconds: float
    max_pages: int
    single_flight: SingleFlight = field(default_factory=lambda: SingleFlight(_UNLIMITED_WAITERS))
    _entries: dict[Hashable, _CacheEntry] = field(default_factory=dict)
    _store_retry_at: float = 0.0

    def get(self, key: Hashable, render: Callable[[], str | None]) -> CompressedPage | None:
        """The page known by `key`, made anew where it is too old. `make` returns its text, or None where there is no such page.

        Where the store is unavailable the last one known is still good. Raises StoreUnavailable where there is none, and Busy
        where others are being made.
        """
        known = self._entries.get(key)
        if known is not None and time.monotonic() < known.fresh_until:
            return known.page
        # Whoever comes while one thread makes a page gets the one known before.
        try:
            with self.single_flight.acquired(WAIT_SECONDS if known is None else 0):
                return self._refresh(key, render)
        except BusyError:
            if known is None:
                raise
            return known.page

    def _refresh(self, key: Hashable, render: Callable[[], str | None]) -> CompressedPage | None:
        known, now = self._entries.get(key), time.monotonic()
        if known is not None and now < known.fresh_until:
            return known.page
        try:
            page = self._render(render)
        except StoreUnavailableError as error:
            self._store_retry_at = max(self._store_retry_at, now + self.seconds)
            if known is None:
                raise
            log.warning("The database is unavailable; a page from before is shown", cause=type(error.__cause__).__name__)
            page = known.page
        self._entries.pop(key, None)
        while len(self._entries) >= self.max_pages:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = _CacheEntry(time.monotonic() + self.seconds, page)
        return page

    def _render(self, render: Callable[[], str | None]) -> CompressedPage | None:
        if time.monotonic() < self._store_retry_at:
            # Those who waited for a thread that got no answer need not wait for it again, each in turn.
            raise StoreUnavailableError
        body = render()
        return None if body is None else compress_page(body)
