"""`python -m benchmarks.log_migration [ENTRIES]`: logging a ledger from before the public log, on both databases."""

import argparse
import time
from dataclasses import dataclass

from benchmarks import seed
from benchmarks.environment import BenchmarkEnvironment, benchmark_environment
from campaign.services.log import append
from campaign.store.log import append as store

AIM_SECONDS = 120.0
"""Seconds that a million entries may take."""


@dataclass(frozen=True)
class Figure:
    """Cost of logging a ledger."""

    entries: int
    seconds: float
    cpu_seconds: float
    """Of our process and the database's."""
    rounds: int
    """Rounds of the job, between which others are counted."""
    longest_round_seconds: float


def main() -> None:
    """Measure each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", nargs="?", type=int, default=100_000)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    print_table(options.entries, options.databases)


def print_table(entries: int, databases: list[str]) -> None:
    """Measure, and print a line for each database."""
    for database in databases:
        with benchmark_environment(database) as made:
            print_figure(database, measure(made, entries))


def measure(made: BenchmarkEnvironment, entries: int) -> Figure:
    """Log a ledger of about so many entries, a round of the job after the other."""
    # Of the signatures of a crowd some are not verified, and some were withdrawn, which is an entry more.
    seed.seed(made.runtime, entries)
    began, cpu, rounds, longest = time.perf_counter(), _cpu_seconds(made), 0, 0.0
    is_finished = False
    while not is_finished:
        round_began = time.perf_counter()
        is_finished = append.advance_log(made.runtime).is_finished
        rounds, longest = rounds + 1, max(longest, time.perf_counter() - round_began)
    seconds, cpu = time.perf_counter() - began, _cpu_seconds(made) - cpu
    with made.runtime.reading() as connection:
        return Figure(store.head_size(connection), seconds, cpu, rounds, longest)


def print_figure(database: str, figure: Figure) -> None:
    """Print what was measured."""
    million = 1e6 / figure.entries
    print(f"  {'migration, ' + database:<32} {figure.cpu_seconds:8.2f} s {figure.cpu_seconds * million:.1f} s a million "
          f"(aim: {AIM_SECONDS:g}), by the clock {figure.seconds * million:.1f}; {figure.rounds:,} rounds, "
          f"the longest {figure.longest_round_seconds:.1f} s")  # fmt: skip


def _cpu_seconds(made: BenchmarkEnvironment) -> float:
    return time.process_time() + made.cpu_seconds().get("database", 0.0)


if __name__ == "__main__":
    main()
