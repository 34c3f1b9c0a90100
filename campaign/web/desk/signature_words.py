"""What signatures and the filters that find them are called at the desk."""

from datetime import datetime, tzinfo
from typing import Any

from campaign.domain.areas import AREAS
from campaign.domain.countries import COUNTRIES
from campaign.domain.filters import Filters
from campaign.domain.signature import SignatureState

STATES: dict[str, tuple[str, str]] = {
    SignatureState.PENDING: ("waiting", "warn"),
    SignatureState.VERIFIED: ("verified", "good"),
    SignatureState.WITHDRAWN: ("withdrawn", "plain"),
    SignatureState.INVALIDATED: ("invalidated", "wrong"),
}
"""What each state is called, and the tone of its badge."""
_NAMES = {
    "name": "Name begins with", "address": "Address", "domain": "Domain", "area": "Postcode", "country": "Country",
    "network": "Network", "source": "Source", "states": "State", "since": "From", "before": "Before", "comment": "Comment",
    "text": "Text", "batch": "Batch",
}  # fmt: skip


def when(at: datetime, zone: tzinfo) -> str:
    """A moment as a table has room for: "23 Nov 2026, 14:05"."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def seconds(at: datetime, zone: tzinfo) -> str:
    """A moment to the second: bursts are told by them."""
    return f"{when(at, zone)}:{at.astimezone(zone):%S}"


def place(country: str, area: str) -> str:
    """Where somebody is from, as far as their area tells."""
    if country == "GB":
        return f"{AREAS[area]} ({area})" if area in AREAS else area or COUNTRIES["GB"]
    return COUNTRIES.get(country, country)


def chips(filters: Filters, zone: tzinfo, texts: dict[str, str]) -> list[tuple[str, str]]:
    """The filters that are used, in words, each with the names of what removing it takes away, joined by commas."""
    found = []
    for name in filters.used:
        if name == "as_typed":
            continue
        words = _value(name, getattr(filters, name), zone, texts)
        if name == "address":
            words += " (this spelling)" if filters.as_typed else ""
            name += ",as_typed"  # noqa: PLW2901 - what is removed with it
        found.append((f"{_NAMES[name.partition(',')[0]]}: {words}", name))
    return found


def _value(name: str, value: Any, zone: tzinfo, texts: dict[str, str]) -> str:
    match name:
        case "states":
            words = " or ".join(STATES[state][0] for state in value)
        case "since" | "before":
            words = seconds(value, zone) if value.second else when(value, zone)
        case "country":
            words = COUNTRIES[value]
        case "comment":
            words = "with one" if value else "without"
        case "text":
            words = texts.get(value, f"{value[:12]}…")
        case _:
            words = str(value)
    return words
