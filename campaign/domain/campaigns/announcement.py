"""Announcements of a campaign's life to the public: that it closed early, was extended, paused, went on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from campaign.domain.common.i18n import N_
from campaign.domain.common.reason import read_reason

MAX_PUBLIC_REASON_LENGTH = 300
"""Characters, of a reason and of what is said while signing is paused."""


class AnnouncementKind(StrEnum):
    """Kind of announcement: what was done."""

    CLOSED_EARLY = "closed-early"
    EXTENDED = "extended"
    PAUSED = "paused"
    RESUMED = "resumed"
    GRACE_EXTENDED = "grace-extended"
    """Mailed links verify for longer, after an outage of mail."""


class Announcer(StrEnum):
    """Announcer as the public is told: never a name."""

    CAMPAIGNERS = "the campaigners"
    OPERATOR = "the operator of this site"
    SITE = "this site, by its rule"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing the public is told of."""

    kind: AnnouncementKind
    by: Announcer
    reason: str
    """As it was typed; what is said while signing is paused may be empty."""
    facts: Mapping[str, str]
    """`was` and `became` where the deadline was moved, `grace_was` and `grace_became` where the grace has grown, and then
    `began`, `ended` and `provider` of the outage: times in UTC."""
    created_at: datetime

    @property
    def deadline_before(self) -> datetime | None:
        """The deadline there was before, where it was moved."""
        return _parse_time(self.facts.get("was", ""))

    @property
    def deadline_after(self) -> datetime | None:
        """The deadline it was moved to."""
        return _parse_time(self.facts.get("became", ""))

    @property
    def outage(self) -> "AnnouncedOutage | None":
        """The outage of mail that a grace has grown by."""
        times = [_parse_time(self.facts.get(name, "")) for name in ("began", "ended", "grace_was", "grace_became")]
        known = [time for time in times if time is not None]
        return AnnouncedOutage(self.facts.get("provider", ""), *known) if len(known) == len(times) else None


@dataclass(frozen=True, slots=True)
class AnnouncedOutage:
    """An outage of mail, and what it did to the grace."""

    provider: str
    """"" where mail to nobody was taken."""
    began_at: datetime
    ended_at: datetime
    verify_until_before: datetime
    verify_until: datetime


@dataclass(frozen=True, slots=True)
class PublicHistory:
    """History of a campaign as its page tells it."""

    text_changed_at: datetime | None = None
    """When its text was last changed, in any language, after it was published."""
    deadline_change: Announcement | None = None
    """How its deadline was moved last."""
    has_announcements: bool = False
    """Whether the public was told of anything."""
    removals: tuple[tuple[str, int], ...] = ()
    """How many verified signatures campaigners have removed, by kind of reason (`domain.moderation.removal`), most first."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that a history would say."""
        return self.text_changed_at is None and not self.has_announcements and not self.removals


def read_public_reason(text: str, *, required: bool = True) -> str:
    """Reason that the public page shows, on one line. Raises InvalidInputError."""
    return read_reason(text, MAX_PUBLIC_REASON_LENGTH, missing=N_("Say why: the public page shows it.") if required else "")


def _parse_time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
