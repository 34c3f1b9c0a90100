"""Totals by place, as the ledger and the look-ups of postcodes keep them (`campaign.store.rollups`): never counted from
signatures.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from campaign.domain.place import By, Place, Total
from campaign.store.sql import statement
from campaign.store.tables import UNKNOWN_PLACE


@dataclass(frozen=True, slots=True)
class Coverage:
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


COLUMNS = ("constituency_code", "constituency", "council_code", "council", "region", "country")
_TOTALS = statement(
    f"""SELECT {", ".join(f"p.{name}" for name in COLUMNS)}, t.verified FROM place_tallies t JOIN places p ON p.id = t.place_id
        WHERE t.campaign_id = :campaign_id AND t.verified > 0 AND t.place_id <> {UNKNOWN_PLACE}"""
)
_COVERAGE = statement(
    f"""SELECT verified,
            (SELECT coalesce(sum(verified), 0) FROM country_tallies WHERE campaign_id = :campaign_id
                AND country = 'GB') AS here,
            (SELECT coalesce(sum(verified), 0) FROM area_tallies WHERE campaign_id = :campaign_id AND area <> '') AS somewhere,
            (SELECT coalesce(sum(verified), 0) FROM place_tallies WHERE campaign_id = :campaign_id
                AND place_id = {UNKNOWN_PLACE}) AS unknown,
            (SELECT coalesce(sum(verified), 0) FROM place_tallies WHERE campaign_id = :campaign_id
                AND place_id <> {UNKNOWN_PLACE}) AS placed
        FROM tallies WHERE campaign_id = :campaign_id"""
)


def totals(connection: Connection, campaign_id: int, by: By | str) -> list[Total]:
    """Verified signatures by constituency, council, region or country, most first.

    What has a place, but none of that kind (the Isle of Man is in no constituency), stands under an empty name.
    """
    return sums(tallies(connection, campaign_id), By(by))


def tallies(connection: Connection, campaign_id: int) -> list[tuple[Place, int]]:
    """Verified signatures by place: some two thousand rows where a campaign has signatures from everywhere."""
    rows = connection.execute(_TOTALS, {"campaign_id": campaign_id})
    return [(Place(*row[:-1]), int(row.verified)) for row in rows]


def sums(found: Sequence[tuple[Place, int]], by: By) -> list[Total]:
    """The same added up, most first."""
    amounts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Place] = {}
    for place, verified in found:
        code, name = place.part(by)
        # A name may have been written in two ways; a code is one area.
        key = (code or name, "" if code or name else place.region)
        first.setdefault(key, place)
        amounts[key] += verified
    whole = by in (By.REGION, By.COUNTRY)
    made = [Total(*first[key].part(by), amount, "" if whole else first[key].region) for key, amount in amounts.items()]
    return sorted(made, key=lambda total: (-total.verified, total.name, total.region))


def coverage(connection: Connection, campaign_id: int) -> Coverage:
    """How much of the count totals by place speak of."""
    row = connection.execute(_COVERAGE, {"campaign_id": campaign_id}).one()
    verified, here, somewhere, unknown, placed = (int(value) for value in row)
    # A total is a little ahead of another while a signature is being counted; none is ever below zero.
    waiting = max(0, min(here, somewhere) - unknown - placed)
    without = max(0, here - waiting - unknown - placed)
    return Coverage(verified, placed, unknown, waiting, without, max(0, verified - placed - unknown - waiting - without))
