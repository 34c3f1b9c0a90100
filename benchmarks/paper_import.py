"""`python -m benchmarks.paper_import [ROWS]`: a messy list imported and undone, on both databases: rows a second, memory."""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.environment import benchmark_environment
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.services.ledger import count
from campaign.services.paper import import_list, undo, validate
from campaign.services.paper.validate import ReadOptions
from campaign.store.campaigns import campaigns
from tests.services.paper.sample_lists import csv_file, messy_rows

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    rows: int
    seconds: float
    peak_megabytes: float
    """The most this process has had so far."""


def main() -> None:
    """Measure each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    for database in options.databases:
        with benchmark_environment(database) as made:
            print(f"\n{database}, {options.rows:,} messy rows\n")
            for one in measure(made.runtime, options.rows):
                rate = one.rows / one.seconds
                print(
                    f"{one.name:12} {one.rows:>9,} rows {one.seconds:>7.1f} s {rate:>9,.0f} rows/s "
                    f"{one.peak_megabytes:>6.0f} MB"
                )


def measure(runtime: Runtime, amount: int) -> Iterator[Figure]:
    """Read, take in, count and undo a list."""
    now = runtime.now()
    pond = create_and_find.create_campaign(
        runtime,
        CampaignDefinition(slug="bench-paper", title="Measure", ask="Measure.", opens_at=now, closes_at=now.replace(year=2999)),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(csv_file(messy_rows(amount)).getvalue())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with path.open("rb") as file:
            checked, figure = _timed("read", amount, lambda: validate.validate_list(runtime, pond, file, ReadOptions()))
    yield Figure("before", 0, 1.0, before)
    yield figure
    taken, figure = _timed(
        "take in", checked.new, lambda: import_list.import_validated(runtime, COMMAND_LINE, pond, checked, label="list.csv")
    )
    yield figure
    yield _timed("count", taken.signatures, lambda: count.advance_ledger(runtime, pond.id))[1]
    with runtime.reading() as connection:
        assert campaigns.get_by_id(connection, pond.id).paper == taken.signatures
    intake = undo.get_intake(runtime, pond, taken.intake_id)
    assert intake is not None
    with_count = create_and_find.get_by_slug(runtime, pond.slug)
    assert with_count is not None
    undo.undo_intake(runtime, COMMAND_LINE, with_count, intake, "Measured", confirmed=True)
    yield _timed("undo", taken.signatures, lambda: _undo(runtime, intake.id))[1]


def _undo(runtime: Runtime, intake_id: int) -> None:
    while undo.undo_step(runtime, intake_id) is not None:
        pass


def _timed(name: str, rows: int, does: Callable[[], T]) -> tuple[T, Figure]:
    began = time.perf_counter()
    made = does()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return made, Figure(name, rows, time.perf_counter() - began, most)


if __name__ == "__main__":
    main()
