"""Representatives of constituencies and councils."""

from collections.abc import Mapping

from campaign.domain.accounts.actor import Actor
from campaign.domain.places.place import AreaKind, AreaTotal
from campaign.domain.places.representative import Representative, lookup_keys, read_representatives
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.places import representatives


def replace_representatives(runtime: Runtime, actor: Actor, text: str) -> dict[str, int]:
    """Put the people of a file in the place of all of their kinds; returns how many of each.

    Raises domain.representative.RepresentativesRefused, and then nothing has changed.
    """
    found = read_representatives(text)
    with runtime.transaction() as connection:
        kinds = representatives.replace_representatives(connection, found)
        audit_log.record(connection, actor, "replace representatives", runtime.now(), subject="representatives", after=kinds)
    return kinds


def representatives_of_kind(runtime: Runtime, kind: AreaKind) -> dict[str, Representative]:
    """All of one kind that a file has named, by what their area is found by; nobody represents a region or a country."""
    with runtime.reading() as connection:
        return representatives.representatives_by_area(connection, kind)


def representative_of_area(area: AreaTotal, people: Mapping[str, Representative]) -> Representative | None:
    """Who represents an area, among the people of its kind by what they are found by."""
    return next((people[key] for key in lookup_keys(area) if key and key in people), None)
