"""Look-up of where signatures come from: postcodes are looked up later, by a job, and counted by place.

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

from campaign.domain.places.place import PostcodeServiceError
from campaign.jobs import LOOK_UP_PLACES
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.runtime.steps import TimeBudget
from campaign.store.ledger import ledger, rollups
from campaign.store.ledger.rollups import RollupChanges
from campaign.store.places import postcode_lookups
from campaign.store.places.postcode_lookups import UnplacedSignature
from campaign.store.redis import circuit_breaker

if TYPE_CHECKING:
    from campaign.clients.postcodes_io import PostcodeClient

log = structlog.get_logger(__name__)

MAX_SIGNATURES_PER_TRANSACTION = 1_000
"""Signatures placed in one transaction, and read at a time."""
TIME_BUDGET_SECONDS = 10.0
"""Seconds after which a job ends and asks for another: other work waits in the same queue."""
FIRST_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 30.0, 3600.0
"""Seconds the service is left alone after it failed: twice as long each time."""
WARNING_INTERVAL_SECONDS = 3600
"""Seconds between two warnings that it does not answer."""
UNKNOWN_RETRY_SECONDS = 3600.0
"""Seconds between two looks at postcodes that nobody knew: new ones are published a few times a year."""
_SERVICE = "postcodes"
_QUERY_LEASE_SECONDS = 120.0
"""Seconds for which one process alone asks. Where it dies over a question, nobody asks for so long."""
_MAX_DELETED_PER_TRANSACTION = 10_000


def lookup_due(runtime: Runtime) -> bool:
    """Whether there is something to look up, and somebody to ask."""
    if not runtime.settings.places_url:
        return False
    with runtime.reading() as connection:
        if not postcode_lookups.has_unplaced(connection):
            return False
    try:
        return not runtime.call_redis(lambda redis: circuit_breaker.is_open(redis, _SERVICE))
    except RedisUnavailableError:
        return False


@dataclass
class PostcodeLookup:
    """Looks postcodes up for one worker process."""

    runtime: Runtime
    _retry_unknown_at: float = float("-inf")
    """When to ask once more for what nobody knew; seconds of the steady clock."""

    def look_up(self) -> int:
        """Look up what is waiting, within its time budget; returns how many signatures found their place."""
        self._delete_expired()
        service, placed, budget = self.runtime.postcode_service, 0, TimeBudget(TIME_BUDGET_SECONDS)
        if service is None:
            return 0
        while batch := self._next_batch():
            known, answered = self._query_service(service, batch, budget)
            placed += self._assign_places([one for one in batch if one.postcode in known])
            if not answered:
                break
            if budget.is_used_up:
                self.runtime.enqueue_once(LOOK_UP_PLACES)
                break
        return placed

    @property
    def _fresh_since(self) -> datetime:
        """What was answered before then is asked again."""
        return self.runtime.now() - timedelta(days=self.runtime.settings.places_cache_days)

    def _next_batch(self) -> list[UnplacedSignature]:
        with self.runtime.reading() as connection:
            if found := postcode_lookups.unplaced_signatures(connection, MAX_SIGNATURES_PER_TRANSACTION):
                return found
            if time.monotonic() < self._retry_unknown_at:
                return []
            found = postcode_lookups.unplaced_to_retry(connection, self._fresh_since, MAX_SIGNATURES_PER_TRANSACTION)
        if not found:
            self._retry_unknown_at = time.monotonic() + UNKNOWN_RETRY_SECONDS
        return found

    def _query_service(
        self, service: "PostcodeClient", batch: Sequence[UnplacedSignature], budget: TimeBudget
    ) -> tuple[set[str], bool]:
        """Which postcodes of a batch are known now, and whether the service answered for all it was asked."""
        asked = {one.postcode for one in batch}
        with self.runtime.reading() as connection:
            known = postcode_lookups.recently_looked_up(connection, asked, self._fresh_since)
        missing = sorted(asked - known)
        for start in range(0, len(missing), service.batch_size):
            some = missing[start : start + service.batch_size]
            try:
                if not self.runtime.call_redis(
                    lambda redis: circuit_breaker.try_acquire(redis, _SERVICE, _QUERY_LEASE_SECONDS)
                ):
                    return known, False
                found = service.look_up(some)
                self._close_circuit()
            except PostcodeServiceError as error:
                self._back_off(error)
                return known, False
            except RedisUnavailableError:
                return known, False
            with self.runtime.transaction() as connection:
                postcode_lookups.store_lookups(connection, found, self.runtime.now())
            known |= found.keys()
            if budget.is_used_up:
                break
        return known, True

    def _assign_places(self, batch: Sequence[UnplacedSignature]) -> int:
        by_campaign: dict[int, list[int]] = defaultdict(list)
        for one in batch:
            by_campaign[one.campaign_id].append(one.id)
        placed = 0
        for campaign_id, ids in sorted(by_campaign.items()):
            with self.runtime.transaction() as connection:
                # Totals have one writer at a time: the transaction that holds the tally's lock.
                ledger.lock_tally(connection, campaign_id)
                settled = postcode_lookups.assign_places(connection, campaign_id, ids)
                rollups.add_changes(connection, campaign_id, RollupChanges(by_place=settled))
            placed += sum(change for change in settled.values() if change > 0)
        return placed

    def _close_circuit(self) -> None:
        if self.runtime.call_redis(lambda redis: circuit_breaker.record_success(redis, _SERVICE)):
            log.info("Postcodes are looked up again")

    def _back_off(self, error: PostcodeServiceError) -> None:
        try:
            failures = self.runtime.call_redis(lambda redis: circuit_breaker.record_failure(redis, _SERVICE))
            rest = min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(failures - 1, 20)) * self.runtime.rng.uniform(
                0.75, 1.0
            )
            seconds = max(rest, error.retry_after_seconds or 0.0)
            self.runtime.call_redis(lambda redis: circuit_breaker.open_for(redis, _SERVICE, seconds))
            loud = self.runtime.call_redis(
                lambda redis: circuit_breaker.claim_warning(redis, _SERVICE, WARNING_INTERVAL_SECONDS)
            )
        except RedisUnavailableError:
            return
        (log.warning if loud else log.debug)(
            "Postcodes cannot be looked up; signing goes on, and the gap is filled later",
            reason=str(error), seconds=round(seconds), failures=failures,
        )  # fmt: skip

    def _delete_expired(self) -> None:
        with self.runtime.reading() as connection:
            old = postcode_lookups.has_old_postcodes(connection, self._fresh_since)
        while old:
            with self.runtime.transaction() as connection:
                old = (
                    postcode_lookups.delete_old_postcodes(connection, self._fresh_since, _MAX_DELETED_PER_TRANSACTION)
                    == _MAX_DELETED_PER_TRANSACTION
                )
