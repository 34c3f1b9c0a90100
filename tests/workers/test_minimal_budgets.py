"""Long work on a machine so slow that each job has time for one step: it comes to the same end, and nothing starves."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.runtime.steps import TimeBudget
from campaign.store.redis import job_flags
from campaign.store.tables import metadata
from tests.support.factories import ManualClock
from tests.support.imap_server import ImapServer
from tests.support.postcodes_io_server import PostcodesIoServer
from tests.workers.long_work import LONG_WORK, LongWork, Site
from workers.worker import job_functions

MAX_RUNS = 150
"""Jobs within which all is to be done, of some twenty steps."""
UNLIKE = {"id", "revision", "log_index", "salt", "entry", "log_size", "note", "hashes"}
"""Columns of chance, or of the order in which campaigns had their turn."""
OF_CAMPAIGN = {"campaigns": "id <> 1", "outbox": "signature_id NOT IN (SELECT id FROM signatures WHERE campaign_id = 1)"}
"""What is of any campaign but the first, where no column says it."""
ROOT = Path(__file__).parents[2]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
of_each_work = pytest.mark.parametrize("work", LONG_WORK, ids=lambda work: work.job.name)
of_each_fault = pytest.mark.parametrize(
    ("work", "fault"),
    [pytest.param(work, fault, id=f"{work.job.name}-{fault}") for work in LONG_WORK for fault in work.faults],
)


@pytest.fixture
def make_site(make_runtime: Callable[..., Runtime], now: ManualClock) -> Iterator[Callable[..., Site]]:
    postcodes, mailboxes = PostcodesIoServer(), list[ImapServer]()

    def make(**changes: Any) -> Site:
        mailboxes.append(ImapServer())
        places = {"places_url": postcodes.url, "places_batch": 1}
        return Site(make_runtime(bounce_url=mailboxes[-1].url, **places, **changes), now, mailboxes[-1])

    yield make
    postcodes.close()
    for mailbox in mailboxes:
        mailbox.close()


def copied(site: Site, make_site: Callable[..., Site], path: Path) -> Site:
    """A site in the same state."""
    source = site.runtime.settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(source) as old, sqlite3.connect(path) as new:
        old.backup(new)
    twin = make_site(database_url=f"sqlite:///{path}")
    for raw in site.imap.mails.values():
        twin.imap.add(raw)
    return twin


def leave_time_for_one_step(work: LongWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TimeBudget, "is_used_up", True)
    for module, name in work.one_a_step:
        monkeypatch.setattr(module, name, 1)


def run_until_finished(work: LongWork, runtime: Runtime) -> int:
    """How many jobs it took until none was asked for."""
    runtime.redis.flushall()
    do_job = job_functions(runtime, round_interval_seconds=0)[work.job.name]
    for runs in range(1, MAX_RUNS):
        do_job()
        if work.ask_again is not None:
            work.ask_again(runtime)
        if job_flags.mark_enqueued(runtime.redis, work.job):
            return runs
    pytest.fail(f"{work.job.name} asks for itself without an end")


def state(site: Site, *, without_first: bool = False) -> dict[str, list[str]]:
    """Every row of every table, without what is unlike in any two sites; or what is of any campaign but the first."""
    found = {}
    with site.runtime.reading() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.columns if column.name not in UNLIKE]
            rows = table.select().with_only_columns(*columns)
            if without_first and table.name not in OF_CAMPAIGN and "campaign_id" not in table.columns:
                continue
            if without_first:
                rows = rows.where(text(OF_CAMPAIGN.get(table.name, "campaign_id <> 1")))
            if table.name not in ("log_checkpoints", "log_tiles"):
                found[table.name] = sorted(str(row) for row in connection.execute(rows))
    if not without_first:
        found["mailbox"] = [str((number, sorted(site.imap.flags[number]))) for number in site.imap.mails]
    return found


@on_sqlite
@of_each_work
def test_one_step_a_job_ends_where_all_steps_at_once_do(
    work: LongWork, make_site: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = make_site()
    work.prepare(fast)
    slow = copied(fast, make_site, tmp_path / "slow.sqlite3")
    before = state(fast)
    assert run_until_finished(work, fast.runtime) <= 3
    leave_time_for_one_step(work, monkeypatch)
    assert run_until_finished(work, slow.runtime) > 3
    assert state(slow) == state(fast) != before


@on_sqlite
@of_each_fault
def test_what_always_fails_starves_nothing_behind_it(
    work: LongWork, fault: str, make_site: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = make_site()
    work.prepare(fast)
    slow = copied(fast, make_site, tmp_path / "slow.sqlite3")
    run_until_finished(work, fast.runtime)
    event, _, condition = fault.partition(" WHEN ")
    with slow.runtime.transaction() as connection:
        sql = f"CREATE TRIGGER fault BEFORE {event} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'this always fails'); END"
        connection.exec_driver_sql(sql)
    leave_time_for_one_step(work, monkeypatch)
    slow.runtime.redis.flushall()
    do_job = job_functions(slow.runtime, round_interval_seconds=0)[work.job.name]
    failures = 0
    for _ in range(MAX_RUNS):
        try:
            do_job()
        except Exception as error:
            assert "this always fails" in str(error)  # noqa: PT017 - not in every run
            failures += 1
    assert failures
    assert state(slow, without_first=True) == state(fast, without_first=True)


def test_every_time_budget_is_of_work_that_is_tried_here() -> None:
    users = {
        path
        for folder in ("campaign", "workers")
        for path in (ROOT / folder).rglob("*.py")
        if " TimeBudget(" in path.read_text()
    }
    tried = {Path(str(module.__file__)) for work in LONG_WORK for module in work.modules}
    assert tried == {path for path in users if path.name != "steps.py"}
