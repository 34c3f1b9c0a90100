"""Our own processes, run as an operator runs them."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from campaign.jobs import MAIL_QUEUE
from campaign.runtime import Runtime
from tests.support.forked_popen import ForkedPopen
from tests.support.servers import stopped_with_us

TIMEOUT_SECONDS = 40
"""Seconds that anything real may take on a busy machine before a test gives up on it."""


def wait_until(condition: Callable[[], object], what: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
    """Wait until something real has happened."""
    end = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout_seconds} s: {what}")
        time.sleep(0.05)


def process_environment(**settings: object) -> dict[str, str]:
    """The environment of a process: nothing of ours but these settings."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    # No test asks anybody outside, unless it says whom.
    return kept | {"PLACES_URL": "off"} | {name.upper(): str(value) for name, value in settings.items()}


def shared_settings(runtime: Runtime) -> dict[str, str]:
    """The settings of a test's runtime, for a process that shares its servers."""
    s = runtime.settings
    return {
        "data_dir": str(s.data_dir),
        "database_url": s.database_url,
        "redis_url": s.redis_url,
        "mail_url": s.mail_url,
        "mail_connections": str(s.mail_connections),
        "base_url": s.base_url,
        "secret_key": s.secret_key.get_secret_value(),
        "log_key": s.log_key.get_secret_value(),
    }


def run_command(
    folder: Path, *arguments: str, settings: dict[str, str], new_interpreter: bool = False, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run of `countersign …` as an operator's script does it: in a process, an environment and a folder of its own.

    The process is forked, see `forked_popen`. With `new_interpreter`, whose imports are the same whatever the database and are
    tried on SQLite, or with more for `subprocess.run` it is a new one.
    """
    env = process_environment(**settings)
    if (new_interpreter and not settings.get("database_url", "").startswith("postgresql")) or more:
        return subprocess.run(
            [sys.executable, "-m", "campaign.cli", *arguments], env=env, cwd=folder, stdin=subprocess.DEVNULL,
            capture_output=True, encoding="utf-8", timeout=120, check=False, **more,
        )  # fmt: skip
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        forked = ForkedPopen(["-m", "campaign.cli", *arguments], env, folder, out, err)
        try:
            code = forked.wait(120)
        finally:
            forked.kill()
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess(arguments, code, *said)


class Process:
    """One process of ours and its output. It is stopped where the tests are killed before they have ended it.

    Forked from one that has imported everything, or a new interpreter of its own.
    """

    def __init__(self, arguments: list[str], env: dict[str, str], folder: Path, *, new_interpreter: bool = True) -> None:
        self._log = (folder / f"process-{time.monotonic_ns()}.log").open("w+b")
        self.popen: subprocess.Popen[bytes] | ForkedPopen = (
            subprocess.Popen(
                [sys.executable, *arguments], env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=self._log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )
            if new_interpreter
            else ForkedPopen(arguments, env, folder, self._log, self._log)
        )  # fmt: skip
        self._watch = ExitStack()
        self._watch.enter_context(stopped_with_us(self.popen.pid, folder, "TERM"))

    @property
    def output(self) -> str:
        return Path(self._log.name).read_text()

    def kill(self) -> None:
        """kill -9, the whole family."""
        with suppress(ProcessLookupError):  # one that was forked a moment ago leads no group yet
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.kill()
        self.popen.wait()

    def stop(self, timeout_seconds: float = TIMEOUT_SECONDS) -> int:
        """Ask it to stop; its exit code."""
        self.popen.terminate()
        return self.popen.wait(timeout_seconds)

    def close(self) -> None:
        if self.popen.poll() is None:
            self.kill()
        self._watch.close()
        self._log.close()


@contextmanager
def running_process(arguments: list[str], env: dict[str, str], folder: Path) -> Iterator[Process]:
    """A process for the length of a test."""
    process = Process(arguments, env, folder, new_interpreter=False)
    try:
        yield process
    finally:
        process.close()


@contextmanager
def mail_worker_process(runtime: Runtime) -> Iterator[Process]:
    """A real worker of the mail queue."""
    with running_process(
        ["-m", "workers", "worker", MAIL_QUEUE], process_environment(**shared_settings(runtime)), runtime.settings.data_dir
    ) as process:
        yield process


@contextmanager
def clock_process(runtime: Runtime) -> Iterator[Process]:
    """A real clock."""
    with running_process(
        ["-m", "workers", "clock"], process_environment(**shared_settings(runtime)), runtime.settings.data_dir
    ) as process:
        yield process


@contextmanager
def web_process(runtime: Runtime, port: int) -> Iterator[Process]:
    """A real web server."""
    env = process_environment(**shared_settings(runtime), port=port, web_processes=1, web_threads=4)
    with running_process(["-m", "campaign.cli", "web"], env, runtime.settings.data_dir) as process:
        wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz"), f"the site answers; it said {process.output}")
        yield process


def is_up(url: str) -> bool:
    """Whether an address answers well."""
    try:
        with urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
