"""Whose turn it is to do what takes long: one thread does it, few wait for it, and the others answer requests meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore

WAIT_SECONDS = 3.0
"""Seconds one waits for the turn where there is nothing to show meanwhile."""
MAX_WAITERS = 2
"""How many may wait at once: with the one whose turn it is, fewer than the threads of a process. The others are for readers."""


class BusyError(Exception):
    """Others are at it, and there is nothing older to show."""


class SingleFlight:
    """A turn that one thread has at a time, and up to `waiting` others wait for."""

    def __init__(self, max_waiters: int = MAX_WAITERS) -> None:
        self._lock, self._waiters = Lock(), Semaphore(max_waiters)

    @contextmanager
    def acquired(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Raises Busy where it is not one's turn within `patience` seconds, and at once where enough are waiting for it."""
        if not self._lock.acquire(blocking=False) and not self._wait_for_lock(wait_seconds):
            raise BusyError
        try:
            yield
        finally:
            self._lock.release()

    def _wait_for_lock(self, wait_seconds: float) -> bool:
        if not wait_seconds or not self._waiters.acquire(blocking=False):
            return False
        try:
            return self._lock.acquire(timeout=wait_seconds)
        finally:
            self._waiters.release()
