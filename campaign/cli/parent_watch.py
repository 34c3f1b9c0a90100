"""The lifeline: a pipe from the process that started us, which ends when that process does, even by kill -9."""

import os
import signal
import threading
import time

PARENT_WATCH_OPTION = "--watch-parent"
"""Said to a process that is started with one."""

SERVER_PID_VARIABLE = "COUNTERSIGN_WEB_SERVER_PID"
"""Environment variable with the process id of the web server, for the processes it starts."""
_POLL_SECONDS = 0.5
_DRAIN_SECONDS = 10.0
"""Seconds for the requests under way, once nobody is left to ask for them."""


def watch_parent_pipe() -> None:
    """Stop this process (SIGTERM) when its standard input ends."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


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
