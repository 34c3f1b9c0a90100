"""Pages made from the store that are the same for everybody: made seldom, by one thread, and still there when it is not."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import structlog

from campaign.store.engine import StoreUnavailable
from campaign.web.kept import Kept, keep
from campaign.web.turn import PATIENCE, Busy, Turn

log = structlog.get_logger(__name__)

_EVERYBODY = 1_000
"""More than a process has threads."""


@dataclass(slots=True)
class _Made:
    until: float
    page: Kept | None


@dataclass
class Shelf:
    """The pages one process keeps of one kind, each good for `seconds`. The one made longest ago goes when there are `most`.

    Where there are more such pages than anybody counts, whoever asks for one after the other would have all threads wait: such
    shelves are given a `turn` that few wait for. Whoever asks for the home page waits, as it is there in a moment for all.
    """

    seconds: float
    most: int
    turn: Turn = field(default_factory=lambda: Turn(_EVERYBODY))
    _made: dict[Hashable, _Made] = field(default_factory=dict)
    _rests_until: float = 0.0

    def get(self, key: Hashable, make: Callable[[], str | None]) -> Kept | None:
        """The page known by `key`, made anew where it is too old. `make` returns its text, or None where there is no such page.

        Where the store is unavailable the last one known is still good. Raises StoreUnavailable where there is none, and Busy
        where others are being made.
        """
        known = self._made.get(key)
        if known is not None and time.monotonic() < known.until:
            return known.page
        # Whoever comes while one thread makes a page gets the one known before.
        try:
            with self.turn.taken(PATIENCE if known is None else 0):
                return self._made_now(key, make)
        except Busy:
            if known is None:
                raise
            return known.page

    def _made_now(self, key: Hashable, make: Callable[[], str | None]) -> Kept | None:
        known, now = self._made.get(key), time.monotonic()
        if known is not None and now < known.until:
            return known.page
        try:
            page = self._ask(make)
        except StoreUnavailable as error:
            self._rests_until = max(self._rests_until, now + self.seconds)
            if known is None:
                raise
            log.warning("The database is unavailable; a page from before is shown", cause=type(error.__cause__).__name__)
            page = known.page
        self._made.pop(key, None)
        while len(self._made) >= self.most:
            del self._made[next(iter(self._made))]
        self._made[key] = _Made(time.monotonic() + self.seconds, page)
        return page

    def _ask(self, make: Callable[[], str | None]) -> Kept | None:
        if time.monotonic() < self._rests_until:
            # Those who waited for a thread that got no answer need not wait for it again, each in turn.
            raise StoreUnavailable
        body = make()
        return None if body is None else keep(body)
