"""Values and rows that come back the same from both databases: times aware in UTC, enumerations, rows by name."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, bindparam, func, literal_column, select, text
from sqlalchemy.exc import StatementError

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import EnumText, UtcDateTime
from campaign.store.database.statements import columns_of, is_any_of, rows_as, text_statement
from campaign.store.tables import campaigns

_NOW = bindparam("now", type_=UtcDateTime())
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
        connection.execute(text_statement("SELECT 1 WHERE :now = :now", _NOW), {"now": datetime(2026, 11, 23)})


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


def test_text_of_sql_has_the_types_it_is_given(engine: Engine) -> None:
    at = datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=UTC)
    with engine.connect() as connection, connection.begin() as transaction:
        _moments.create(connection)
        connection.execute(text_statement(f"INSERT INTO {_moments.name} (id, at) VALUES (1, :now)", _NOW), {"now": at})
        sql = f"SELECT (1 = 1) AS paused, at AS created_at FROM {_moments.name} WHERE at = :now AND id IN :ids"
        columns = (_moments.c.at.label("created_at"), campaigns.c.paused)
        statement = text_statement(sql, _NOW, bindparam("ids", expanding=True), columns=columns)
        row = connection.execute(statement, {"now": at, "ids": [1, 2]}).one()
        transaction.rollback()
    assert row.created_at == at
    assert row.created_at.tzinfo is UTC
    assert row.paused is True


def test_a_member_of_an_enumeration_comes_back_as_that_member(engine: Engine) -> None:
    kind = EnumText(SignatureState, 12)
    states = Table("states_of_a_test", MetaData(), Column("id", Integer, primary_key=True), Column("state", kind))
    with engine.connect() as connection, connection.begin() as transaction:
        states.create(connection)
        connection.execute(states.insert(), [{"id": 1, "state": SignatureState.PENDING}, {"id": 2, "state": None}])
        found = connection.execute(select(states.c.state).order_by(states.c.id)).scalars().all()
        as_text = connection.execute(text("SELECT state FROM states_of_a_test WHERE id = 1")).scalar_one()
        same = connection.execute(select(states.c.id).where(states.c.state == "pending")).scalar_one()
        connection.execute(text("UPDATE states_of_a_test SET state = 'unheard of'"))
        with pytest.raises(KeyError, match="unheard of"):
            connection.execute(select(states.c.state)).all()
        transaction.rollback()
    assert found == [SignatureState.PENDING, None]
    assert type(found[0]) is SignatureState
    assert (as_text, same) == ("pending", 1)


def test_a_column_is_compared_with_any_number_of_values(engine: Engine) -> None:
    words = Table("words_of_a_test", MetaData(), Column("id", Integer, primary_key=True), Column("word", String(9)))
    by_number = select(words.c.id).where(is_any_of(words.c.id, "these")).order_by(words.c.id)
    by_word = select(words.c.id).where(is_any_of(words.c.word, "these")).order_by(words.c.id)
    with engine.connect() as connection, connection.begin() as transaction:
        words.create(connection)
        connection.execute(words.insert(), [{"id": number, "word": word} for number, word in enumerate(["it's", '"', "", "é"])])
        found = [connection.execute(by_number, {"these": these}).scalars().all() for these in ([], {2}, range(1, 3_000))]
        named = [connection.execute(by_word, {"these": these}).scalars().all() for these in ([], {'"'}, ["é", "it's", "", "x"])]
        transaction.rollback()
    assert found == [[], [2], [1, 2, 3]]
    assert named == [[], [1], [0, 2, 3]]


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    id: int
    year: str


def test_rows_are_made_by_the_names_of_columns_in_whatever_order_they_come(engine: Engine) -> None:
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    year = literal_column("'2026'")
    with engine.connect() as connection, connection.begin() as transaction:
        _moments.create(connection)
        connection.execute(_moments.insert().values(id=7, at=at))
        columns = columns_of(_Moment, _moments, year=year)
        in_order = rows_as(_Moment, connection.execute(select(*columns)))
        reversed_with_more = select(func.count().over().label("rows"), *columns[::-1])
        backwards = rows_as(_Moment, connection.execute(reversed_with_more))
        transaction.rollback()
    assert in_order == backwards == [_Moment(at=at, id=7, year="2026")]


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
