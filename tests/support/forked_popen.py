"""Processes of ours without the second or two of processor time that a new interpreter takes to import what they run.

They are forked from one process without threads or connections that has imported everything.
"""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

from campaign import cli

_ENTRY_POINTS = ("campaign.cli", "workers.__main__")
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [
        __name__,
        *_ENTRY_POINTS,
        *{f"campaign.cli.{path.partition(':')[0]}" for path in cli._COMMANDS.values()},
        "campaign.cli.web_process",  # what `web` has each of its own processes import
        "granian.server",
    ]
)


class ForkedPopen:
    """Process like `subprocess.Popen` for `python -m campaign.cli …` and `python -m workers …`, in a session of its own."""

    def __init__(self, arguments: Sequence[str], env: dict[str, str], folder: Path, out: IO[bytes], err: IO[bytes]) -> None:
        self._arguments = arguments
        self._process = _SERVER.Process(
            target=_run, args=(tuple(arguments), env, folder, DupFd(out.fileno()), DupFd(err.fileno()))
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative where a signal ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(self._arguments, timeout)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            # It may end, and be waited for by the server of forks, between the two.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(arguments: tuple[str, ...], env: dict[str, str], folder: Path, out: Any, err: Any) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(folder)
    for number, opened in enumerate((os.open(os.devnull, os.O_RDONLY), out.detach(), err.detach())):
        os.dup2(opened, number)
        os.close(opened)
    _, module, *rest = arguments
    sys.argv = [module, *rest]
    if module == "workers":
        sys.exit(import_module("workers.__main__").main(rest))
    cli.main()
