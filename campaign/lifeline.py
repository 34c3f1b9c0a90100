"""The lifeline: a pipe from the process that started us, which ends when that process does, even by kill -9."""

import os
import signal
import threading

LIFELINE = "--lifeline"
"""Said to a process that is started with one."""


def hold_lifeline() -> None:
    """Stop this process (SIGTERM) when its standard input ends."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
