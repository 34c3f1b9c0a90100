"""Read model of a campaign at one moment: its public words, its window, and its numbers. Holds no personal data."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from campaign.domain.campaigns.announcement import PublicHistory
from campaign.domain.campaigns.eligibility import Eligibility
from campaign.domain.campaigns.next_step import NextStep
from campaign.domain.campaigns.text import Illustration, LanguageVersion, PageTexts, Picture, SignedText
from campaign.domain.campaigns.window import CampaignState, SigningWindow
from campaign.domain.places.suppression import MIN_SHOWN

PostcodeRule = Literal["no", "optional", "required", "required-in-gb"]
FieldRule = Literal["no", "optional", "required"]
SupportersRule = Literal["first-name", "full-name", "no"]
"""How supporters who chose to be public are named on the campaign's page: by first name and area, in full, or not at all."""
RecipientKind = Literal[
    "commons", "lords", "council", "scotland", "senedd", "oireachtas", "bundestag", "canada", "australia", "new-zealand",
    "minister", "company", "other",
]  # fmt: skip
"""Whom a campaign asks: a parliament by its country or House, a council, a minister, a company or public body, or another."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """Appearance of a campaign, and what it says of itself beside its text."""

    accent: str = ""
    """A colour as "#rrggbb"; empty for the site's own."""
    supporters: SupportersRule = "first-name"
    controller: str = ""
    """Who is responsible for the signatures in law: name and address. Shown on the privacy page; see `responsible`."""
    picture: Picture | None = None
    organiser: str = ""
    """Name of the person or organisation behind the campaign, shown wherever it is; empty where nobody has said it."""
    organiser_url: str = ""
    """Their own `https` page; empty for none."""
    organiser_picture: Picture | None = None
    """Their picture or logo."""
    gallery: tuple[Illustration, ...] = ()
    """Pictures below the text beside the campaign's own, and those that stand for videos."""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All that the campaign shows of itself: its own, its organiser's, and those of the gallery."""
        shown = (self.picture, self.organiser_picture, *(each.picture for each in self.gallery))
        return tuple(picture for picture in shown if picture is not None)

    @property
    def responsible(self) -> str:
        """The data controller: `controller` where it is given, else the organiser; "" where neither is."""
        return self.controller or self.organiser


@dataclass(frozen=True, slots=True)
class SignFormFields:
    """Fields of the sign form beyond name and email."""

    country: FieldRule = "required"
    postcode: PostcodeRule = "required-in-gb"
    """`required-in-gb`: asked for and required where the country is GB, not asked for elsewhere."""
    comment: FieldRule = "optional"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A goal and the moment it was reached."""

    goal: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as the public sees it, with its numbers as of one commit of the ledger."""

    id: int
    slug: str
    versions: tuple[LanguageVersion, ...]
    """The campaign in each language it speaks; its main one first."""
    window: SigningWindow
    time_zone: str
    goals: tuple[int, ...]
    form_fields: SignFormFields
    appearance: Appearance
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
    published: bool = True
    """False for a draft: nobody but its team sees it."""
    recipient_kind: RecipientKind = "other"
    paused_message: str = ""
    """What the campaigner says to who comes while it is paused."""
    history: PublicHistory = field(default_factory=PublicHistory)
    """What its page tells of its past."""
    next_step: NextStep = field(default_factory=NextStep)
    """What is asked first of who has just signed."""
    paper: int = 0
    """Of `signatures`, those on paper."""
    held: int = 0
    """Verified signatures that wait uncounted, held by a flag."""
    eligibility: Eligibility = field(default_factory=Eligibility)
    """Who may sign."""
    paused_by_site: bool = False
    """Whether it is paused with all others, by the operator of the site; see `domain.site.switch`."""
    clock_offset: timedelta = field(default=timedelta(), compare=False)
    """How far the clock of the countdown in Redis is ahead of the one that `now` comes from: pages count down by that one."""

    @property
    def language(self) -> str:
        """Its main language."""
        return self.versions[0].language

    @property
    def text(self) -> SignedText:
        """What is signed, in its main language."""
        return self.versions[0].text

    @property
    def page_texts(self) -> PageTexts:
        """What it says beside the text, in its main language."""
        return self.versions[0].page_texts

    def in_language(self, language: str) -> LanguageVersion:
        """The campaign in a language, or in its main one where it does not speak that."""
        return next((version for version in self.versions if version.language == language), self.versions[0])

    @property
    def signatures(self) -> int:
        """The number to show: verified signatures, or the certified total once there is one."""
        return self.verified if self.final_total is None else self.final_total

    @property
    def held_shown(self) -> int:
        """Held signatures as the public is told of them: 0 for a few."""
        return self.held if self.held >= MIN_SHOWN else 0

    @property
    def online(self) -> int:
        """Of `signatures`, those given online, each proved by mail."""
        return self.signatures - self.paper

    @property
    def goal(self) -> int:
        """The next goal to reach, or the last one when all are reached."""
        return next((goal for goal in self.goals if goal > self.signatures), self.goals[-1])

    @property
    def zone(self) -> ZoneInfo:
        """The time zone its times are shown in."""
        return ZoneInfo(self.time_zone)

    def state(self, now: datetime) -> CampaignState:
        """The campaign's state at `now`."""
        return self.window.state(now + self.clock_offset)

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds until the deadline, rounded down; 0 once it has passed."""
        return self.window.seconds_left(now + self.clock_offset)
