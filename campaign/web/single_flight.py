"""Single-flight lock: one thread computes, few wait for it, and the others go on answering requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore

WAIT_SECONDS = 3.0
"""Longest wait for the lock where there is no older value to serve meanwhile."""
MAX_WAITERS = 2
"""Threads that may wait at once: with the one that computes, fewer than a process has. The others are for readers."""


class BusyError(Exception):
    """Others compute, and there is no older value to serve."""


class SingleFlight:
    """Lock that one thread holds and up to `max_waiters` others wait for."""

    def __init__(self, max_waiters: int = MAX_WAITERS) -> None:
        self._lock, self._waiters = Lock(), Semaphore(max_waiters)

    @contextmanager
    def acquired(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """The lock, held. Raises BusyError where it is not free within `wait_seconds`, and at once where enough wait for it."""
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
