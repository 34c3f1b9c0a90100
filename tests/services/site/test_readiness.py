"""Readiness: each thing that would keep a signature from being stored is found by trying it, and said in a few words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.services.site import readiness as readiness_module
from campaign.services.site.readiness import ReadinessCheck, readiness
from tests.support.queries import execute_sql

MakeRuntime = Callable[..., Runtime]


def real_time() -> datetime:
    return datetime.now(UTC)


def test_a_site_that_has_all_it_needs_is_ready(make_runtime: MakeRuntime) -> None:
    found = readiness(make_runtime(clock=real_time))
    assert (found.database, found.redis, found.clock, found.is_ready) == ("up", "up", "up", True)


def test_a_database_of_another_version_is_not_written_to(make_runtime: MakeRuntime) -> None:
    runtime = make_runtime(clock=real_time)
    with runtime.transaction() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        found = readiness(runtime)
        assert (found.database, found.is_ready) == ("needs `countersign migrate`", False)
    finally:
        execute_sql(runtime, "UPDATE alembic_version SET version_num = :was", was=before)
    assert readiness(runtime).is_ready


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_disk_without_room_is_said_before_signing_fails(make_runtime: MakeRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = make_runtime(clock=real_time)
    monkeypatch.setattr(readiness_module, "MIN_FREE_BYTES", 2**62)
    assert readiness(runtime).database == "down: has no room on its disk"


def test_a_redis_that_is_away_and_a_clock_that_is_wrong_are_said(make_runtime: MakeRuntime) -> None:
    assert readiness(make_runtime(clock=real_time, redis_url="redis://127.0.0.1:1")).redis.startswith("down")
    for hours, words in ((1, "3600 s ahead of"), (-1, "3600 s behind")):
        off = make_runtime(clock=lambda hours=hours: real_time() + timedelta(hours=hours))
        # SQLite has no clock but the machine's.
        assert readiness(off).clock.startswith("up" if off.settings.is_sqlite else words)


def test_an_answer_is_given_again_for_a_moment(make_runtime: MakeRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    check = ReadinessCheck(make_runtime(clock=real_time))
    assert check.result() is check.result()
    first = check.result()
    check._until = 0.0
    assert check.result() is not first
