"""Cache of one web process: bounded, the least recently used value goes first, and one thread refreshes what is too old.

There is one for each application. Every kind of value has a region of its own in it, so that leafing through all searches
does not push a campaign's page out. That something does not exist is a value like any other (None).
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import inf
from threading import Lock
from typing import Any, Generic, TypeVar, cast

import structlog
from cachetools import LRUCache
from flask import Flask, current_app

from campaign.store.database.engine import StoreUnavailableError
from campaign.web.single_flight import WAIT_SECONDS, BusyError, SingleFlight

T = TypeVar("T")

log = structlog.get_logger(__name__)

_EXTENSION_NAME = "countersign_cache"
_UNLIMITED_WAITERS = 1_000
"""More than a process has threads."""


@dataclass(frozen=True)
class Region(Generic[T]):
    """One kind of values in the cache, and its limits."""

    name: str
    max_entries: int
    seconds: float = inf
    """How long a value is served without a question."""
    max_bytes: int = 0
    """Octets of all values together; 0 where entries are the only limit."""
    size: Callable[[T], int] = field(default=lambda _: 0)
    """Octets of one value."""
    flight: str = ""
    """Regions with the same one compute one value at a time between them, and few wait: for what anybody can ask for without
    end, so that it never has all threads of a process. Without one each key has a flight of its own that all may wait for."""
    max_stale_seconds: float = 30.0
    """How long a value that is too old is still served while one thread refreshes it."""
    stale_if_unavailable: bool = False
    """Whether the last value is served, whatever its age, while the database is away; it is then asked every `seconds`."""


@dataclass(slots=True)
class _Entry:
    value: Any
    fresh_until: float
    """When the value is to be refreshed."""
    current_until: float
    """Until when the value was known to be what would be loaded."""
    weight: int


class ProcessCache:
    """The values of all regions. Threads may use it at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._regions: dict[str, LRUCache[Hashable, _Entry]] = {}
        self._flights: dict[Hashable, SingleFlight] = {}
        self._unavailable: dict[str, tuple[float, StoreUnavailableError]] = {}
        """For each region until when the database is left alone, and why."""
        self._lock = Lock()

    def get(
        self,
        region: Region[T],
        key: Hashable,
        load: Callable[[], T],
        *,
        is_current: Callable[[T], bool] | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> T:
        """The value under `key`, by `load` where there is none, it is too old or not `is_current`.

        Raises BusyError where others compute and there is no older value, and what `load` raises.
        """
        entry = self._entry(region, key)
        if entry is not None and self._is_fresh(entry, is_current):
            return cast("T", entry.value)
        is_servable = entry is not None and self._clock() - entry.current_until <= region.max_stale_seconds
        flight_key: Hashable = region.flight or (region.name, key)
        try:
            with self._flight(region, flight_key).acquired(0 if is_servable else wait_seconds):
                try:
                    # Another thread may have loaded it meanwhile.
                    entry = self._entry(region, key)
                    if entry is not None and self._is_fresh(entry, is_current):
                        return cast("T", entry.value)
                    return self._load(region, key, load, entry)
                finally:
                    if not region.flight:
                        # Those who wait for this one hold it, and find the value.
                        self._flights.pop(flight_key, None)
        except BusyError:
            if entry is None:
                raise
            return cast("T", entry.value)

    def get_at_once(self, region: Region[T], key: Hashable, load: Callable[[], T]) -> T | None:
        """The same without waiting; None while another thread loads the first value, and where the store is away."""
        try:
            return self.get(region, key, load, wait_seconds=0)
        except (BusyError, StoreUnavailableError):
            return None

    def last(self, region: Region[T], key: Hashable) -> T | None:
        """The value under `key`, however old; None where there is none."""
        entry = self._entry(region, key)
        return None if entry is None else cast("T", entry.value)

    def expire(self, region: Region[Any], key: Hashable = None) -> None:
        """Have the value under `key`, or all of the region, loaded anew at the next question."""
        with self._lock:
            entries = self._regions.get(region.name)
            for entry in [] if entries is None else [*entries.values()] if key is None else [entries.get(key)]:
                if entry is not None:
                    entry.fresh_until = entry.current_until = -inf

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._regions.clear()
            self._unavailable.clear()

    def _entry(self, region: Region[Any], key: Hashable) -> _Entry | None:
        with self._lock:
            entries = self._regions.get(region.name)
            return None if entries is None else entries.get(key)

    def _is_fresh(self, entry: _Entry, is_current: Callable[[T], bool] | None) -> bool:
        now = self._clock()
        if now >= entry.fresh_until or not (is_current is None or is_current(entry.value)):
            return False
        if is_current is not None:
            entry.current_until = now
        return True

    def _flight(self, region: Region[Any], flight_key: Hashable) -> SingleFlight:
        with self._lock:
            flight = self._flights.get(flight_key)
            if flight is None:
                flight = self._flights[flight_key] = SingleFlight() if region.flight else SingleFlight(_UNLIMITED_WAITERS)
            return flight

    def flight(self, name: str) -> SingleFlight:
        """The flight of regions that share one, for what is computed and not stored."""
        with self._lock:
            return self._flights.setdefault(name, SingleFlight())

    def _load(self, region: Region[T], key: Hashable, load: Callable[[], T], last: _Entry | None) -> T:
        if not region.stale_if_unavailable:
            return self._store(region, key, load())
        retry_at, error = self._unavailable.get(region.name, (-inf, None))
        if error is None or self._clock() >= retry_at:
            try:
                return self._store(region, key, load())
            except StoreUnavailableError as unavailable:
                error = unavailable
                self._unavailable[region.name] = (self._clock() + region.seconds, error)
        # Those who waited for a thread that got no answer need not wait for one again, each in turn.
        if last is None:
            raise error.with_traceback(None)
        log.warning("The database is unavailable; what was cached is shown", cause=type(error.__cause__).__name__)
        return self._store(region, key, cast("T", last.value), last.current_until)

    def _store(self, region: Region[T], key: Hashable, value: T, current_until: float | None = None) -> T:
        now = self._clock()
        # Each entry weighs at least its share of the region, so that one number bounds both octets and entries.
        weight = max(1, region.size(value), region.max_bytes // region.max_entries)
        fresh_until = now + region.seconds
        if current_until is None:
            current_until = now if fresh_until == inf else fresh_until
        entry = _Entry(value, fresh_until, current_until, weight)
        with self._lock:
            entries = self._regions.get(region.name)
            if entries is None:
                limit = max(region.max_bytes, region.max_entries)
                entries = self._regions[region.name] = LRUCache(limit, getsizeof=lambda each: each.weight)
            entries.pop(key, None)
            if weight <= entries.maxsize:
                entries[key] = entry
        return value


def install_cache(app: Flask) -> ProcessCache:
    """The cache of an application, stored in its extensions, where `process_cache()` finds it."""
    cache = app.extensions[_EXTENSION_NAME] = ProcessCache()
    return cache


def process_cache() -> ProcessCache:
    """The cache of the application that answers the request. Raises RuntimeError outside an application context."""
    return cast("ProcessCache", current_app.extensions[_EXTENSION_NAME])
