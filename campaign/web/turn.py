"""Whose turn it is to do what takes long: one thread does it, few wait for it, and the others answer requests meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore

PATIENCE = 3.0
"""Seconds one waits for the turn where there is nothing to show meanwhile."""
FEW = 2
"""How many may wait at once: with the one whose turn it is, fewer than the threads of a process. The others are for readers."""


class Busy(Exception):  # noqa: N818 - a state, not a mistake
    """Others are at it, and there is nothing older to show."""


class Turn:
    """A turn that one thread has at a time, and up to `waiting` others wait for."""

    def __init__(self, waiting: int = FEW) -> None:
        self._lock, self._waiting = Lock(), Semaphore(waiting)

    @contextmanager
    def taken(self, patience: float = PATIENCE) -> Iterator[None]:
        """Raises Busy where it is not one's turn within `patience` seconds, and at once where enough are waiting for it."""
        if not self._lock.acquire(blocking=False) and not self._waited(patience):
            raise Busy
        try:
            yield
        finally:
            self._lock.release()

    def _waited(self, patience: float) -> bool:
        if not patience or not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._lock.acquire(timeout=patience)
        finally:
            self._waiting.release()
