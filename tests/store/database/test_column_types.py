"""Times: aware going in, aware in UTC coming out, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, select, text
from sqlalchemy.exc import StatementError

from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import statement

_moments = Table("moments_of_a_test", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime))


def kept(engine: Engine, at: datetime | None) -> datetime | None:
    """What becomes of a time in a table of its own, which is gone afterwards."""
    with engine.connect() as connection, connection.begin() as transaction:
        _moments.create(connection)
        connection.execute(_moments.insert().values(id=1, at=at))
        found: datetime | None = connection.execute(select(_moments.c.at)).scalar_one()
        transaction.rollback()
    return found


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 23, 12, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 59, 59, 999_999, tzinfo=UTC),
        datetime(2027, 7, 1, tzinfo=ZoneInfo("Europe/London")),
        datetime(2027, 10, 31, 1, 30, tzinfo=ZoneInfo("Europe/London")),
        datetime(2027, 10, 31, 1, 30, tzinfo=ZoneInfo("Europe/London"), fold=1),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    ],
)
def test_a_time_comes_back_as_the_same_moment_in_utc(engine: Engine, at: datetime) -> None:
    found = kept(engine, at)
    assert found == at.astimezone(UTC)
    assert found is not None
    assert found.tzinfo is UTC


def test_no_time_comes_back_as_none(engine: Engine) -> None:
    assert kept(engine, None) is None


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="a time without a zone cannot be stored"):
        kept(engine, datetime(2026, 11, 23, 12))
    with pytest.raises(StatementError, match="a time without a zone cannot be stored"), engine.connect() as connection:
        connection.execute(statement("SELECT 1 WHERE :now = :now"), {"now": datetime(2026, 11, 23)})


def test_times_are_compared_as_moments(engine: Engine) -> None:
    """Also by SQLite, to which a time is a text."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    moments = [noon - timedelta(microseconds=1), noon, noon + timedelta(microseconds=1), noon + timedelta(milliseconds=10)]
    with engine.connect() as connection, connection.begin() as transaction:
        _moments.create(connection)
        connection.execute(_moments.insert(), [{"id": number, "at": at} for number, at in enumerate(moments)])
        in_tokyo = noon.astimezone(ZoneInfo("Asia/Tokyo"))
        later = (
            connection.execute(select(_moments.c.id).where(_moments.c.at > in_tokyo).order_by(_moments.c.at)).scalars().all()
        )
        same = connection.execute(select(_moments.c.id).where(_moments.c.at == in_tokyo)).scalars().all()
        transaction.rollback()
    assert (later, same) == ([2, 3], [1])


def test_text_of_sql_gives_times_and_flags_their_types(engine: Engine) -> None:
    at = datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=UTC)
    with engine.connect() as connection, connection.begin() as transaction:
        _moments.create(connection)
        connection.execute(statement(f"INSERT INTO {_moments.name} (id, at) VALUES (1, :now)"), {"now": at})
        sql = f"SELECT at AS created_at, (1 = 1) AS paused FROM {_moments.name} WHERE at = :before AND id IN :ids"
        row = connection.execute(statement(sql, list_parameters=("ids",)), {"before": at, "ids": [1, 2]}).one()
        transaction.rollback()
    assert row.created_at == at
    assert row.created_at.tzinfo is UTC
    assert row.paused is True


def test_the_database_keeps_the_rules_between_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        else:
            assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "15s"
            assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "5s"
            assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "30s"
