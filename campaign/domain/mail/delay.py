"""Delay of mails at the moment, by the provider of the mailbox, as it was measured of all mails of the last half hour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from campaign.domain.signatures.webmail import webmail_for

MEASURED_WINDOW = timedelta(minutes=30)
"""Mails promised longer ago say nothing about the moment."""
MIN_MAILS = 5
"""Mails below which nothing is said: it would be about these people."""
SLOW_SECONDS = 300
"""Seconds from which mail is slow."""
HELD_UP_AFTER = timedelta(minutes=1)
"""How long no mail has left before that is told: a mail server that restarts is back sooner."""
MIN_FLOOD_MAILS = 50
"""Mails waiting behind their own network from which that is told to who comes from it."""
_SHARE = 0.8
"""Part of the mails that are there within what is said."""


@dataclass(frozen=True, slots=True)
class MailDelays:
    """Delays of mails at the moment, in seconds."""

    overall: int | None = None
    """None where too few mails have gone."""
    by_provider: Mapping[str, int] = field(default_factory=dict)
    """By the name of the mailbox's provider; without those of whom too few mails have gone."""
    flood_seconds: int = 0
    """For somebody whose network has others waiting; 0 while there is no such network."""
    is_held_up: bool = False
    """No mail leaves at present, so what was measured before says nothing."""

    def of_address(self, address: str) -> tuple[str, int | None]:
        """The provider of an address where it alone is slow, else "", and how long its mails take; None where nobody knows."""
        provider = provider_name(address)
        seconds = self.by_provider.get(provider, self.overall)
        alone = seconds is not None and seconds >= SLOW_SECONDS > (self.overall or 0) and provider in self.by_provider
        return (provider if alone else ""), seconds


NO_DELAYS = MailDelays()


def provider_name(address: str) -> str:
    """The name of the provider that a mailbox is at; "" for a domain of its own."""
    found = webmail_for(address)
    return found.name if found else ""


def measured_delays(waits: Iterable[tuple[str, float]], least: float = 0.0, flood_seconds: float = 0.0) -> MailDelays:
    """Delays of mails by their domains and seconds. `least`: what a bound on all mails makes of them now."""
    every: list[float] = []
    by_provider: dict[str, list[float]] = {}
    for domain, seconds in waits:
        every.append(seconds)
        if provider := provider_name(f"@{domain}"):
            by_provider.setdefault(provider, []).append(seconds)
    told = {name: round(max(least, _within(found))) for name, found in by_provider.items() if len(found) >= MIN_MAILS}
    overall = round(max(least, _within(every))) if len(every) >= MIN_MAILS else None
    return MailDelays(round(least) or None if overall is None else overall, told, round(flood_seconds))


def _within(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(_SHARE * len(ordered)))]
