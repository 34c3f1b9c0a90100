"""Who represents constituencies and councils."""

from collections.abc import Mapping

from campaign.domain.actor import Actor
from campaign.domain.place import By, Total
from campaign.domain.representative import Representative, found_by, read_representatives
from campaign.runtime import Runtime
from campaign.store import audit, representatives


def take_in_representatives(runtime: Runtime, actor: Actor, text: str) -> dict[str, int]:
    """Put the people of a file in the place of all of their kinds; returns how many of each.

    Raises domain.representative.RepresentativesRefused, and then nothing has changed.
    """
    found = read_representatives(text)
    with runtime.transaction() as connection:
        kinds = representatives.replace(connection, found)
        audit.record(connection, actor, "replace representatives", runtime.now(), subject="representatives", became=kinds)
    return kinds


def of_kind(runtime: Runtime, kind: By) -> dict[str, Representative]:
    """All of one kind that a file has named, by what their area is found by; nobody represents a region or a country."""
    with runtime.reading() as connection:
        return representatives.by_area(connection, kind)


def of_area(area: Total, people: Mapping[str, Representative]) -> Representative | None:
    """Who represents an area, among the people of its kind by what they are found by."""
    return next((people[key] for key in found_by(area) if key and key in people), None)
