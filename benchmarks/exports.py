"""`python -m benchmarks.exports --signatures 1000000 sqlite`: rows a second and memory of each kind of export.

Each is written by a process of its own, so that its memory is its own. The reference is the least that any program does: the
driver's bare cursor and the csv module. The crowd is that of `benchmarks.seed`; `--database URL` takes one that is filled.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from campaign import campaigning, exporting
from campaign.config import load_settings
from campaign.domain.export import COLUMNS, Format, Order, Plan
from campaign.domain.filters import Filters
from campaign.exporting import Made
from campaign.runtime import Runtime, make_runtime

SLUG = "crowd"
REFERENCE = "reference"
PLANS = {
    "csv": Plan(),
    "csv, with addresses": Plan(columns=(*COLUMNS[:2], "email", *COLUMNS[2:])),
    "csv, by name": Plan(order=Order.NAME),
    "csv, of one area": Plan(filters=Filters(states=Plan().filters.states, area="SW")),
    "csv-excel": Plan(Format.CSV_EXCEL),
    "jsonl": Plan(Format.JSONL),
    "xlsx": Plan(Format.XLSX),
    "pack": Plan(Format.PACK),
}
_MB = 1_000_000


@dataclass(frozen=True)
class Figure:
    """What one took."""

    name: str
    rows: int
    seconds: float
    cpu: float
    peak: int
    """Octets."""
    size: int
    """Of the file."""


def main() -> None:
    """Seed each database asked for, and write every kind of export of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite"])
    parser.add_argument("--signatures", type=int, default=20_000)
    parser.add_argument("--database", default="", help="one that is filled already: its URL")
    parser.add_argument("--alone", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(asdict(_write(options.database, options.alone))))
    elif options.database:
        print_table("given", measure(options.database))
    else:
        # Only here: what they bring along is not to be counted as an export's memory.
        from benchmarks.seed import seed  # noqa: PLC0415
        from benchmarks.world import world  # noqa: PLC0415

        for database in options.databases:
            with world(database) as made:
                seed(made.runtime, options.signatures, slug=SLUG)
                print_table(database, measure(made.settings.database_url))


def measure(url: str) -> Iterator[Figure]:
    """Write each kind in a process of its own."""
    for name in (REFERENCE, *PLANS):
        arguments = [sys.executable, "-m", "benchmarks.exports", "--database", url, "--alone", name]
        ended = subprocess.run(arguments, check=True, capture_output=True, text=True)
        yield Figure(**json.loads(ended.stdout))


def print_table(database: str, figures: Iterator[Figure]) -> None:
    """Rows a second by the clock, and processor time as a multiple of the reference's."""
    print(f"\n{database}: exports; peak memory is that of the whole process\n")
    print(f"{'':<22}{'rows':>10}{'rows a second':>15}{'CPU µs a row':>14}{'× reference':>13}{'peak MB':>9}{'file MB':>9}")
    reference = 0.0
    for figure in figures:
        cpu = figure.cpu / max(1, figure.rows) * 1e6
        reference = reference or cpu
        print(
            f"{figure.name:<22}{figure.rows:>10,}{figure.rows / figure.seconds:>15,.0f}{cpu:>14.2f}{cpu / reference:>13.1f}"
            f"{figure.peak / _MB:>9.0f}{figure.size / _MB:>9.1f}"
        )


def _write(url: str, name: str) -> Figure:
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as folder:
        runtime = make_runtime(load_settings(_env_file=None, data_dir=folder, database_url=url, secret_key="0" * 64))
        path = Path(folder) / "out"
        began, cpu = time.perf_counter(), time.process_time()
        rows = _reference(runtime, path) if name == REFERENCE else _export(runtime, PLANS[name], path)
        took = time.perf_counter() - began, time.process_time() - cpu
        runtime.close()
        return Figure(name, rows, *took, _peak(), path.stat().st_size)


def _peak() -> int:
    """The most memory this process ever had."""
    status = Path("/proc/self/status")
    if status.is_file():
        # What the system tells of a process by getrusage begins with what its parent had.
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _export(runtime: Runtime, plan: Plan, path: Path) -> int:
    standing = campaigning.find(runtime, SLUG)
    assert standing is not None
    with runtime.snapshot() as connection, path.open("w+b") as out:
        return exporting.write(runtime, connection, standing, plan, out, path.parent, Made(runtime.now(), "a benchmark"))


def _reference(runtime: Runtime, path: Path) -> int:
    columns = ", ".join(name for name in COLUMNS if name != "number")
    rows = 0
    with runtime.snapshot() as connection, path.open("w", encoding="utf-8", newline="") as out:
        campaign = connection.execute(text("SELECT id FROM campaigns WHERE slug = :slug"), {"slug": SLUG}).scalar_one()
        driver: Any = connection.connection.driver_connection
        # On PostgreSQL only a cursor with a name streams.
        cursor = driver.cursor() if runtime.settings.is_sqlite else driver.cursor("reference")
        cursor.execute(f"SELECT {columns} FROM signatures WHERE campaign_id = {campaign} AND state = 'verified' ORDER BY id")
        writer = csv.writer(out)
        while some := cursor.fetchmany(2_000):
            writer.writerows(some)
            rows += len(some)
        cursor.close()
    return rows


if __name__ == "__main__":
    main()
