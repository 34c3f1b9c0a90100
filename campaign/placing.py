"""Where signatures come from: postcodes are looked up later, by a job, and counted by place.

Nobody waits for it. Signatures in the count whose postcode was not looked up are found by an index; what is kept of earlier
answers answers first; the service is asked for the rest, in bulk and outside every transaction. Where it does not answer it is
left alone for a while, by all processes together, and the gap is filled later.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from campaign.domain.place import ServiceUnavailable
from campaign.jobs import LOOK_UP_PLACES
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import ledger, rests, rollups
from campaign.store import placing as store
from campaign.store.placing import Unplaced
from campaign.store.rollups import Changes

if TYPE_CHECKING:
    from campaign.postcodes import PostcodeService

log = structlog.get_logger(__name__)

AT_ONCE = 1_000
"""Signatures placed in one transaction, and read at a time."""
TURN = 10.0
"""Seconds after which a job ends and asks for another: other work waits in the same queue."""
FIRST_REST, LONGEST_REST = 30.0, 3600.0
"""Seconds the service is left alone after it failed: twice as long each time."""
WARN_EVERY = 3600
"""Seconds between two warnings that it does not answer."""
ASK_AGAIN_EVERY = 3600.0
"""Seconds between two looks at postcodes that nobody knew: new ones are published a few times a year."""
_SERVICE = "postcodes"
_ASKING = 120.0
"""Seconds for which one process alone asks. Where it dies over a question, nobody asks for so long."""
_FORGOTTEN_AT_ONCE = 10_000


def wanted(runtime: Runtime) -> bool:
    """Whether there is something to look up, and somebody to ask."""
    if not runtime.settings.places_url:
        return False
    with runtime.reading() as connection:
        if not store.any_waiting(connection):
            return False
    try:
        return not runtime.ask_redis(lambda redis: rests.resting(redis, _SERVICE))
    except RedisUnavailable:
        return False


@dataclass
class Surveyor:
    """Looks postcodes up for one worker process."""

    runtime: Runtime
    _again_at: float = float("-inf")
    """When to ask once more for what nobody knew; seconds of the steady clock."""

    def look_up(self) -> int:
        """Look up what is waiting, for TURN seconds at most; returns how many signatures found their place."""
        self._forget()
        service, placed, until = self.runtime.postcodes, 0, time.monotonic() + TURN
        if service is None:
            return 0
        while batch := self._next():
            known, answered = self._ask(service, batch, until)
            placed += self._settle([one for one in batch if one.postcode in known])
            if not answered:
                break
            if time.monotonic() >= until:
                self.runtime.hint(LOOK_UP_PLACES)
                break
        return placed

    @property
    def _since(self) -> datetime:
        """What was answered before then is asked again."""
        return self.runtime.now() - timedelta(days=self.runtime.settings.places_cache_days)

    def _next(self) -> list[Unplaced]:
        with self.runtime.reading() as connection:
            if found := store.waiting(connection, AT_ONCE):
                return found
            if time.monotonic() < self._again_at:
                return []
            found = store.to_ask_again(connection, self._since, AT_ONCE)
        if not found:
            self._again_at = time.monotonic() + ASK_AGAIN_EVERY
        return found

    def _ask(self, service: "PostcodeService", batch: Sequence[Unplaced], until: float) -> tuple[set[str], bool]:
        """Which postcodes of a batch are known now, and whether the service answered for all it was asked."""
        asked = {one.postcode for one in batch}
        with self.runtime.reading() as connection:
            known = store.fresh(connection, asked, self._since)
        missing = sorted(asked - known)
        for start in range(0, len(missing), service.most):
            if time.monotonic() >= until:
                break
            some = missing[start : start + service.most]
            try:
                if not self.runtime.ask_redis(lambda redis: rests.begin(redis, _SERVICE, _ASKING)):
                    return known, False
                found = service.look_up(some)
                self._answers()
            except ServiceUnavailable as error:
                self._leave_alone(error)
                return known, False
            except RedisUnavailable:
                return known, False
            with self.runtime.transaction() as connection:
                store.keep(connection, found, self.runtime.now())
            known |= found.keys()
        return known, True

    def _settle(self, batch: Sequence[Unplaced]) -> int:
        by_campaign: dict[int, list[int]] = defaultdict(list)
        for one in batch:
            by_campaign[one.campaign_id].append(one.id)
        placed = 0
        for campaign_id, ids in sorted(by_campaign.items()):
            with self.runtime.transaction() as connection:
                # Totals have one writer at a time: whoever holds the tally.
                ledger.lock_tally(connection, campaign_id)
                settled = store.settle(connection, campaign_id, ids)
                rollups.add(connection, campaign_id, Changes(by_place=settled))
            placed += sum(change for change in settled.values() if change > 0)
        return placed

    def _answers(self) -> None:
        if self.runtime.ask_redis(lambda redis: rests.end(redis, _SERVICE)):
            log.info("Postcodes are looked up again")

    def _leave_alone(self, error: ServiceUnavailable) -> None:
        try:
            failures = self.runtime.ask_redis(lambda redis: rests.failed(redis, _SERVICE))
            rest = min(LONGEST_REST, FIRST_REST * 2 ** min(failures - 1, 20)) * self.runtime.chance.uniform(0.75, 1.0)
            seconds = max(rest, error.rest or 0.0)
            self.runtime.ask_redis(lambda redis: rests.rest(redis, _SERVICE, seconds))
            loud = self.runtime.ask_redis(lambda redis: rests.may_warn(redis, _SERVICE, WARN_EVERY))
        except RedisUnavailable:
            return
        (log.warning if loud else log.debug)(
            "Postcodes cannot be looked up; signing goes on, and the gap is filled later",
            reason=str(error), seconds=round(seconds), failures=failures,
        )  # fmt: skip

    def _forget(self) -> None:
        with self.runtime.reading() as connection:
            old = store.any_old(connection, self._since)
        while old:
            with self.runtime.transaction() as connection:
                old = store.forget(connection, self._since, _FORGOTTEN_AT_ONCE) == _FORGOTTEN_AT_ONCE
