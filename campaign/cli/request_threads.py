"""Threads that answer requests: a fixed number of each kind, with a bounded queue before them."""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

MAX_WAITING = 1_000
"""Requests that may wait for one kind of threads; another is answered that the site is busy."""

Work = Callable[[float], None]
"""What a thread does; it is given the seconds it has waited, and never raises."""


class QueueFullError(Exception):
    """Too many requests wait already."""


class RequestThreads:
    """Up to `count` threads, started when they are needed."""

    def __init__(self, name: str, count: int, max_waiting: int = MAX_WAITING) -> None:
        self._name, self._count, self._max_waiting = name, count, max_waiting
        self._queue: SimpleQueue[tuple[float, Work]] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started = 0

    def submit(self, work: Work, *, is_begun: bool = False) -> None:
        """Have something done by the next thread that is free. Called by one thread only. Raises QueueFullError, but not for
        the rest of an answer that has begun."""
        if not is_begun and self._queue.qsize() >= self._max_waiting:
            raise QueueFullError
        self._queue.put((time.monotonic(), work))
        if self._started < self._count and not self._idle.acquire(blocking=False):
            self._started += 1
            threading.Thread(target=self._run, name=f"{self._name}-{self._started}", daemon=True).start()

    def _run(self) -> None:
        while True:
            since, work = self._queue.get()
            work(time.monotonic() - since)
            del work
            self._idle.release()
