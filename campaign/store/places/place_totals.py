"""Totals by place, as the ledger and the look-ups of postcodes keep them (`campaign.store.ledger.rollups`): never counted from
signatures.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from campaign.domain.places.place import AreaKind, AreaTotal, Place
from campaign.store.database.statements import statement
from campaign.store.tables import UNKNOWN_PLACE_ID


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """How much of a campaign's count totals by place speak of. The parts add up to `verified`."""

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
_TOTALS = statement(
    f"""SELECT {", ".join(f"p.{name}" for name in PLACE_COLUMNS)}, t.verified FROM place_tallies t JOIN places p ON p.id =
        t.place_id
        WHERE t.campaign_id = :campaign_id AND t.verified > 0 AND t.place_id <> {UNKNOWN_PLACE_ID}"""
)
_COVERAGE = statement(
    f"""SELECT verified,
            (SELECT coalesce(sum(verified), 0) FROM country_tallies WHERE campaign_id = :campaign_id
                AND country = 'GB') AS here,
            (SELECT coalesce(sum(verified), 0) FROM area_tallies WHERE campaign_id = :campaign_id AND area <> '') AS somewhere,
            (SELECT coalesce(sum(verified), 0) FROM place_tallies WHERE campaign_id = :campaign_id
                AND place_id = {UNKNOWN_PLACE_ID}) AS unknown,
            (SELECT coalesce(sum(verified), 0) FROM place_tallies WHERE campaign_id = :campaign_id
                AND place_id <> {UNKNOWN_PLACE_ID}) AS placed
        FROM tallies WHERE campaign_id = :campaign_id"""
)


def area_totals(connection: Connection, campaign_id: int, kind: AreaKind | str) -> list[AreaTotal]:
    """Verified signatures by constituency, council, region or country, most first.

    What has a place, but none of that kind (the Isle of Man is in no constituency), stands under an empty name.
    """
    return sum_by_area(place_tallies(connection, campaign_id), AreaKind(kind))


def place_tallies(connection: Connection, campaign_id: int) -> list[tuple[Place, int]]:
    """Verified signatures by place: some two thousand rows where a campaign has signatures from everywhere."""
    rows = connection.execute(_TOTALS, {"campaign_id": campaign_id})
    return [(Place(*row[:-1]), int(row.verified)) for row in rows]


def sum_by_area(tallies: Sequence[tuple[Place, int]], kind: AreaKind) -> list[AreaTotal]:
    """The same added up, most first."""
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
    """How much of the count totals by place speak of."""
    row = connection.execute(_COVERAGE, {"campaign_id": campaign_id}).one()
    verified, here, somewhere, unknown, placed = (int(value) for value in row)
    # A total is a little ahead of another while a signature is being counted; none is ever below zero.
    waiting = max(0, min(here, somewhere) - unknown - placed)
    without = max(0, here - waiting - unknown - placed)
    return PlaceCoverage(verified, placed, unknown, waiting, without, max(0, verified - placed - unknown - waiting - without))
