"""Forked process: a child that shares what this process has imported, so that it costs little memory."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import structlog

log = structlog.get_logger(__name__)

_MAX_REASON_BYTES = 2_000


class ForkedProcess:
    """A child of this process, which must have no threads and no connections. It has what `subprocess.Popen` has of this."""

    def __init__(self, name: str, run: Callable[[], int]) -> None:
        self.returncode: int | None = None
        self.reason = ""
        """The error the child ended by, in a line; known once it has ended."""
        self._reason_pipe, written = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reason_pipe)
            _run_child(name, run, written)
        os.close(written)
        os.set_blocking(self._reason_pipe, False)

    def poll(self) -> int | None:
        """The exit code once it has ended, minus the signal where one has ended it; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
                with contextlib.suppress(BlockingIOError):
                    self.reason = os.read(self._reason_pipe, _MAX_REASON_BYTES).decode(errors="replace")
                os.close(self._reason_pipe)
        return self.returncode

    def wait(self, timeout_seconds: float) -> bool:
        """Whether it has ended within so long."""
        until = time.monotonic() + timeout_seconds
        while self.poll() is None:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def terminate(self) -> None:
        """Ask it to stop."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _run_child(name: str, run: Callable[[], int], reason_pipe: int) -> None:
    """The life of the child. Never returns."""
    code = 1
    try:
        # A session of its own, so that Ctrl-C reaches the parent alone, which stops its children in order.
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        set_process_name(name)
        code = run()
    except BaseException as error:
        # The line of an expected failure says it all; the words of another may be somebody's address.
        if isinstance(error, click.ClickException):
            said = error.format_message()
        else:
            said = type(error).__name__
            log.error("A process failed", process=name, exc_info=error)  # noqa: TRY400 - our processor wants the exception
        with contextlib.suppress(OSError):
            os.write(reason_pipe, said.encode()[:_MAX_REASON_BYTES])
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def set_process_name(name: str) -> None:
    """The name by which `ps -o comm` and `top` show this process: Linux only, 15 octets."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name[:15])
