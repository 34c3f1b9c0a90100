"""Mailing of an update: how long it takes to promise it to so many recipients, and how much memory the process needs.

python -m benchmarks.update_mailing [--signatures 100000] [sqlite] [postgresql]
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, text

from benchmarks.isolated_process import SLUG, isolated_main, measure_isolated, peak_memory_bytes
from campaign.config import load_settings
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.updates.update import UpdateKind, UpdateText
from campaign.runtime import Runtime, make_runtime
from campaign.services.campaigns import create_and_find
from campaign.services.updates import mailing, write
from campaign.store.database.column_types import UtcDateTime

RECIPIENTS = 100_000
_MB = 1_000_000
_STEP = 5_000


@dataclass(frozen=True)
class Figure:
    """Time of one mailing."""

    mails: int
    seconds: float
    cpu_seconds: float
    """Of this process: on SQLite all there is, on PostgreSQL little."""
    longest_step_seconds: float
    """The longest transaction: how long other writers may wait on SQLite."""
    peak_bytes: int


def main() -> None:
    """Measure each database asked for."""
    isolated_main("benchmarks.update_mailing", __doc__, RECIPIENTS, _measure_one, _print_figures)


def _measure_one(url: str, _name: str) -> Figure:
    runtime = make_runtime(load_settings(_env_file=None, database_url=url, secret_key="0" * 64, places_url="off"))
    campaign = create_and_find.get_by_slug(runtime, SLUG)
    if campaign is None:
        raise LookupError(SLUG)
    said = UpdateText(UpdateKind.NEWS, "News", "Something has happened.")
    update = write.create_draft(runtime, COMMAND_LINE, campaign, said, wants_mail=True)
    write.publish_update(runtime, COMMAND_LINE, campaign, update)
    longest, began, cpu_began = 0.0, time.perf_counter(), time.process_time()
    while True:
        step_began = time.perf_counter()
        done = mailing.run_step(runtime, update.id)
        longest = max(longest, time.perf_counter() - step_began)
        if done is None:
            break
    took, cpu, peak = time.perf_counter() - began, time.process_time() - cpu_began, peak_memory_bytes()
    mails = write.count_mails(runtime, update).owed
    runtime.close()
    return Figure(mails, took, cpu, longest, peak)


def _print_figures(database: str, url: str) -> None:
    runtime = make_runtime(load_settings(_env_file=None, database_url=url, secret_key="0" * 64, places_url="off"))
    _ask_for_updates(runtime)
    runtime.close()
    print(f"\n{database}: mailing of an update\n")
    print(f"{'mails':>10}{'seconds':>10}{'CPU seconds':>13}{'longest step, ms':>18}{'peak MB':>9}")
    for figure in _figures(url):
        longest_ms, peak_mb = figure["longest_step_seconds"] * 1000, figure["peak_bytes"] / _MB
        print(
            f"{figure['mails']:>10,}{figure['seconds']:>10.1f}{figure['cpu_seconds']:>13.1f}{longest_ms:>18.0f}{peak_mb:>9.0f}"
        )


def _figures(url: str) -> Iterator[dict[str, Any]]:
    yield from measure_isolated("benchmarks.update_mailing", url, ["mailing"])


def _ask_for_updates(runtime: Runtime) -> None:
    """Let every signatory of the crowd have asked for updates, each at a mailbox of their own."""
    sql = """UPDATE signatures SET state = 'verified', updates = :yes, updates_wording = 'updates-2026-11', updates_at = :at,
                email = CASE WHEN email = '' THEN 'nobody@example.org' ELSE email END WHERE id > :after AND id <= :last"""
    with runtime.reading() as connection:
        last = connection.execute(text("SELECT max(id) FROM signatures")).scalar_one()
    for after in range(0, last, _STEP):
        with runtime.transaction() as connection:
            given = {"yes": True, "at": runtime.now() - timedelta(days=1), "after": after, "last": after + _STEP}
            connection.execute(text(sql).bindparams(bindparam("at", type_=UtcDateTime())), given)


if __name__ == "__main__":
    main()
