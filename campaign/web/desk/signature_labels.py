"""Labels of signatures and of the filters that find them."""

from datetime import datetime, tzinfo
from typing import Any

from campaign.domain.moderation.removal import REMOVAL_LABELS
from campaign.domain.places.countries import COUNTRIES
from campaign.domain.places.postcode_areas import POSTCODE_AREAS
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState

SIGNATURE_STATE_LABELS: dict[str, tuple[str, str]] = {
    SignatureState.PENDING: ("waiting", "warn"),
    SignatureState.VERIFIED: ("verified", "good"),
    SignatureState.WITHDRAWN: ("withdrawn", "plain"),
    SignatureState.INVALIDATED: ("invalidated", "wrong"),
}
"""What each state is called, and the tone of its badge."""
REMOVAL_CHOICES = [(kind.value, *words) for kind, words in REMOVAL_LABELS.items()]
"""For a form: value, words and hint of each kind of reason to invalidate."""
_FILTER_LABELS = {
    "name": "Name begins with", "address": "Address", "domain": "Domain", "area": "Postcode", "country": "Country",
    "network": "Network", "source": "Source", "states": "State", "held": "Held", "since": "From", "before": "Before",
    "comment": "Comment", "words": "Comment says",
    "text": "Text", "batch": "Bulk change", "kind": "Given",
}  # fmt: skip


def short_time(at: datetime, zone: tzinfo) -> str:
    """A moment as a table has room for: "23 Nov 2026, 14:05"."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def time_with_seconds(at: datetime, zone: tzinfo) -> str:
    """A moment to the second: bursts are told by them."""
    return f"{short_time(at, zone)}:{at.astimezone(zone):%S}"


def place_name(country: str, area: str) -> str:
    """Where somebody is from, as far as their area tells."""
    if country == "GB":
        return f"{POSTCODE_AREAS[area]} ({area})" if area in POSTCODE_AREAS else area or COUNTRIES["GB"]
    return COUNTRIES.get(country, country)


def filter_chips(filters: Filters, zone: tzinfo, texts: dict[str, str]) -> list[tuple[str, str]]:
    """The filters that are used, in words, each with the names of what removing it takes away, joined by commas."""
    found = []
    for name in filters.active:
        if name in ("as_typed", "whole_name", "part_of_name"):
            continue
        words = _filter_value(name, getattr(filters, name), zone, texts)
        if name == "address":
            words += " (this spelling)" if filters.as_typed else ""
            name += ",as_typed"  # noqa: PLW2901 - what is removed with it
        label = _FILTER_LABELS[name.partition(",")[0]]
        if name == "name":
            label = "Name" if filters.whole_name else "Name has" if filters.part_of_name else label
            name += ",whole_name,part_of_name"  # noqa: PLW2901 - what is removed with it
        found.append((f"{label}: {words}", name))
    return found


def _filter_value(name: str, value: Any, zone: tzinfo, texts: dict[str, str]) -> str:
    match name:
        case "states":
            words = " or ".join(SIGNATURE_STATE_LABELS[state][0] for state in value)
        case "since" | "before":
            words = time_with_seconds(value, zone) if value.second else short_time(value, zone)
        case "kind":
            words = "on paper" if value == "paper" else value
        case "country":
            words = COUNTRIES[value]
        case "held":
            words = "waits for a look"
        case "comment":
            words = "with one" if value else "without"
        case "text":
            words = texts.get(value, f"{value[:12]}…")
        case _:
            words = str(value)
    return words
