"""Where a campaign's signatories live: every number, for its team; and what everybody may see."""

from dataclasses import dataclass

from campaign.constituents.people import of_area
from campaign.domain.place import By, Place, Total
from campaign.domain.suppression import Shown, suppress
from campaign.runtime import Runtime
from campaign.store import places, representatives
from campaign.store.places import Coverage


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the signatures of a campaign come from."""

    coverage: Coverage
    tallies: tuple[tuple[Place, int], ...]

    def exact(self, by: By) -> list[Total]:
        """Every number, most first; what is in none of the kind stands under an empty name."""
        return places.sums(self.tallies, by)

    def public(self, by: By) -> list[Total]:
        """What everybody may see, most first (`campaign.domain.suppression`)."""
        if by is By.COUNTRY:
            # Of a country no more is told than its regions tell.
            told = {region.name for region in self._shown(By.CONSTITUENCY).regions}
            untold = {place.country for place, _ in self.tallies if place.region not in told}
            return [total for total in self.exact(by) if total.name not in untold]
        shown = self._shown(By.CONSTITUENCY if by is By.REGION else by)
        return list(shown.regions if by is By.REGION else shown.areas)

    def _shown(self, by: By) -> Shown:
        return suppress(self.exact(by), self.exact(By.REGION))


def origins(runtime: Runtime, campaign_id: int) -> Origins:
    """Where a campaign's signatures come from."""
    with runtime.reading() as connection:
        return Origins(places.coverage(connection, campaign_id), tuple(places.tallies(connection, campaign_id)))


def open_data(runtime: Runtime, campaign_id: int) -> tuple[list[tuple[Total, str | None]], list[Total]]:
    """What open data says by constituency, with who represents it where that is known, and by region."""
    with runtime.reading() as connection:
        tallies = tuple(places.tallies(connection, campaign_id))
        if not tallies:
            return [], []
        members = representatives.by_area(connection, By.CONSTITUENCY)
    shown = suppress(places.sums(tallies, By.CONSTITUENCY), places.sums(tallies, By.REGION))
    found = ((area, of_area(area, members)) for area in shown.areas)
    return [(area, member.name if member else None) for area, member in found], list(shown.regions)
