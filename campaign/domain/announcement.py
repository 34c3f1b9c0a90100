"""What the public is told of a campaign's life: that it closed early, was extended, paused, went on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from campaign.domain.refusal import Refused

LONGEST_REASON = 300
"""Characters, of a reason and of what is said while signing is paused."""


class Kind(StrEnum):
    """What was done."""

    CLOSED_EARLY = "closed-early"
    EXTENDED = "extended"
    PAUSED = "paused"
    RESUMED = "resumed"


class By(StrEnum):
    """Who did it, as the public is told: never a name."""

    CAMPAIGNERS = "the campaigners"
    OPERATOR = "the operator of this site"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing the public is told of."""

    kind: Kind
    by: By
    reason: str
    """As it was typed; what is said while signing is paused may be empty."""
    facts: Mapping[str, str]
    """`was` and `became` where the deadline was moved: times in UTC."""
    created_at: datetime

    @property
    def was(self) -> datetime | None:
        """The deadline there was before, where it was moved."""
        return _time(self.facts.get("was", ""))

    @property
    def became(self) -> datetime | None:
        """The deadline it was moved to."""
        return _time(self.facts.get("became", ""))


@dataclass(frozen=True, slots=True)
class Past:
    """What a campaign's page tells of its past."""

    changed_at: datetime | None = None
    """When its text was last changed, in any language, after it was published."""
    deadline: Announcement | None = None
    """How its deadline was moved last."""
    told: bool = False
    """Whether the public was told of anything."""
    removed: tuple[tuple[str, int], ...] = ()
    """How many verified signatures campaigners have removed, by kind of reason (`domain.removal`), most first."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing that a history would say."""
        return self.changed_at is None and not self.told and not self.removed


def read_reason(text: str, *, required: bool = True) -> str:
    """What the public is told, on one line. Raises Refused."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if required and not line:
        raise Refused("Say why: the public page shows it.")
    if len(line) > LONGEST_REASON:
        raise Refused("Write %(most)s characters or fewer; these are %(typed)s.", most=LONGEST_REASON, typed=len(line))
    return line


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
