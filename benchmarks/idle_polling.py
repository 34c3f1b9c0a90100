"""Open pages that ask for the count and find it unchanged, at the pace our script keeps when nothing moves."""

import http.client
import re
import resource
import time
from collections import Counter
from pathlib import Path

from benchmarks.http_load import LoadResult

IDLE_TABS = 1_000
"""Pages left open, each with a connection of its own."""

_SCRIPTS = Path(__file__).parent.parent / "campaign" / "static" / "js"
_OPEN_FILES = 8_192
"""Open files that client and server may each have: more than there are tabs."""


def raise_open_file_limit() -> None:
    """Let this process, and those it starts, have a connection for each tab."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (room, most))


def poll_interval_seconds(name: str) -> float:
    """How long a tab waits between two looks, as the script says: `idle` in sight, `slowest` out of it.

    A tenth more on average, since it adds up to a fifth by chance.
    """
    script = "\n".join(path.read_text() for path in sorted(_SCRIPTS.glob("*.js")))
    found = re.search(rf"\b{name} = (\d+)", script)
    if found is None:
        raise SystemExit(f"the script no longer says how long {name} is")
    return int(found[1]) / 1000 * 1.1


def poll(port: int, path: str, *, tabs: int = IDLE_TABS) -> LoadResult:
    """Each tab asks once, evenly spread over the time between two looks of a tab in sight.

    It has looked before, so every answer is a 304.
    """
    opened = [_open(port, path) for _ in range(tabs)]
    pause = poll_interval_seconds("idle") / tabs
    statuses = Counter[int]()
    began = time.perf_counter()
    for number, (connection, etag) in enumerate(opened):
        time.sleep(max(0.0, began + number * pause - time.perf_counter()))
        statuses[_poll_once(connection, path, etag)] += 1
    seconds = time.perf_counter() - began
    for connection, _ in opened:
        connection.close()
    if statuses.keys() != {304}:
        raise SystemExit(f"idle tabs: answered with {dict(statuses)}")
    return LoadResult(tabs, seconds, statuses)


def _open(port: int, path: str) -> tuple[http.client.HTTPConnection, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return connection, answer.headers["ETag"]


def _poll_once(connection: http.client.HTTPConnection, path: str, etag: str) -> int:
    for _ in range(2):
        try:
            connection.request("GET", path, headers={"If-None-Match": etag})
            answer = connection.getresponse()
            answer.read()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server has closed a connection that was idle for too long; a browser opens another one too.
            connection.close()
        else:
            return answer.status
    return 0
