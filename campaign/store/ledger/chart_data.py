"""What the dashboard shows of a campaign: read from totals and from the ledger's ends, never from the signatures.

However many signatures there are, each of these reads a bounded number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.store.database.statements import statement

MAX_HOURS = 24 * 400
"""Hours that are read at most: a campaign of more than a year is shown from its last four hundred days."""
MAX_LINES = 50
"""Domains, sources, areas and countries that are listed."""


@dataclass(frozen=True, slots=True)
class HourlyCount:
    """What the ledger counted in one hour."""

    hour: datetime
    added: int
    ended: int

    @property
    def gained(self) -> int:
        """What the hour brought in all."""
        return self.added - self.ended


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """How far the signatures of one hour, or of one mail domain, have come. `key` is "" for an hour."""

    key: str
    hour: datetime | None
    submitted: int
    sent: int
    refused: int
    opened: int
    verified: int


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A total of one country, area, source or personal link."""

    key: str
    verified: int


_HOURS = statement(
    """SELECT hour, added, ended FROM hourly_tallies WHERE campaign_id = :campaign_id AND hour >= :since
       ORDER BY hour DESC LIMIT :most"""
)
_FUNNEL_SUMS = (
    "sum(submitted) AS submitted, sum(sent) AS sent, sum(refused) AS refused, sum(opened) AS opened, sum(verified) AS verified"
)
_BY_HOUR = statement(
    f"""SELECT hour, {_FUNNEL_SUMS} FROM cohort_tallies WHERE campaign_id = :campaign_id AND hour >= :since GROUP BY hour
        ORDER BY hour DESC LIMIT :most"""
)
_BY_DOMAIN = statement(
    f"""SELECT domain AS key, {_FUNNEL_SUMS} FROM cohort_tallies WHERE campaign_id = :campaign_id
        AND hour >= :since GROUP BY domain
        ORDER BY sum(submitted) DESC, domain LIMIT :most"""
)
_WAITS = statement(
    """SELECT bucket, sum(verified) AS verified FROM wait_tallies WHERE campaign_id = :campaign_id AND hour >= :since
       GROUP BY bucket"""
)
_TOTALS = {
    table: statement(
        f"""SELECT {column} AS key, verified FROM {table} WHERE campaign_id = :campaign_id AND verified > 0
            ORDER BY verified DESC, {column} LIMIT :most"""
    )
    for table, column in (("country_tallies", "country"), ("area_tallies", "area"), ("source_tallies", "source"))
}
_LEDGER_ENTRY = statement(
    "SELECT at AS reached_at, total FROM ledger WHERE campaign_id = :campaign_id AND sequence = :sequence"
)
_LAST_SEQUENCE = statement("SELECT sequence FROM tallies WHERE campaign_id = :campaign_id")


def hourly_counts(connection: Connection, campaign_id: int, since: datetime) -> list[HourlyCount]:
    """What each hour counted, oldest first; hours in which nothing happened are left out."""
    rows = connection.execute(_HOURS, {"campaign_id": campaign_id, "since": since, "most": MAX_HOURS}).all()
    return [HourlyCount(row.hour, int(row.added), int(row.ended)) for row in reversed(rows)]


def total_at(connection: Connection, campaign_id: int, moment: datetime) -> int:
    """The count as it was at a moment, exactly: found in the ledger by halving, in some twenty-three reads for ten million."""
    low, high, total = 0, int(connection.execute(_LAST_SEQUENCE, {"campaign_id": campaign_id}).scalar_one()), 0
    while low < high:
        middle = (low + high + 1) // 2
        entry = connection.execute(_LEDGER_ENTRY, {"campaign_id": campaign_id, "sequence": middle}).one()
        if entry.reached_at <= moment:
            low, total = middle, int(entry.total)
        else:
            high = middle - 1
    return total


def funnel_by_hour(connection: Connection, campaign_id: int, since: datetime, limit: int = 24 * 14) -> list[FunnelRow]:
    """What became of the signatures of each hour, oldest first."""
    rows = connection.execute(_BY_HOUR, {"campaign_id": campaign_id, "since": since, "most": limit}).all()
    return [_funnel_row("", row.hour, row) for row in reversed(rows)]


def funnel_by_domain(connection: Connection, campaign_id: int, since: datetime, limit: int = MAX_LINES) -> list[FunnelRow]:
    """What became of the signatures of each mail domain, the most frequent first."""
    rows = connection.execute(_BY_DOMAIN, {"campaign_id": campaign_id, "since": since, "most": limit})
    return [_funnel_row(row.key, None, row) for row in rows]


def wait_histogram(connection: Connection, campaign_id: int, since: datetime) -> dict[int, int]:
    """How long verifying took, as a histogram (`campaign.domain.ledger.latency_histogram`)."""
    rows = connection.execute(_WAITS, {"campaign_id": campaign_id, "since": since})
    return {row.bucket: int(row.verified) for row in rows}


def country_totals(connection: Connection, campaign_id: int, limit: int = MAX_LINES) -> list[TotalRow]:
    """Verified signatures by country, most first."""
    return _total_rows(connection, "country_tallies", campaign_id, limit)


def postcode_area_totals(connection: Connection, campaign_id: int, limit: int = MAX_LINES) -> list[TotalRow]:
    """Verified signatures by postcode area, most first."""
    return _total_rows(connection, "area_tallies", campaign_id, limit)


def source_totals(connection: Connection, campaign_id: int, limit: int = MAX_LINES) -> list[TotalRow]:
    """Verified signatures by where they came from, most first."""
    return _total_rows(connection, "source_tallies", campaign_id, limit)


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


def _total_rows(connection: Connection, table: str, campaign_id: int, limit: int) -> list[TotalRow]:
    rows = connection.execute(_TOTALS[table], {"campaign_id": campaign_id, "most": limit})
    return [TotalRow(row.key, int(row.verified)) for row in rows]


def _funnel_row(key: str, hour: datetime | None, row: object) -> FunnelRow:
    numbers = {name: int(getattr(row, name)) for name in ("submitted", "sent", "refused", "opened", "verified")}
    return FunnelRow(key, hour, **numbers)
