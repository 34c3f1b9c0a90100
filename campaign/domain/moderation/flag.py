"""Flags: what looks odd among signatures, told in words and by a score of named parts. A flag is for campaigners to judge:
nobody is refused by it, and no signatory hears of it.

What works against abuse is judging by the moment of signing: a mobile network or a university signs all day, a program in a
burst.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.domain.site.alarm import FLOOD_SIGNATURES, FLOOD_VERIFIED_SHARE


class FlagKind(StrEnum):
    """Kind of flag: what is odd."""

    NETWORK = "network"
    DOMAIN = "domain"
    NAME = "name"
    SOURCE = "source"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FlagPeriod:
    """Time in which the signatures of a flag were given."""

    since: datetime
    before: datetime

    def joined(self, other: "FlagPeriod") -> "FlagPeriod":
        """From the beginning of the earlier to the end of the later."""
        return FlagPeriod(min(self.since, other.since), max(self.before, other.before))


def whole_seconds(first: datetime, last: datetime) -> FlagPeriod:
    """The period from one signature to another, both included, in whole seconds, as a form can say it."""
    return FlagPeriod(first.replace(microsecond=0), last.replace(microsecond=0) + timedelta(seconds=1))


MAX_FLAG_PERIOD = timedelta(hours=6)
"""A burst that goes on for longer is another flag."""
MIN_SIGNATURES = {FlagKind.NETWORK: 20, FlagKind.DOMAIN: 20, FlagKind.NAME: 5, FlagKind.SOURCE: 30, FlagKind.REFUSED: 20}
"""Signatures (mails, for REFUSED) below which nothing is odd yet."""
MIN_SCORE = 40
"""The score, of at most 100, from which a flag is shown."""

SERIOUS_SCORE = 70
"""The score from which the team is told at once."""

FLAG_TITLES = {
    FlagKind.NETWORK: "Burst from one network",
    FlagKind.DOMAIN: "Burst from one mail domain",
    FlagKind.NAME: "The same name again and again",
    FlagKind.SOURCE: "One source far above the others",
    FlagKind.REFUSED: "Mails to one domain are refused",
}
SCORE_PART_LABELS = {
    "many": "many in one hour",
    "share": "a large part of all in that hour",
    "few domains": "few mail domains among them",
    "few networks": "few networks among them",
    "alike": "names that repeat",
    "one word": "names of one word",
    "unverified": "hardly any were verified",
    "unusual": "far above what is usual here",
    "one place": "all from one network",
    "one domain": "all at one mail domain",
    "refused": "many mails were refused",
    "refused share": "a large part of the mails there",
}
"""What each part of a score stands for."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Observation of one network, domain, name or source within an hour."""

    subject: str
    count: int
    """Signatures; for REFUSED, mails that were refused."""
    total: int
    """All signatures of that hour; for REFUSED, all mails to the domain that were answered."""
    verified: int = 0
    domains: int = 0
    networks: int = 0
    names: int = 0
    one_word: int = 0
    baseline: float = 0.0
    """Signatures of this subject in a usual hour of this campaign; for SOURCE, its share of the total until now."""
    period: FlagPeriod | None = None
    """When they were given; None where that was not asked for."""

    def facts(self) -> dict[str, int]:
        """The numbers its reason is told with."""
        return {"amount": self.count, "total": self.total, "verified": self.verified}


def score_parts(kind: FlagKind, observation: Observation) -> dict[str, int]:
    """What the score of a flag is made of; empty where it is not odd at all. The score is their sum, at most 100."""
    n = observation.count
    if n < MIN_SIGNATURES[kind]:
        return {}
    share = n / max(observation.total, 1)
    found = {
        FlagKind.NETWORK: {
            "many": min(30, n // 2),
            "share": _share_points(share, 0.2, 25) if observation.total >= 2 * MIN_SIGNATURES[kind] else 0,
            "few domains": 15 if observation.domains <= max(1, n // 10) else 0,
            "alike": 10 if observation.names <= n // 2 else 0,
            "one word": 10 if observation.one_word > 0.8 * n else 0,
            "unverified": 20 if observation.verified < 0.1 * n else 0,
        },
        FlagKind.DOMAIN: {
            "many": min(25, n // 2),
            "unusual": 25 if n > 5 * max(observation.baseline, 1) else 0,
            "few networks": 15 if observation.networks <= max(1, n // 10) else 0,
            "alike": 15 if observation.names <= n // 2 else 0,
            "unverified": 20 if observation.verified < 0.1 * n else 0,
        },
        FlagKind.NAME: {
            "many": min(50, 6 * n),
            "one place": 25 if observation.networks == 1 else 0,
            "one domain": 25 if observation.domains == 1 else 0,
        },
        FlagKind.SOURCE: {
            "share": _share_points(share, 0.5, 40),
            "unusual": 35 if observation.baseline < 0.1 and share >= 0.5 else 0,
            "unverified": 25 if observation.verified < 0.1 * n else 0,
        },
        FlagKind.REFUSED: {"refused": min(50, n), "refused share": _share_points(share, 0.3, 50)},
    }[kind]
    return {name: points for name, points in found.items() if points}


def is_flood(kind: FlagKind, observation: Observation) -> bool:
    """Whether what was seen of a network is a flood: so many in an hour, and hardly any of them verified."""
    few_verified = observation.verified < FLOOD_VERIFIED_SHARE * observation.count
    return kind is FlagKind.NETWORK and observation.count >= FLOOD_SIGNATURES and few_verified


def flag_reason(kind: FlagKind, subject: str, facts: Mapping[str, int]) -> str:
    """A flag in a sentence."""
    amount, total, verified = facts.get("amount", 0), facts.get("total", 0), facts.get("verified", 0)
    of_all = f"{amount:,} of the {total:,} signatures of that time"
    return {
        FlagKind.NETWORK: f"{of_all} came from the network {subject}; {verified:,} of them are verified.",
        FlagKind.DOMAIN: f"{of_all} gave addresses at {subject}; {verified:,} of them are verified.",
        FlagKind.NAME: f"{amount:,} signatures of that time bear the same name, with different addresses.",
        FlagKind.SOURCE: f"{of_all} came by “{subject}”; {verified:,} of them are verified.",
        FlagKind.REFUSED: f"{subject} refused {amount:,} of {total:,} verification mails of the last day: "
        "either the addresses do not exist, or it does not take our mail.",
    }[kind]


def _share_points(share: float, minimum: float, maximum: int) -> int:
    """Points for a share: none below `minimum`, `maximum` for all."""
    return round(maximum * (share - minimum) / (1 - minimum)) if share >= minimum else 0
