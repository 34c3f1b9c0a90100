"""`python -m benchmarks.submissions --signatures 100000 sqlite`: names a second and memory of the papers each recipient gets.

Each is written by a process of its own, so that its memory is its own. The crowd is that of `benchmarks.seed`, a tenth of it in
other scripts than Latin; `--database URL` takes one that is filled.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.isolated_process import SLUG, isolated_main, measure_isolated, peak_memory_bytes
from benchmarks.secret_key import SECRET_KEY
from campaign.config import load_settings
from campaign.runtime import make_runtime
from campaign.services import submissions
from campaign.services.campaigns import create_and_find
from campaign.services.submissions import papers

_PROFILE_KEYS = ("minister", "house-of-commons", "council", "scottish-parliament")
_MB = 1_000_000


@dataclass(frozen=True)
class Figure:
    """Time and memory of the papers of one recipient."""

    name: str
    rows: int
    """Names listed."""
    pages: int
    seconds: float
    cpu_seconds: float
    loaded_bytes: int
    """Octets of memory, once everything is loaded."""
    peak_bytes: int
    file_bytes: int
    """Octets of all papers."""


def main() -> None:
    """Seed each database asked for, and write the papers."""
    isolated_main("benchmarks.submissions", __doc__, 100_000, _write, lambda name, url: print_table(name, measure(url)))


def measure(url: str) -> Iterator[Figure]:
    """The papers of each recipient, one after the other."""
    return (Figure(**figure) for figure in measure_isolated("benchmarks.submissions", url, _PROFILE_KEYS))


def print_table(database: str, figures: Iterator[Figure]) -> None:
    """Print a table for `docs/benchmarks.md`."""
    print(f"\n{database}\n\n| papers for | names | pages | seconds | CPU s | names/s | peak MB | of it before MB | PDFs MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for one in figures:
        print(
            f"| {one.name} | {one.rows:,} | {one.pages:,} | {one.seconds:.1f} | {one.cpu_seconds:.1f} | "
            f"{one.rows / one.seconds:,.0f} "
            f"| {one.peak_bytes / _MB:.0f} | {one.loaded_bytes / _MB:.0f} | {one.file_bytes / _MB:.1f} |",
            flush=True,
        )


def _write(url: str, key: str) -> Figure:
    runtime = make_runtime(load_settings(_env_file=None, database_url=url, secret_key=SECRET_KEY), max_connections=2)
    campaign = create_and_find.get_by_slug(runtime, SLUG)
    assert campaign is not None
    profile = submissions.get_profile(key)
    with tempfile.TemporaryDirectory() as folder:
        before, began, used = peak_memory_bytes(), time.perf_counter(), time.process_time()
        with runtime.snapshot() as connection:
            facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True)
            written = papers.write_papers(runtime, connection, profile, facts, {}, Path(folder))
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    runtime.close()
    rows, pages = sum(paper.rows for paper in written), sum(paper.pages for paper in written)
    return Figure(key, rows, pages, seconds, cpu, before, peak_memory_bytes(), size)


if __name__ == "__main__":
    main()
