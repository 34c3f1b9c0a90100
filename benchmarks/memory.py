"""Memory of a site at rest: `countersign up`, and a machine that only works off queues.

    python -m benchmarks.memory

Prints the proportional set size (PSS) of every process: what it has alone, and its share of what it has with others, so that
the sum is what the machine must have. Linux only.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.secret_key import SECRET_KEY
from tests.support.processes import process_environment, wait_until
from tests.support.servers import free_port
from tests.support.up_process import UpProcess

SETTLE_SECONDS = 10
"""Seconds at rest before memory is read: by then each task of the clock has run."""
AIM_UP_MB, AIM_WORKERS_MB = 250, 200


def pss_mb(pid: int) -> float:
    """Megabytes (2^20 octets) of a process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def family_mb(pid: int) -> list[tuple[str, float]]:
    """Name and megabytes of a process and of all it has started."""
    root = psutil.Process(pid)
    return [(process.name(), pss_mb(process.pid)) for process in (root, *root.children(recursive=True))]


def _hide_test_packages(folder: Path) -> Path:
    """A folder for PYTHONPATH that hides what a library loads where it is there, and which only tests bring along: on a site
    structlog finds no rich."""
    folder.mkdir()
    (folder / "rich.py").write_text('raise ImportError("only tests have it")\n')
    return folder


def print_table() -> None:
    """Measure both, and print them."""
    if not Path("/proc/self/smaps_rollup").is_file():
        print("memory is only measured on Linux")
        return
    with tempfile.TemporaryDirectory(prefix="cs-memory-") as folder:
        hidden = _hide_test_packages(Path(folder) / "hidden")
        up, started = UpProcess(Path(folder), free_port(), pythonpath=str(hidden)), list[psutil.Process]()
        try:
            up.wait_until_running()
            time.sleep(SETTLE_SECONDS)
            started = psutil.Process(up.process.popen.pid).children(recursive=True)
            _print("countersign up", AIM_UP_MB, family_mb(up.process.popen.pid))
            settings = {
                "data_dir": Path(folder) / "var", "redis_url": f"unix://{folder}/var/redis.sock", "secret_key": SECRET_KEY,
                "log_key": "7" * 64, "base_url": up.url, "pythonpath": str(hidden),
            }  # fmt: skip
            worker = subprocess.Popen(
                [sys.executable, "-m", "campaign.cli", "worker"], env=process_environment(**settings), cwd=folder
            )
            try:
                wait_until(lambda: len(psutil.Process(worker.pid).children()) == 4, "its processes run")
                time.sleep(SETTLE_SECONDS)  # the clock of `up` gives them work
                # Then alone: what it shares of files with `up` would not be counted in full.
                up.process.kill()
                time.sleep(3)
                _print("countersign worker", AIM_WORKERS_MB, family_mb(worker.pid))
            finally:
                worker.terminate()
                worker.wait(60)
        finally:
            up.close()
            # What was killed ended nothing that it had started, its Redis above all.
            for process in started:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()


def _print(what: str, aim: int, processes: list[tuple[str, float]]) -> None:
    total = sum(size for _, size in processes)
    print(f"\n{what:<24}{'MB':>6}   (aim: {aim})")
    for name, size in processes:
        print(f"  {name:<22}{size:>6.0f}")
    print(f"  {'all':<22}{total:>6.0f}", flush=True)


if __name__ == "__main__":
    print_table()
