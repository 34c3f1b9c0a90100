"""The lifeline: a pipe from the process that started us, which ends when that process does, even by kill -9."""

import os
import signal
import threading
import time

LIFELINE = "--lifeline"
"""Said to a process that is started with one."""

_LOOK_EVERY = 0.5
_DRAIN = 10.0
"""Seconds for the requests under way, once nobody is left to ask for them."""


def hold_lifeline() -> None:
    """Stop this process (SIGTERM) when its standard input ends."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def follow_parent() -> None:
    """Stop this process (SIGTERM) when its parent is gone: a web server's process must not serve on when the server died."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_EVERY)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_DRAIN)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
