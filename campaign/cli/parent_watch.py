"""Watch over the parent: a process that ends when the one that started it does, even by kill -9."""

import os
import signal
import threading
import time

SERVER_PID_VARIABLE = "COUNTERSIGN_WEB_SERVER_PID"
"""Environment variable with the process id of the web server, for the processes it starts."""
_POLL_SECONDS = 0.5
_DRAIN_SECONDS = 10.0
"""Seconds for the requests under way, once nobody is left to ask for them."""


def watch_parent_process(parent: int, *, drain_seconds: float | None = _DRAIN_SECONDS) -> None:
    """Stop this process (SIGTERM) when its parent is gone: a web server's process must not serve on when the server died.

    `parent` is its process id; where it is gone already, this process ends at once. With `drain_seconds` this process ends so
    much later, whatever it is doing.
    """
    if os.getppid() != parent:
        os._exit(1)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_POLL_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        if drain_seconds is not None:
            time.sleep(drain_seconds)
            os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
