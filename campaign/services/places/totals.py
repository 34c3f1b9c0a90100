"""Totals of where a campaign's signatories live: every number, for its team; and what everybody may see."""

from dataclasses import dataclass

from campaign.domain.places.place import AreaKind, AreaTotal, Place
from campaign.domain.places.suppression import ShownTotals, suppress
from campaign.runtime import Runtime
from campaign.services.places.representatives import representative_of_area
from campaign.store.places import place_totals, representatives
from campaign.store.places.place_totals import PlaceCoverage


@dataclass(frozen=True, slots=True)
class AreaTotals:
    """Totals of the areas that a campaign's signatures come from."""

    coverage: PlaceCoverage
    counts_by_place: tuple[tuple[Place, int], ...]

    def exact(self, by: AreaKind) -> list[AreaTotal]:
        """Every number, most first; what is in none of the kind stands under an empty name."""
        return place_totals.sum_by_area(self.counts_by_place, by)

    def public(self, by: AreaKind) -> list[AreaTotal]:
        """What everybody may see, most first (`campaign.domain.places.suppression`)."""
        if by is AreaKind.COUNTRY:
            # Of a country no more is told than its regions tell.
            told = {region.name for region in self._shown(AreaKind.CONSTITUENCY).regions}
            untold = {place.country for place, _ in self.counts_by_place if place.region not in told}
            return [total for total in self.exact(by) if total.name not in untold]
        shown = self._shown(AreaKind.CONSTITUENCY if by is AreaKind.REGION else by)
        return list(shown.regions if by is AreaKind.REGION else shown.areas)

    def _shown(self, by: AreaKind) -> ShownTotals:
        return suppress(self.exact(by), self.exact(AreaKind.REGION))


def area_totals(runtime: Runtime, campaign_id: int) -> AreaTotals:
    """Where a campaign's signatures come from."""
    with runtime.reading() as connection:
        return AreaTotals(
            place_totals.place_coverage(connection, campaign_id),
            tuple(place_totals.list_place_tallies(connection, campaign_id)),
        )


def open_data_totals(runtime: Runtime, campaign_id: int) -> tuple[list[tuple[AreaTotal, str | None]], list[AreaTotal]]:
    """What open data says by constituency, with who represents it where that is known, and by region."""
    with runtime.reading() as connection:
        tallies = tuple(place_totals.list_place_tallies(connection, campaign_id))
        if not tallies:
            return [], []
        members = representatives.representatives_by_area(connection, AreaKind.CONSTITUENCY)
    shown = suppress(
        place_totals.sum_by_area(tallies, AreaKind.CONSTITUENCY), place_totals.sum_by_area(tallies, AreaKind.REGION)
    )
    found = ((area, representative_of_area(area, members)) for area in shown.areas)
    return [(area, member.name if member else None) for area, member in found], list(shown.regions)
