"""Labels of signatures and of the filters that find them."""

from datetime import datetime, tzinfo
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from campaign.domain.common.i18n import N_
from campaign.domain.moderation.removal import REMOVAL_LABELS
from campaign.domain.paper.entry import PAPER
from campaign.domain.places.postcode_areas import POSTCODE_AREAS
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState
from campaign.web import localised
from campaign.web.translation import gettext

SIGNATURE_STATE_LABELS: dict[str, tuple[str, str]] = {
    SignatureState.PENDING: (N_("waiting"), "warn"),
    SignatureState.VERIFIED: (N_("verified"), "good"),
    SignatureState.WITHDRAWN: (N_("withdrawn"), "plain"),
    SignatureState.INVALIDATED: (N_("invalidated"), "wrong"),
}
"""What each state is called, and the tone of its badge."""
REMOVAL_CHOICES = [(kind.value, *words) for kind, words in REMOVAL_LABELS.items()]
"""For a form: value, words and hint of each kind of reason to invalidate."""
_FILTER_LABELS = {
    "name": N_("Name begins with"), "address": N_("Address"), "domain": N_("Domain"), "area": N_("Postcode"),
    "country": N_("Country"), "network": N_("Network"), "source": N_("Source"), "states": N_("State"), "held": N_("Held"),
    "flag": N_("Held by flag"), "since": N_("From"), "before": N_("Before"), "comment": N_("Comment"),
    "words": N_("Comment says"), "text": N_("Text"), "batch": N_("Bulk change"), "kind": N_("Given"),
}  # fmt: skip


def time_with_seconds(at: datetime, zone: tzinfo) -> str:
    """A moment to the second: bursts are told by them."""
    return f"{localised.short_time(at, zone)}:{at.astimezone(zone):%S}"


def signed_label(at: datetime, kind: str, zone: ZoneInfo) -> str:
    """When somebody signed: to the second online; on paper stands a day."""
    return localised.day(at, zone) if kind == PAPER else time_with_seconds(at, zone)


def place_name(country: str, area: str) -> str:
    """Where somebody is from, as far as their area tells."""
    if country == "GB":
        return f"{gettext(POSTCODE_AREAS[area])} ({area})" if area in POSTCODE_AREAS else area or localised.country_name("GB")
    return localised.country_name(country) or country


def filter_chips(filters: Filters, zone: tzinfo, texts: dict[str, str]) -> list[tuple[str, str]]:
    """The filters that are used, in words, each with the names of what removing it takes away, joined by commas."""
    found = []
    for name in filters.active:
        if name in ("as_typed", "whole_name", "part_of_name"):
            continue
        words = _filter_value(name, getattr(filters, name), zone, texts)
        if name == "address":
            if filters.as_typed:
                words = gettext("%(address)s (this spelling)", address=words)
            name += ",as_typed"  # noqa: PLW2901 - what is removed with it
        label = _FILTER_LABELS[name.partition(",")[0]]
        if name == "name":
            label = N_("Name") if filters.whole_name else N_("Name has") if filters.part_of_name else label
            name += ",whole_name,part_of_name"  # noqa: PLW2901 - what is removed with it
        found.append((f"{gettext(label)}: {words}", name))
    return found


def _filter_value(name: str, value: Any, zone: tzinfo, texts: dict[str, str]) -> str:
    match name:
        case "states":
            words = reduce(
                lambda before, after: gettext("%(before)s or %(after)s", before=before, after=after),
                (gettext(SIGNATURE_STATE_LABELS[state][0]) for state in value),
            )
        case "since" | "before":
            words = time_with_seconds(value, zone) if value.second else localised.short_time(value, zone)
        case "kind":
            words = gettext("on paper") if value == "paper" else gettext("online")
        case "country":
            words = localised.country_name(value)
        case "held":
            words = gettext("waits for a look")
        case "comment":
            words = gettext("with one") if value else gettext("without")
        case "text":
            words = texts.get(value, f"{value[:12]}…")
        case _:
            words = str(value)
    return words
