"""`python -m benchmarks.submission --signatures 100000 sqlite`: names a second and memory of the papers each recipient gets.

Each is written by a process of its own, so that its memory is its own. The crowd is that of `benchmarks.seed`, a tenth of it in
other scripts than Latin; `--database URL` takes one that is filled.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.alone import SLUG, each_alone, measured_alone, peak
from campaign import campaigning, submission
from campaign.config import load_settings
from campaign.runtime import make_runtime

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
    measured_alone("benchmarks.submission", __doc__, 100_000, _write, lambda name, url: print_table(name, measure(url)))


def measure(url: str) -> Iterator[Figure]:
    """The papers of each recipient, one after the other."""
    return (Figure(**figure) for figure in each_alone("benchmarks.submission", url, _KEYS))


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
        before, began, used = peak(), time.perf_counter(), time.process_time()
        with runtime.snapshot() as connection:
            written = submission.write(runtime, connection, standing, profile, {}, Path(folder))
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    runtime.close()
    rows, pages = sum(paper.rows for paper in written), sum(paper.pages for paper in written)
    return Figure(key, rows, pages, seconds, cpu, before, peak(), size)


if __name__ == "__main__":
    main()
