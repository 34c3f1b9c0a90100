"""Keeping our processes alive: started, watched, started again when they die, stopped in order."""

import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import click

STOP_TIMEOUT_SECONDS = 25
"""How long a process may take to stop when asked; then it is killed. Longer than the web takes to drain."""
_POLL_SECONDS = 0.1
_FIRST_RESTART_DELAY_SECONDS, _MAX_RESTART_DELAY_SECONDS = 0.2, 10.0
_STEADY_SECONDS = 30
"""A process that has run this long and dies is started again at once; one that dies sooner waits longer each time."""


@dataclass
class ChildProcess:
    """One process that should always run."""

    name: str
    command: Sequence[str]
    log_file: Path | None = None
    """Where its output goes; ours where None."""
    stops_last: bool = False
    """The others stand on it: it is stopped when they have stopped."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_delay: float = _FIRST_RESTART_DELAY_SECONDS
    restart_at: float = field(default=0.0)


class Supervisor:
    """Runs children until the process is told to stop (SIGTERM, SIGINT).

    Those that hold a lifeline end with it however it ends.
    """

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
        while not self._stop.wait(_POLL_SECONDS):
            self.restart_ended()

    def restart_ended(self) -> None:
        """Start again whatever has died."""
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.restart_at:
                    self._spawn(child)
            elif (code := child.process.poll()) is not None:
                child.restart_delay = (
                    _FIRST_RESTART_DELAY_SECONDS
                    if now - child.started_at > _STEADY_SECONDS
                    else min(_MAX_RESTART_DELAY_SECONDS, child.restart_delay * 2)
                )
                child.restart_at, child.process = now + child.restart_delay, None
                click.echo(f"countersign: {child.name} ended ({_exit_text(code)}); starting it again", err=True)

    def stop(self) -> None:
        """Stop all children, each given time to finish: all at once, and then those that the others stood on."""
        for outlives in (False, True):
            leaving = [child for child in self._children if child.stops_last is outlives and child.process is not None]
            for child in leaving:
                _terminate(child)
            until = time.monotonic() + STOP_TIMEOUT_SECONDS
            for child in leaving:
                _wait_until_stopped(child, until)
        self._children.clear()

    def _spawn(self, child: ChildProcess) -> None:
        out = child.log_file.open("ab") if child.log_file else None
        try:
            # A session of its own, so that Ctrl-C reaches us alone and we stop things in order. The pipe is the lifeline:
            # it ends when we do, even by kill -9, and then so does the child.
            child.process = subprocess.Popen(
                child.command, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True
            )
        finally:
            if out:
                out.close()
        child.started_at = time.monotonic()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()


def _terminate(child: ChildProcess) -> None:
    assert child.process is not None  # noqa: S101 - the caller has looked
    child.process.terminate()


def _wait_until_stopped(child: ChildProcess, until: float) -> None:
    process = child.process
    assert process is not None  # noqa: S101 - the caller has looked
    try:
        process.wait(max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        click.echo(f"countersign: {child.name} did not stop in {STOP_TIMEOUT_SECONDS} seconds; killing it", err=True)
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _exit_text(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by signal {-code}"
