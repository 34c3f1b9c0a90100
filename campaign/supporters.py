"""Recent supporters who chose to be public, for the campaign's page: from this process's memory, seldom from the store.

A spike of readers never reaches the database: one thread of one process asks for one campaign every few seconds, and only while
somebody looks at it. They are personal data, so no copy of them is kept in Redis.
"""

import threading
import time
from dataclasses import dataclass, field
from itertools import islice

from campaign.domain.areas import area
from campaign.domain.standing import Standing, SupportersRule
from campaign.domain.supporter import Supporter, first_name, presentable
from campaign.runtime import Runtime
from campaign.store import supporters as stored
from campaign.store.engine import StoreUnavailable

SHOWN = 8
"""Supporters on a campaign's page."""
REMEMBERED = 5.0
"""Seconds until somebody who withdrew, or no longer wants to be shown, is gone from the page as it is made; whoever keeps pages
keeps what was on them (`campaign.web.kept`)."""
_ASKED_FOR = 4 * SHOWN
"""So many are asked for, since not every name is one to show."""
_WITHIN = 500
"""Entries of the ledger that are looked through for them, from its end."""
_MOST_REMEMBERED = 1_000


@dataclass(slots=True)
class _Known:
    until: float
    supporters: tuple[Supporter, ...]


_NOBODY = _Known(0.0, ())


@dataclass
class Supporters:
    """The recent supporters of each campaign, as one process knows them."""

    runtime: Runtime
    _known: dict[int, _Known] = field(default_factory=dict)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def recent(self, standing: Standing) -> tuple[Supporter, ...]:
        """The newest who chose to be public, named as the campaign says. Those known before where the store cannot be asked."""
        if standing.appearance.supporters == "no" or standing.verified == 0:
            return ()
        known = self._known.get(standing.id, _NOBODY)
        # Whoever comes while one thread is asking gets what was known before, and waits for nothing.
        if time.monotonic() < known.until or not self._asking.acquire(blocking=False):
            return known.supporters
        try:
            return self._asked_now(standing)
        finally:
            self._asking.release()

    def _asked_now(self, standing: Standing) -> tuple[Supporter, ...]:
        # Another thread may have got an answer a moment ago.
        known = self._known.get(standing.id, _NOBODY)
        if time.monotonic() < known.until:
            return known.supporters
        try:
            found = self._ask(standing)
        except StoreUnavailable:
            found = known.supporters
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[standing.id] = _Known(time.monotonic() + REMEMBERED, found)
        return found

    def _ask(self, standing: Standing) -> tuple[Supporter, ...]:
        with self.runtime.reading() as connection:
            rows = stored.newest(connection, standing.id, standing.sequence - _WITHIN, _ASKED_FOR)
        rule = standing.appearance.supporters
        named = ((_named(name, rule), area(postcode, country)) for name, country, postcode in rows)
        return tuple(islice((Supporter(name, where) for name, where in named if presentable(name)), SHOWN))


def _named(name: str, rule: SupportersRule) -> str:
    return name if rule == "full-name" else first_name(name)
