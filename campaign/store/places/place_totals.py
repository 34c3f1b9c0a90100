"""Totals by place, as the ledger and the look-ups of postcodes keep them (`campaign.store.ledger.rollups`): never counted from
signatures.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Table, bindparam, func, select

from campaign.domain.places.place import AreaKind, AreaTotal, Place
from campaign.store.tables import UNKNOWN_PLACE_ID, area_tallies, country_tallies, place_tallies, places, tallies


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """Coverage of a campaign's totals by place. The parts add up to `verified`."""

    verified: int
    placed: int
    unknown: int
    """With a postcode that the service does not know."""
    waiting: int
    """With a postcode that is still to be looked up."""
    without: int
    """From the United Kingdom, without a postcode that lies anywhere."""
    abroad: int
    """From elsewhere, or from nobody knows where."""


PLACE_COLUMNS = ("constituency_code", "constituency", "council_code", "council", "region", "country")
_TALLIES = (
    select(*(places.c[name] for name in PLACE_COLUMNS), place_tallies.c.verified)
    .select_from(place_tallies)
    .join(places, places.c.id == place_tallies.c.place_id)
    .where(
        place_tallies.c.campaign_id == bindparam("campaign_id"),
        place_tallies.c.verified > 0,
        place_tallies.c.place_id != UNKNOWN_PLACE_ID,
    )
)


def _sum(table: Table, condition: ColumnElement[bool]) -> ScalarSelect[int]:
    total = select(func.coalesce(func.sum(table.c.verified), 0))
    return total.where(table.c.campaign_id == bindparam("campaign_id"), condition).scalar_subquery()


_COVERAGE = select(
    tallies.c.verified,
    _sum(country_tallies, country_tallies.c.country == "GB").label("uk"),
    _sum(area_tallies, area_tallies.c.area != "").label("with_area"),
    _sum(place_tallies, place_tallies.c.place_id == UNKNOWN_PLACE_ID).label("unknown"),
    _sum(place_tallies, place_tallies.c.place_id != UNKNOWN_PLACE_ID).label("placed"),
).where(tallies.c.campaign_id == bindparam("campaign_id"))


def area_totals(connection: Connection, campaign_id: int, kind: AreaKind | str) -> list[AreaTotal]:
    """Verified signatures by constituency, council, region or country, most first.

    What has a place, but none of that kind (the Isle of Man is in no constituency), stands under an empty name.
    """
    return sum_by_area(list_place_tallies(connection, campaign_id), AreaKind(kind))


def list_place_tallies(connection: Connection, campaign_id: int) -> list[tuple[Place, int]]:
    """Verified signatures by place: some two thousand rows where a campaign has signatures from everywhere."""
    rows = connection.execute(_TALLIES, {"campaign_id": campaign_id})
    return [(Place(*(getattr(row, name) for name in PLACE_COLUMNS)), row.verified) for row in rows]


def sum_by_area(tallies: Sequence[tuple[Place, int]], kind: AreaKind) -> list[AreaTotal]:
    """Totals by area, from tallies by place; most first."""
    amounts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Place] = {}
    for place, verified in tallies:
        code, name = place.area(kind)
        # A name may have been written in two ways; a code is one area.
        key = (code or name, "" if code or name else place.region)
        first.setdefault(key, place)
        amounts[key] += verified
    whole = kind in (AreaKind.REGION, AreaKind.COUNTRY)
    made = [AreaTotal(*first[key].area(kind), amount, "" if whole else first[key].region) for key, amount in amounts.items()]
    return sorted(made, key=lambda total: (-total.verified, total.name, total.region))


def place_coverage(connection: Connection, campaign_id: int) -> PlaceCoverage:
    """Coverage of a campaign's totals by place."""
    row = connection.execute(_COVERAGE, {"campaign_id": campaign_id}).one()
    verified, unknown, placed = row.verified, int(row.unknown), int(row.placed)
    # A total is a little ahead of another while a signature is being counted; none is ever below zero.
    waiting = max(0, min(int(row.uk), int(row.with_area)) - unknown - placed)
    without = max(0, int(row.uk) - waiting - unknown - placed)
    return PlaceCoverage(verified, placed, unknown, waiting, without, max(0, verified - placed - unknown - waiting - without))
