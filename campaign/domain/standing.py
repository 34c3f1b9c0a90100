"""How a campaign stands at one moment: its public words, its window, and its numbers. Holds no personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from campaign.domain.window import State, Window

PostcodeRule = Literal["no", "optional", "required", "required-in-gb"]
FieldRule = Literal["no", "optional", "required"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which fields beyond name and email the sign form asks for."""

    country: FieldRule = "required"
    postcode: PostcodeRule = "required-in-gb"
    """`required-in-gb`: asked for and required where the country is GB, not asked for elsewhere."""
    comment: FieldRule = "optional"


@dataclass(frozen=True, slots=True)
class Text:
    """One version of what people sign."""

    hash: str
    """SHA-256 of the exact text, in hexadecimal (`campaign.domain.definition.text_hash`)."""
    title: str
    recipient: str
    """Of whom it is asked."""
    ask: str
    """What is asked, in a sentence or two."""
    background: str
    """Why; paragraphs are separated by an empty line."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A goal and the moment it was reached."""

    goal: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign as the public sees it, with its numbers as of one commit of the ledger."""

    id: int
    slug: str
    text: Text
    window: Window
    time_zone: str
    goals: tuple[int, ...]
    asked: Asked
    note: str
    """A sentence shown above the text; the demonstration campaign says here that it is one. May be empty."""
    contact: str
    taken_down: bool
    revision: int
    """Grows with every change of anything here; a copy with a lower one is older."""
    sequence: int
    """The last entry of the ledger that these numbers include."""
    verified: int
    pending: int
    final_total: int | None
    milestones: tuple[Milestone, ...]
    as_of: datetime
    """When the numbers were last brought up to date."""

    @property
    def signatures(self) -> int:
        """The number to show: verified signatures, or the certified total once there is one."""
        return self.verified if self.final_total is None else self.final_total

    @property
    def goal(self) -> int:
        """The next goal to reach, or the last one when all are reached."""
        return next((goal for goal in self.goals if goal > self.signatures), self.goals[-1])

    @property
    def zone(self) -> ZoneInfo:
        """The time zone its times are shown in."""
        return ZoneInfo(self.time_zone)

    def state(self, now: datetime) -> State:
        """The campaign's state at `now`."""
        return self.window.state(now)
