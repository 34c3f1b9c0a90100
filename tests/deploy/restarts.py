"""Web processes behind a proxy, restarted one after the other while people visit."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http.client import HTTPConnection
from typing import TypeVar
from urllib.parse import urlencode

from campaign.runtime import Runtime
from tests.support.processes import web_process
from tests.support.servers import free_port

T = TypeVar("T")


@contextmanager
def restarted_webs(
    runtime: Runtime, page: str, port: int, proxy: Callable[[int, int], AbstractContextManager[T]]
) -> Iterator[T]:
    """Two webs that were restarted behind a proxy, which is made for their ports and listens on another. Raises AssertionError
    where a visitor of the campaign at `page` has noticed it."""
    first, second = free_port(), free_port()
    statuses: Counter[int] = Counter()
    over = threading.Event()

    def visit(number: int) -> None:
        count = 0
        while not over.wait(0.02):  # three at once are enough without keeping the processors from what starts
            count += 1
            form = {"name": "Ada", "email": f"ada{number}.{count}@example.org", "country": "GB", "postcode": "SW1A 1AA"}
            for path, body in (
                (f"{page}/count.json?n={count}", None),
                (f"{page}/signatures", urlencode(form)),
                ("/healthz", None),
            ):
                connection = HTTPConnection("127.0.0.1", port, timeout=30)
                headers = {"Host": "sign.example.org"} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
                connection.request("POST" if body else "GET", path, body, headers)
                statuses[connection.getresponse().status] += 1
                connection.close()

    with ExitStack() as stack:
        webs = {web: stack.enter_context(web_process(runtime, web)) for web in (first, second)}
        made = stack.enter_context(proxy(first, second))
        visitors = [threading.Thread(target=visit, args=(number,)) for number in range(3)]
        for visitor in visitors:
            visitor.start()
        for web in (first, second):
            webs[web].stop()
            stack.enter_context(web_process(runtime, web))
        over.set()
        for visitor in visitors:
            visitor.join()
        assert statuses.keys() == {200, 303}
        assert sum(statuses.values()) > 50
        yield made
