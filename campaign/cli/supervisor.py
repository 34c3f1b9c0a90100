"""Keeping our processes alive: started, watched, started again when they die, stopped in order.

Imports little: a supervisor runs for as long as its children, and should cost next to nothing.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Protocol, Self

import structlog

from campaign.cli.forked_process import ForkedProcess

log = structlog.get_logger(__name__)

STOP_TIMEOUT_SECONDS = 25
"""How long a process may take to stop when asked; then it is killed. Longer than the web takes to drain."""
NOT_LIVING_SECONDS = 10
"""A process that has ended again and again for so long, and never run for long, is said not to live."""
_POLL_SECONDS = 0.1
_FIRST_RESTART_DELAY_SECONDS, _MAX_RESTART_DELAY_SECONDS = 0.2, 10.0
_STEADY_SECONDS = 30
"""A process that has run this long and dies is started again at once; one that dies sooner waits longer each time."""


class RunningProcess(Protocol):
    """Process under the supervisor: what it needs of one."""

    pid: int

    def poll(self) -> int | None:
        """The exit code once it has ended."""

    def wait(self, timeout_seconds: float) -> bool:
        """Whether it has ended within so long."""

    def terminate(self) -> None:
        """Ask it to stop."""

    def kill(self) -> None:
        """End it."""

    @property
    def reason(self) -> str:
        """The error it ended by, where it is known."""


@dataclass
class ChildProcess:
    """One process that should always run: a command, or a function in a fork of this process."""

    name: str
    command: Sequence[str] = ()
    run: Callable[[], int] | None = None
    log_file: Path | None = None
    """Where the output of a command goes; ours where None."""
    stops_last: bool = False
    """The others stand on it: it is stopped when they have stopped."""
    process: RunningProcess | None = None
    started_at: float = 0.0
    restart_delay: float = _FIRST_RESTART_DELAY_SECONDS
    restart_at: float = field(default=0.0)
    failing_since: float | None = None
    """Since when it has ended soon after each start."""
    failures: int = 0
    told: bool = False
    """Whether it was said that it does not live."""


class Supervisor:
    """Runs children until the process is told to stop (SIGTERM, SIGINT)."""

    def __init__(self) -> None:
        self._children: list[ChildProcess] = []
        self._stop = threading.Event()
        self._previous_handlers: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._previous_handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        for number, handler in self._previous_handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    @property
    def stop_requested(self) -> bool:
        """Whether a signal has asked us to stop."""
        return self._stop.is_set()

    def start(self, child: ChildProcess) -> None:
        """Start a child and keep it running."""
        self._children.append(child)
        self._spawn(child)

    def watch(self) -> None:
        """Keep all children running until told to stop."""
        while not self.stop_requested:
            self.restart_ended()
            self._stop.wait(_POLL_SECONDS)

    def restart_ended(self) -> None:
        """Start again whatever has died."""
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.restart_at:
                    self._spawn(child)
            elif (code := child.process.poll()) is not None:
                self._note_end(child, code, now)
            elif child.failing_since is not None and now - child.started_at > _STEADY_SECONDS:
                child.failing_since, child.failures, child.told = None, 0, False

    def stop(self) -> None:
        """Stop all children, each given time to finish: all at once, and then those that the others stood on."""
        for outlives in (False, True):
            leaving = [child for child in self._children if child.stops_last is outlives and child.process is not None]
            for child in leaving:
                if child.process is not None:
                    child.process.terminate()
            until = time.monotonic() + STOP_TIMEOUT_SECONDS
            for child in leaving:
                _wait_until_stopped(child, until)
        self._children.clear()

    def _note_end(self, child: ChildProcess, code: int, now: float) -> None:
        reason = child.process.reason if child.process is not None else ""
        steady = now - child.started_at > _STEADY_SECONDS
        child.restart_delay = (
            _FIRST_RESTART_DELAY_SECONDS if steady else min(_MAX_RESTART_DELAY_SECONDS, child.restart_delay * 2)
        )
        child.restart_at, child.process = now + child.restart_delay, None
        how = f"{_exit_text(code)}: {reason}" if reason else _exit_text(code)
        log.warning("A process ended; it is started again", process=child.name, reason=how)
        if steady or child.failing_since is None:
            child.failing_since, child.failures, child.told = now, 0, False
        child.failures += 1
        if not child.told and child.failures > 1 and now - child.failing_since > NOT_LIVING_SECONDS:
            child.told = True
            log.error(
                "A process does not live: it ends at each start; its work is left undone",
                process=child.name,
                reason=how,
                starts=child.failures,
                advice="see the lines above, and run `countersign doctor`",
            )

    def _spawn(self, child: ChildProcess) -> None:
        child.process = (
            ForkedProcess(child.name, child.run) if child.run is not None else _Command(child.command, child.log_file)
        )
        child.started_at = time.monotonic()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()


class _Command:
    """A program of its own."""

    reason = ""

    def __init__(self, command: Sequence[str], log_file: Path | None) -> None:
        out = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log_file else None
        try:
            # A session of its own, so that Ctrl-C reaches us alone and we stop things in order.
            self._popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        finally:
            if out is not None:
                os.close(out)
        self.pid = self._popen.pid

    def poll(self) -> int | None:
        return self._popen.poll()

    def wait(self, timeout_seconds: float) -> bool:
        try:
            self._popen.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def terminate(self) -> None:
        self._popen.terminate()

    def kill(self) -> None:
        self._popen.kill()


def _wait_until_stopped(child: ChildProcess, until: float) -> None:
    process = child.process
    if process is None or process.wait(max(0.1, until - time.monotonic())):
        return
    log.warning("A process did not stop when told; it is killed", process=child.name, seconds=STOP_TIMEOUT_SECONDS)
    process.kill()
    process.wait(STOP_TIMEOUT_SECONDS)


def _exit_text(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by signal {-code}"
