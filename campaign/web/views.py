"""What a page shows of a campaign: its standing at one moment, in words and in the units pages need."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain import wording
from campaign.domain.standing import Asked, Standing, Text


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone in words."""

    goal: str
    day: str


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign at one moment, ready for a template. Words come beside the values that machines read."""

    slug: str
    text: Text
    note: str
    contact: str
    asked: Asked
    state: str
    signatures: int
    signatures_words: str
    goal: int
    goal_words: str
    opens_at: str
    opens_words: str
    closes_at: str
    closes_words: str
    verify_until_words: str
    seconds_left: int
    left_words: str
    milestones: tuple[Reached, ...]

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/c/{self.slug}"

    @property
    def open(self) -> bool:
        """Whether it can be signed now."""
        return self.state == "open"


def view(standing: Standing, now: datetime) -> CampaignView:
    """How a campaign looks at `now`."""
    zone, window = standing.zone, standing.window
    seconds_left = window.seconds_left(now)
    return CampaignView(
        slug=standing.slug, text=standing.text, note=standing.note, contact=standing.contact, asked=standing.asked,
        state=standing.state(now).value, signatures=standing.signatures, signatures_words=wording.number(standing.signatures),
        goal=standing.goal, goal_words=wording.number(standing.goal),
        opens_at=wording.utc(window.opens_at), opens_words=wording.moment(window.opens_at, zone),
        closes_at=wording.utc(window.closes_at), closes_words=wording.moment(window.closes_at, zone),
        verify_until_words=wording.moment(window.verify_until, zone),
        seconds_left=seconds_left, left_words=wording.time_left(seconds_left),
        milestones=tuple(Reached(wording.number(m.goal), wording.day(m.reached_at, zone)) for m in standing.milestones),
    )  # fmt: skip
