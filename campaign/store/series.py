"""What the dashboard shows of a campaign: read from totals and from the ledger's ends, never from the signatures.

However many signatures there are, each of these reads a bounded number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.store.sql import statement

MOST_HOURS = 24 * 400
"""Hours that are read at most: a campaign of more than a year is shown from its last four hundred days."""
MOST_LINES = 50
"""Domains, sources, areas and countries that are listed."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What the ledger counted in one hour."""

    hour: datetime
    added: int
    ended: int

    @property
    def gained(self) -> int:
        """What the hour brought in all."""
        return self.added - self.ended


@dataclass(frozen=True, slots=True)
class Stages:
    """How far the signatures of one hour, or of one mail domain, have come. `key` is "" for an hour."""

    key: str
    hour: datetime | None
    submitted: int
    sent: int
    refused: int
    opened: int
    verified: int


@dataclass(frozen=True, slots=True)
class Line:
    """A total of one country, area, source or personal link."""

    key: str
    verified: int


_HOURS = statement(
    """SELECT hour, added, ended FROM hourly_tallies WHERE campaign_id = :campaign_id AND hour >= :since
       ORDER BY hour DESC LIMIT :most"""
)
_SUMS = (
    "sum(submitted) AS submitted, sum(sent) AS sent, sum(refused) AS refused, sum(opened) AS opened, sum(verified) AS verified"
)
_BY_HOUR = statement(
    f"""SELECT hour, {_SUMS} FROM cohort_tallies WHERE campaign_id = :campaign_id AND hour >= :since GROUP BY hour
        ORDER BY hour DESC LIMIT :most"""
)
_BY_DOMAIN = statement(
    f"""SELECT domain AS key, {_SUMS} FROM cohort_tallies WHERE campaign_id = :campaign_id AND hour >= :since GROUP BY domain
        ORDER BY sum(submitted) DESC, domain LIMIT :most"""
)
_WAITS = statement(
    """SELECT bucket, sum(verified) AS verified FROM wait_tallies WHERE campaign_id = :campaign_id AND hour >= :since
       GROUP BY bucket"""
)
_LINES = {
    table: statement(
        f"""SELECT {column} AS key, verified FROM {table} WHERE campaign_id = :campaign_id AND verified > 0
            ORDER BY verified DESC, {column} LIMIT :most"""
    )
    for table, column in (("country_tallies", "country"), ("area_tallies", "area"), ("source_tallies", "source"))
}
_ENTRY = statement("SELECT at AS reached_at, total FROM ledger WHERE campaign_id = :campaign_id AND sequence = :sequence")
_LAST = statement("SELECT sequence FROM tallies WHERE campaign_id = :campaign_id")


def hours(connection: Connection, campaign_id: int, since: datetime) -> list[Hour]:
    """What each hour counted, oldest first; hours in which nothing happened are left out."""
    rows = connection.execute(_HOURS, {"campaign_id": campaign_id, "since": since, "most": MOST_HOURS}).all()
    return [Hour(row.hour, int(row.added), int(row.ended)) for row in reversed(rows)]


def total_at(connection: Connection, campaign_id: int, moment: datetime) -> int:
    """The count as it was at a moment, exactly: found in the ledger by halving, in some twenty-three reads for ten million."""
    low, high, total = 0, int(connection.execute(_LAST, {"campaign_id": campaign_id}).scalar_one()), 0
    while low < high:
        middle = (low + high + 1) // 2
        entry = connection.execute(_ENTRY, {"campaign_id": campaign_id, "sequence": middle}).one()
        if entry.reached_at <= moment:
            low, total = middle, int(entry.total)
        else:
            high = middle - 1
    return total


def funnel_by_hour(connection: Connection, campaign_id: int, since: datetime, most: int = 24 * 14) -> list[Stages]:
    """What became of the signatures of each hour, oldest first."""
    rows = connection.execute(_BY_HOUR, {"campaign_id": campaign_id, "since": since, "most": most}).all()
    return [_stages("", row.hour, row) for row in reversed(rows)]


def funnel_by_domain(connection: Connection, campaign_id: int, since: datetime, most: int = MOST_LINES) -> list[Stages]:
    """What became of the signatures of each mail domain, the most frequent first."""
    rows = connection.execute(_BY_DOMAIN, {"campaign_id": campaign_id, "since": since, "most": most})
    return [_stages(row.key, None, row) for row in rows]


def waits(connection: Connection, campaign_id: int, since: datetime) -> dict[int, int]:
    """How long verifying took, as a histogram (`campaign.domain.waiting`)."""
    rows = connection.execute(_WAITS, {"campaign_id": campaign_id, "since": since})
    return {row.bucket: int(row.verified) for row in rows}


def countries(connection: Connection, campaign_id: int, most: int = MOST_LINES) -> list[Line]:
    """Verified signatures by country, most first."""
    return _lines(connection, "country_tallies", campaign_id, most)


def areas(connection: Connection, campaign_id: int, most: int = MOST_LINES) -> list[Line]:
    """Verified signatures by postcode area, most first."""
    return _lines(connection, "area_tallies", campaign_id, most)


def sources(connection: Connection, campaign_id: int, most: int = MOST_LINES) -> list[Line]:
    """Verified signatures by where they came from, most first."""
    return _lines(connection, "source_tallies", campaign_id, most)


def by_days(hours_of: Sequence[Hour], until: datetime, since: datetime) -> list[int]:
    """What was gained in each 24 hours until a moment, oldest first; as many as have passed wholly since another.

    `until` is taken at the begin of its hour, since totals are kept by hours.
    """
    end = until.replace(minute=0, second=0, microsecond=0)
    whole = max(0, (end - since) // timedelta(days=1))
    days = [0] * whole
    for hour in hours_of:
        back = (end - hour.hour - timedelta(hours=1)) // timedelta(days=1)
        if hour.hour < end and 0 <= back < whole:
            days[whole - 1 - back] += hour.gained
    return days


def _lines(connection: Connection, table: str, campaign_id: int, most: int) -> list[Line]:
    rows = connection.execute(_LINES[table], {"campaign_id": campaign_id, "most": most})
    return [Line(row.key, int(row.verified)) for row in rows]


def _stages(key: str, hour: datetime | None, row: object) -> Stages:
    numbers = {name: int(getattr(row, name)) for name in ("submitted", "sent", "refused", "opened", "verified")}
    return Stages(key, hour, **numbers)
