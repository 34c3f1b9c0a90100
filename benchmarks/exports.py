"""`python -m benchmarks.exports --signatures 1000000 sqlite`: rows a second and memory of each kind of export.

Each is written by a process of its own, so that its memory is its own. The reference is the least that any program does: the
driver's bare cursor and the csv module. The crowd is that of `benchmarks.seed`; `--database URL` takes one that is filled.
"""

import csv
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.isolated_process import SLUG, isolated_main, measure_isolated, peak_memory_bytes
from benchmarks.secret_key import SECRET_KEY
from campaign.config import load_settings
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportOrder, ExportPlan
from campaign.domain.signatures.filters import Filters
from campaign.runtime import Runtime, make_runtime
from campaign.services import exports
from campaign.services.campaigns import create_and_find
from campaign.services.exports import Provenance

REFERENCE = "reference"
PLANS = {
    "csv": ExportPlan(),
    "csv, with addresses": ExportPlan(columns=(*DEFAULT_COLUMNS[:2], "email", *DEFAULT_COLUMNS[2:])),
    "csv, by name": ExportPlan(order=ExportOrder.NAME),
    "csv, of one area": ExportPlan(filters=Filters(states=ExportPlan().filters.states, area="SW")),
    "csv-excel": ExportPlan(ExportFormat.CSV_EXCEL),
    "jsonl": ExportPlan(ExportFormat.JSONL),
    "xlsx": ExportPlan(ExportFormat.XLSX),
    "pack": ExportPlan(ExportFormat.PACK),
}
_MB = 1_000_000


@dataclass(frozen=True)
class Figure:
    """Time and memory of one export."""

    name: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """Octets."""
    file_bytes: int
    """Of the file."""


def main() -> None:
    """Seed each database asked for, and write every kind of export of it."""
    isolated_main("benchmarks.exports", __doc__, 20_000, _write, lambda name, url: print_table(name, measure(url)))


def measure(url: str) -> Iterator[Figure]:
    """Write each kind in a process of its own."""
    return (Figure(**figure) for figure in measure_isolated("benchmarks.exports", url, (REFERENCE, *PLANS)))


def print_table(database: str, figures: Iterator[Figure]) -> None:
    """Rows a second by the clock, and processor time as a multiple of the reference's."""
    print(f"\n{database}: exports; peak memory is that of the whole process\n")
    print(f"{'':<22}{'rows':>10}{'rows a second':>15}{'CPU µs a row':>14}{'× reference':>13}{'peak MB':>9}{'file MB':>9}")
    reference = 0.0
    for figure in figures:
        cpu = figure.cpu_seconds / max(1, figure.rows) * 1e6
        reference = reference or cpu
        print(
            f"{figure.name:<22}{figure.rows:>10,}{figure.rows / figure.seconds:>15,.0f}{cpu:>14.2f}{cpu / reference:>13.1f}"
            f"{figure.peak_bytes / _MB:>9.0f}{figure.file_bytes / _MB:>9.1f}"
        )


def _write(url: str, name: str) -> Figure:
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as folder:
        runtime = make_runtime(load_settings(_env_file=None, data_dir=folder, database_url=url, secret_key=SECRET_KEY))
        path = Path(folder) / "out"
        began, cpu = time.perf_counter(), time.process_time()
        rows = _reference(runtime, path) if name == REFERENCE else _export(runtime, PLANS[name], path)
        took = time.perf_counter() - began, time.process_time() - cpu
        runtime.close()
        return Figure(name, rows, *took, peak_memory_bytes(), path.stat().st_size)


def _export(runtime: Runtime, plan: ExportPlan, path: Path) -> int:
    campaign = create_and_find.get_by_slug(runtime, SLUG)
    assert campaign is not None
    with runtime.snapshot() as connection, path.open("w+b") as out:
        return exports.write_export(
            runtime, connection, campaign, plan, out, path.parent, Provenance(runtime.now(), "a benchmark")
        )


def _reference(runtime: Runtime, path: Path) -> int:
    columns = ", ".join(name for name in DEFAULT_COLUMNS if name != "number")
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
