"""What a page shows of a campaign: its standing at one moment, in the page's language and in the units pages need."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from campaign.domain import wording
from campaign.domain.announcement import Kind
from campaign.domain.colour import css, palette
from campaign.domain.standing import Asked, Standing, SupportersRule
from campaign.domain.supporter import Supporter
from campaign.domain.text import Picture, Text
from campaign.markup import plain
from campaign.web.cards import card_path
from campaign.web.language import spoken
from campaign.web.markdown import render
from campaign.web.words import kinds_words, number, place, removed_kinds, removed_words, time_left

_TONES = ((3_600, "last-hour"), (86_400, "last-day"))
"""Up to how many seconds before the deadline the countdown has a tone."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A goal on the ladder."""

    goal: str
    reached: str
    """The day it was reached, in words; empty while it is not."""
    next: bool
    """Whether it is the one to reach now."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """The campaign's picture as a page shows it."""

    alt: str
    width: int
    height: int
    src: str
    srcset: str


@dataclass(frozen=True, slots=True)
class PastView:
    """What a page tells of a campaign's past, before it leads to the whole history."""

    changed: str
    """The day on which its text was last changed, in words; empty where it never was."""
    extended: str
    """Until when it was extended, in words; empty where its deadline was not moved, or was brought forward."""
    closed_early: str
    """When it was closed early, in words; empty where it was not, or was extended later."""
    reason: str
    """Why the deadline was moved."""
    removed: str
    """How many verified signatures were removed, in words; empty where none were."""
    removed_for: tuple[str, ...]
    """For which kinds of reasons, and how many for each, in words."""


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign at one moment, ready for a template. Words come beside the values that machines read."""

    slug: str
    text: Text
    text_language: str
    text_direction: str
    note: str
    written_summary: str
    """What it says of itself in a sentence or two; empty where nobody has written any."""
    thank_you: str
    share_text: str
    contact: str
    controller: str
    asked: Asked
    supporters_rule: SupportersRule
    state: str
    signatures: int
    signatures_words: str
    kinds_words: str
    """How many of them were given online and how many on paper; empty where none was on paper."""
    goal: int
    goal_words: str
    opens_at: str
    opens_words: str
    closes_at: str
    closes_words: str
    verify_until_words: str
    seconds_left: int
    left_words: str
    zone: str
    """The name of the time zone its times are in."""
    tone: str
    ladder: tuple[Rung, ...]
    picture: PictureView | None
    style: Markup
    """The campaign's colours, as the content of a style element; empty for those of the site."""
    card: str
    """Where the picture is that others show when the campaign is shared."""
    supporters: tuple[Supporter, ...]
    """Recent ones who chose to be public."""
    paused_message: str
    """What is said of it while it is paused; may be empty."""
    held_by_site: bool
    """Whether it is paused with all others, by the operator of the site."""
    past: PastView | None
    """None where there is nothing to tell."""

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/c/{self.slug}"

    @property
    def ask_html(self) -> Markup:
        """What is asked."""
        return render(self.text.ask)

    @property
    def background_html(self) -> Markup:
        """Why."""
        return render(self.text.background)

    @property
    def thank_you_html(self) -> Markup:
        """What is said to who has just verified."""
        return render(self.thank_you)

    @property
    def summary(self) -> str:
        """The campaign in a sentence or two: as it was written, else what is asked, without markup."""
        return self.written_summary or plain(self.text.ask)

    @property
    def open(self) -> bool:
        """Whether it can be signed now."""
        return self.state == "open"

    @property
    def once_closed(self) -> "CampaignView":
        """The same, closed: what the page has ready for the moment of the deadline."""
        return replace(self, state="closed")

    @property
    def style_hash(self) -> str:
        """What the policy of a page must name for its style element to be allowed; empty where it has none."""
        return f"'sha256-{b64encode(hashlib.sha256(self.style.encode()).digest()).decode()}'" if self.style else ""


def view(standing: Standing, now: datetime, supporters: tuple[Supporter, ...] = ()) -> CampaignView:
    """How a campaign looks at `now`, in the language this page speaks."""
    here = spoken()
    version = standing.version(here.wanted)
    zone, window, language = standing.zone, standing.window, here.code
    seconds_left = window.seconds_left(now)
    return CampaignView(
        slug=standing.slug, text=version.text, text_language=version.language,
        text_direction=wording.direction(version.language),
        note=version.words.note, written_summary=version.words.summary, thank_you=version.words.thank_you,
        share_text=version.words.share_text or version.text.title,
        contact=standing.contact, controller=standing.appearance.controller, asked=standing.asked,
        supporters_rule=standing.appearance.supporters,
        state=standing.state(now).value, signatures=standing.signatures, signatures_words=number(standing.signatures),
        kinds_words=kinds_words(standing.online, standing.paper),
        goal=standing.goal, goal_words=number(standing.goal),
        opens_at=wording.utc(window.opens_at), opens_words=wording.moment(window.opens_at, zone, language),
        closes_at=wording.utc(window.closes_at), closes_words=wording.moment(window.closes_at, zone, language),
        verify_until_words=wording.moment(window.verify_until, zone, language),
        seconds_left=seconds_left, left_words=time_left(seconds_left), zone=zone.key, tone=_tone(seconds_left),
        ladder=_ladder(standing, language), style=_style(standing.appearance.accent),
        supporters=tuple(Supporter(supporter.name, place(supporter.area)) for supporter in supporters),
        card=card_path(standing, now), paused_message=standing.paused_message, held_by_site=standing.held_by_site,
        past=_past(standing, language),
        picture=picture_view(f"/c/{standing.slug}", standing.appearance.picture, version.words.picture_alt),
    )  # fmt: skip


def _past(standing: Standing, language: str) -> PastView | None:
    past, zone = standing.past, standing.zone
    if past.empty:
        return None
    changed = wording.day(past.changed_at, zone, language) if past.changed_at else ""
    gone = (removed_words(past.removed), removed_kinds(past.removed))
    moved = past.deadline
    if moved is None or moved.became is None:
        return PastView(changed, "", "", "", *gone)
    when = wording.moment(moved.became, zone, language)
    extended = moved.kind is Kind.EXTENDED
    return PastView(changed, when if extended else "", "" if extended else when, moved.reason, *gone)


def _tone(seconds_left: int) -> str:
    return next((tone for longest, tone in _TONES if 0 < seconds_left <= longest), "")


def _ladder(standing: Standing, language: str) -> tuple[Rung, ...]:
    reached = {m.goal: wording.day(m.reached_at, standing.zone, language) for m in standing.milestones}
    goals = sorted({*reached, standing.goal})
    return tuple(
        Rung(number(goal), reached.get(goal, ""), next=goal == standing.goal and standing.signatures < goal) for goal in goals
    )


def picture_view(path: str, picture: Picture | None, alt: str) -> PictureView | None:
    """A campaign's picture, whose copies are under `path`; None where it has none."""
    if picture is None:
        return None
    urls = {width: f"{path}/picture-{width}.webp?v={picture.hash}" for width, _ in picture.sizes}
    width, height = picture.sizes[-1]
    return PictureView(
        alt, width, height, src=urls[picture.sizes[0][0]], srcset=", ".join(f"{url} {w}w" for w, url in urls.items())
    )


@lru_cache(maxsize=256)
def _style(accent: str) -> Markup:
    # Made of numbers alone, whatever was typed.
    return Markup(css(palette(accent))) if accent else Markup()  # noqa: S704
