"""`python -m benchmarks.intake [ROWS]`: a messy list taken in and taken back, on both databases: rows a second, and memory."""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.world import world
from campaign import campaigning, counting
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.definition import Definition
from campaign.intake import checking, taking, undoing
from campaign.intake.checking import Options
from campaign.runtime import Runtime
from campaign.store import campaigns
from tests.intake.lists import as_csv, messy

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    rows: int
    seconds: float
    megabytes: float
    """The most this process has had so far."""


def main() -> None:
    """Measure each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    for database in options.databases:
        with world(database) as made:
            print(f"\n{database}, {options.rows:,} messy rows\n")
            for one in measure(made.runtime, options.rows):
                rate = one.rows / one.seconds
                print(f"{one.name:12} {one.rows:>9,} rows {one.seconds:>7.1f} s {rate:>9,.0f} rows/s {one.megabytes:>6.0f} MB")


def measure(runtime: Runtime, amount: int) -> Iterator[Figure]:
    """Read, take in, count and undo a list."""
    now = runtime.now()
    pond = campaigning.create(
        runtime, Definition(slug="bench-paper", title="Measure", ask="Measure.", opens_at=now, closes_at=now.replace(year=2999))
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(as_csv(messy(amount)).getvalue())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with path.open("rb") as file:
            checked, figure = _timed("read", amount, lambda: checking.check(runtime, pond, file, Options()))
    yield Figure("before", 0, 1.0, before)
    yield figure
    taken, figure = _timed("take in", checked.new, lambda: taking.take(runtime, COMMAND_LINE, pond, checked, label="list.csv"))
    yield figure
    yield _timed("count", taken.signatures, lambda: counting.advance(runtime, pond.id))[1]
    with runtime.reading() as connection:
        assert campaigns.by_id(connection, pond.id).paper == taken.signatures
    intake = undoing.find(runtime, pond, taken.intake_id)
    assert intake is not None
    undoing.undo(runtime, COMMAND_LINE, intake, "Measured")
    yield _timed("undo", taken.signatures, lambda: _undo(runtime, intake.id))[1]


def _undo(runtime: Runtime, intake_id: int) -> None:
    while undoing.undo_step(runtime, intake_id) is not None:
        pass


def _timed(name: str, rows: int, does: Callable[[], T]) -> tuple[T, Figure]:
    began = time.perf_counter()
    made = does()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return made, Figure(name, rows, time.perf_counter() - began, most)


if __name__ == "__main__":
    main()
