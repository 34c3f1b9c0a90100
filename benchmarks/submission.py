"""`python -m benchmarks.submission --signatures 100000 sqlite`: names a second and memory of the papers each recipient gets.

Each is written by a process of its own, so that its memory is its own. The crowd is that of `benchmarks.seed`, a tenth of it in
other scripts than Latin; `--database URL` takes one that is filled.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from campaign import campaigning, submission
from campaign.config import load_settings
from campaign.runtime import make_runtime

SLUG = "crowd"
_KEYS = ("minister", "house-of-commons", "council", "scottish-parliament")
_MB = 1_000_000


@dataclass(frozen=True)
class Figure:
    """What the papers of one recipient took."""

    name: str
    rows: int
    """Names listed."""
    pages: int
    seconds: float
    cpu: float
    before: int
    """Octets of memory, once everything is loaded."""
    peak: int
    size: int
    """Octets of all papers."""


def main() -> None:
    """Seed each database asked for, and write the papers."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.submission", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite"])
    parser.add_argument("--signatures", type=int, default=100_000)
    parser.add_argument("--database", default="", help="one that is filled already: its URL")
    parser.add_argument("--alone", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(asdict(_write(options.database, options.alone))))
    elif options.database:
        print_table("given", measure(options.database))
    else:
        # Only here: what they bring along is not to be counted as the papers' memory.
        from benchmarks.seed import seed  # noqa: PLC0415
        from benchmarks.world import world  # noqa: PLC0415

        for database in options.databases:
            with world(database) as made:
                seed(made.runtime, options.signatures, slug=SLUG)
                print_table(database, measure(made.settings.database_url))


def measure(url: str) -> Iterator[Figure]:
    """The papers of each recipient, one after the other."""
    for key in _KEYS:
        command = [sys.executable, "-m", "benchmarks.submission", "--database", url, "--alone", key]
        yield Figure(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def print_table(database: str, figures: Iterator[Figure]) -> None:
    """Print a table for `docs/benchmarks.md`."""
    print(f"\n{database}\n\n| papers for | names | pages | seconds | CPU s | names/s | peak MB | of it before MB | PDFs MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for one in figures:
        print(
            f"| {one.name} | {one.rows:,} | {one.pages:,} | {one.seconds:.1f} | {one.cpu:.1f} | {one.rows / one.seconds:,.0f} "
            f"| {one.peak / _MB:.0f} | {one.before / _MB:.0f} | {one.size / _MB:.1f} |",
            flush=True,
        )


def _write(url: str, key: str) -> Figure:
    runtime = make_runtime(load_settings(_env_file=None, database_url=url, secret_key="0" * 64), connections=2)
    standing = campaigning.find(runtime, SLUG)
    assert standing is not None
    profile = submission.profile(key)
    with tempfile.TemporaryDirectory() as folder:
        before, began, used = _peak(), time.perf_counter(), time.process_time()
        with runtime.snapshot() as connection:
            written = submission.write(runtime, connection, standing, profile, {}, Path(folder))
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    runtime.close()
    rows, pages = sum(paper.rows for paper in written), sum(paper.pages for paper in written)
    return Figure(key, rows, pages, seconds, cpu, before, _peak(), size)


def _peak() -> int:
    # Not what getrusage says: a process inherits that from the one that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) * 1024


if __name__ == "__main__":
    main()
