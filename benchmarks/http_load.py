"""Load: requests over kept connections, as fast as they are answered."""

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

READ_HEADERS = {"Accept-Encoding": "gzip"}
"""What every browser says."""
FORM_HEADERS = {**READ_HEADERS, "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Request:
    """One request to make."""

    method: str
    path: str
    body: str = ""


MAX_IDLE_SECONDS = 5.0
"""Seconds without a request after which a connection is opened anew: the server closes it soon."""


@dataclass(frozen=True)
class LoadResult:
    """Result of a load."""

    requests: int
    seconds: float
    statuses: Counter[int]


def send(port: int, requests: Iterable[Request], *, connections: int = 8) -> LoadResult:
    """Send them all; each connection takes the next as soon as it has its answer."""
    todo, lock, statuses = iter(requests), threading.Lock(), Counter[int]()

    def next_one() -> Request | None:
        with lock:
            return next(todo, None)

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = Counter[int]()
        while True:
            began_at = time.monotonic()
            if (request := next_one()) is None:
                break
            if time.monotonic() - began_at > MAX_IDLE_SECONDS:
                connection.close()
            connection.request(
                request.method, request.path, request.body or None, FORM_HEADERS if request.body else READ_HEADERS
            )
            answer = connection.getresponse()
            answer.read()
            mine[answer.status] += 1
        connection.close()
        with lock:
            statuses.update(mine)

    began = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return LoadResult(statuses.total(), time.perf_counter() - began, statuses)


def repeat(request: Request, times: int) -> Iterator[Request]:
    """The same request again and again."""
    return itertools.repeat(request, times)
