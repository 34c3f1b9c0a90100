"""Chart data of the dashboard: read from totals and from the ledger's ends, never from the signatures.

However many signatures there are, each of these reads a bounded number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, String, bindparam, cast, func, literal_column, null, select

from campaign.store.database.column_types import BigId
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.ledger.rollups import FUNNEL_STAGES
from campaign.store.tables import (
    area_tallies,
    cohort_tallies,
    country_tallies,
    hourly_tallies,
    ledger,
    source_tallies,
    tallies,
    wait_tallies,
)

MAX_HOURS = 24 * 400
"""Hours that are read at most: a campaign of more than a year is shown from its last four hundred days."""
_MAX_FUNNEL_HOURS = 24 * 14
"""Hours of which the funnel is read at most: the newest."""
MAX_LINES = 50
"""Domains, sources, areas and countries that are listed."""


@dataclass(frozen=True, slots=True)
class HourlyCount:
    """Count of the ledger in one hour."""

    hour: datetime
    added: int
    ended: int

    @property
    def gained(self) -> int:
        """What the hour brought in all."""
        return self.added - self.ended


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """Row of the funnel: how far the signatures of one hour, or of one mail domain, have come. `key` is "" for an hour."""

    key: str
    hour: datetime | None
    submitted: int
    sent: int
    refused: int
    unknown: int
    delivered: int
    bounced: int
    reminded: int
    opened: int
    verified: int


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A total of one country, area, source or personal link."""

    key: str
    verified: int


_HOURS = (
    select(*columns_of(HourlyCount, hourly_tallies))
    .where(hourly_tallies.c.campaign_id == bindparam("campaign_id"), hourly_tallies.c.hour >= bindparam("since"))
    .order_by(hourly_tallies.c.hour.desc())
    .limit(MAX_HOURS)
)
# PostgreSQL makes the sum of a BIGINT a NUMERIC, which comes back as a Decimal.
_FUNNEL_SUMS = [cast(func.sum(cohort_tallies.c[stage]), BigId).label(stage) for stage in FUNNEL_STAGES]
_IN_FUNNEL = (cohort_tallies.c.campaign_id == bindparam("campaign_id"), cohort_tallies.c.hour >= bindparam("since"))
_BY_HOUR = (
    select(literal_column("''", String()).label("key"), cohort_tallies.c.hour, *_FUNNEL_SUMS)
    .where(*_IN_FUNNEL)
    .group_by(cohort_tallies.c.hour)
    .order_by(cohort_tallies.c.hour.desc())
    .limit(_MAX_FUNNEL_HOURS)
)
_BY_DOMAIN = (
    select(cohort_tallies.c.domain.label("key"), null().label("hour"), *_FUNNEL_SUMS)
    .where(*_IN_FUNNEL)
    .group_by(cohort_tallies.c.domain)
    .order_by(func.sum(cohort_tallies.c.submitted).desc(), cohort_tallies.c.domain)
    .limit(MAX_LINES)
)
_WAITS = (
    select(wait_tallies.c.bucket, cast(func.sum(wait_tallies.c.verified), BigId).label("verified"))
    .where(wait_tallies.c.campaign_id == bindparam("campaign_id"), wait_tallies.c.hour >= bindparam("since"))
    .group_by(wait_tallies.c.bucket)
)
_COUNTRIES, _AREAS, _SOURCES = (
    select(*columns_of(TotalRow, key.table, key=key))
    .where(key.table.c.campaign_id == bindparam("campaign_id"), key.table.c.verified > 0)
    .order_by(key.table.c.verified.desc(), key)
    .limit(bindparam("limit"))
    for key in (country_tallies.c.country, area_tallies.c.area, source_tallies.c.source)
)
_LEDGER_ENTRY = select(ledger.c.at, ledger.c.total).where(
    ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.sequence == bindparam("sequence")
)
_LAST_SEQUENCE = select(tallies.c.sequence).where(tallies.c.campaign_id == bindparam("campaign_id"))


def hourly_counts(connection: Connection, campaign_id: int, since: datetime) -> list[HourlyCount]:
    """What each hour counted, oldest first; hours in which nothing happened are left out."""
    rows = connection.execute(_HOURS, {"campaign_id": campaign_id, "since": since})
    return rows_as(HourlyCount, rows)[::-1]


def total_at(connection: Connection, campaign_id: int, moment: datetime) -> int:
    """The count as it was at a moment, exactly: found in the ledger by halving, in some twenty-three reads for ten million."""
    low, high, total = 0, connection.execute(_LAST_SEQUENCE, {"campaign_id": campaign_id}).scalar_one(), 0
    while low < high:
        middle = (low + high + 1) // 2
        entry = connection.execute(_LEDGER_ENTRY, {"campaign_id": campaign_id, "sequence": middle}).one()
        if entry.at <= moment:
            low, total = middle, entry.total
        else:
            high = middle - 1
    return total


def funnel_by_hour(connection: Connection, campaign_id: int, since: datetime) -> list[FunnelRow]:
    """What became of the signatures of each hour, oldest first."""
    rows = connection.execute(_BY_HOUR, {"campaign_id": campaign_id, "since": since})
    return rows_as(FunnelRow, rows)[::-1]


def funnel_by_domain(connection: Connection, campaign_id: int, since: datetime) -> list[FunnelRow]:
    """What became of the signatures of each mail domain, the most frequent first."""
    rows = connection.execute(_BY_DOMAIN, {"campaign_id": campaign_id, "since": since})
    return rows_as(FunnelRow, rows)


def wait_histogram(connection: Connection, campaign_id: int, since: datetime) -> dict[int, int]:
    """How long verifying took, as a histogram (`campaign.domain.ledger.latency_histogram`)."""
    rows = connection.execute(_WAITS, {"campaign_id": campaign_id, "since": since})
    return {row.bucket: row.verified for row in rows}


def country_totals(connection: Connection, campaign_id: int) -> list[TotalRow]:
    """Verified signatures by country, most first."""
    return _total_rows(connection, _COUNTRIES, campaign_id)


def postcode_area_totals(connection: Connection, campaign_id: int, limit: int = MAX_LINES) -> list[TotalRow]:
    """Verified signatures by postcode area, most first."""
    return _total_rows(connection, _AREAS, campaign_id, limit)


def source_totals(connection: Connection, campaign_id: int) -> list[TotalRow]:
    """Verified signatures by where they came from, most first."""
    return _total_rows(connection, _SOURCES, campaign_id)


def daily_gains(hourly: Sequence[HourlyCount], until: datetime, since: datetime) -> list[int]:
    """What was gained in each 24 hours until a moment, oldest first; as many as have passed wholly since another.

    `until` is taken at the begin of its hour, since totals are kept by hours.
    """
    end = until.replace(minute=0, second=0, microsecond=0)
    whole = max(0, (end - since) // timedelta(days=1))
    days = [0] * whole
    for hour in hourly:
        back = (end - hour.hour - timedelta(hours=1)) // timedelta(days=1)
        if hour.hour < end and 0 <= back < whole:
            days[whole - 1 - back] += hour.gained
    return days


def _total_rows(connection: Connection, statement: Select[Any], campaign_id: int, limit: int = MAX_LINES) -> list[TotalRow]:
    return rows_as(TotalRow, connection.execute(statement, {"campaign_id": campaign_id, "limit": limit}))
