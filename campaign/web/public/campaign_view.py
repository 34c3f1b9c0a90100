"""View of a campaign: the campaign at one moment, in the page's language and in the units pages need."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from campaign.domain.campaigns.announcement import AnnouncementKind
from campaign.domain.campaigns.campaign import Campaign, SignFormFields, SupportersRule
from campaign.domain.campaigns.colour import accent_palette, palette_css
from campaign.domain.campaigns.eligibility import Statement
from campaign.domain.campaigns.text import SignedText
from campaign.domain.common import formatting
from campaign.domain.updates.update import Outcome
from campaign.rendering.markdown import plain_text
from campaign.rendering.markdown_html import render_markdown
from campaign.services.signatures.activity import NO_ACTIVITY, CampaignActivity
from campaign.web import localised
from campaign.web.language import page_language, shared_path
from campaign.web.public.activity_view import ActivityView, activity_view
from campaign.web.public.cards import card_extension, card_url_path
from campaign.web.public.goal_views import GoalNoteView, GoalView, goal_note_views, goal_views
from campaign.web.public.labels import (
    online_paper_label,
    removed_label,
    removed_reason_labels,
)
from campaign.web.public.next_step_view import NextStepView, next_step_view
from campaign.web.public.picture_views import (
    IllustrationView,
    PictureView,
    illustration_view,
    organiser_picture_view,
    picture_view,
)
from campaign.web.public.update_view import NO_UPDATES, CampaignUpdatesView, outcome_label

_URGENCY_SECONDS = ((3_600, "last-hour"), (86_400, "last-day"))
"""Up to how many seconds before the deadline the countdown has a tone."""


@dataclass(frozen=True, slots=True)
class HistorySummary:
    """Summary of a campaign's past on its page, which leads to the whole history."""

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

    @property
    def removed_list(self) -> str:
        """These reasons in one line, as the language of the page lists things."""
        return formatting.format_list(self.removed_for, page_language().code)


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign at one moment, ready for a template. Words come beside the values that machines read."""

    slug: str
    share_path: str
    """Where its page is in the page's language: what is passed on."""
    text: SignedText
    text_language: str
    text_direction: str
    note: str
    written_summary: str
    """What it says of itself in a sentence or two; empty where nobody has written any."""
    thank_you: str
    share_text: str
    contact: str
    responsible: str
    """The data controller, with an address where there is one; see `Appearance.responsible`."""
    organiser: str
    organiser_url: str
    organiser_about: str
    form_fields: SignFormFields
    supporters_rule: SupportersRule
    state: str
    signatures: int
    signatures_label: str
    online_paper_label: str
    """How many of them were given online and how many on paper; empty where none was on paper."""
    held_label: str
    """How many more wait uncounted, held for a look; empty where none do, or so few that the public is not told."""
    goal: int
    goal_label: str
    opens_at: str
    opens_label: str
    closes_at: str
    closes_label: str
    verify_until_label: str
    links_work: bool
    """Whether a mailed link still verifies: not from the end of the grace on, which may be the deadline itself."""
    seconds_left: int
    time_left_label: str
    zone: str
    """The name of the time zone its times are in."""
    urgency: str
    goal_numbers: tuple[int, ...]
    """All goals, the lowest first."""
    goals: tuple[GoalView, ...]
    """The goals that were reached, the lowest first; also those since lost again."""
    goal_notes: tuple[GoalNoteView, ...]
    """Those goals at which something happens, the lowest first."""
    next_step: NextStepView
    picture: PictureView | None
    organiser_picture: PictureView | None
    gallery: tuple[IllustrationView, ...]
    """Further pictures, and those that stand for videos, below the text."""
    style: Markup
    """The campaign's colours, as the content of a style element; empty for those of the site."""
    card_url: str
    """Where the picture is that others show when the campaign is shared."""
    card_extension: str
    activity: ActivityView
    paused_message: str
    """What is said of it while it is paused; may be empty."""
    paused_by_site: bool
    """Whether it is paused with all others, by the operator of the site."""
    history: HistorySummary | None
    """None where there is nothing to tell."""
    statement: Statement | None = None
    """What a signatory ticks to say that they may sign; None where nothing is asked."""
    statement_required: bool = False
    outcome_label: str = ""
    """What has become of it, where nobody can sign it any more: "Won", "Answered"; empty where nothing is told of it."""
    updates: CampaignUpdatesView = NO_UPDATES
    """Its latest updates and the steps of its outcome, on its own page."""

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/c/{self.slug}"

    @property
    def ask_html(self) -> Markup:
        """What is asked."""
        return render_markdown(self.text.ask)

    @property
    def background_html(self) -> Markup:
        """Why."""
        return render_markdown(self.text.background)

    @property
    def thank_you_html(self) -> Markup:
        """What is said to who has just verified."""
        return render_markdown(self.thank_you)

    @property
    def summary(self) -> str:
        """The campaign in a sentence or two: as it was written, else what is asked, without markup."""
        return self.written_summary or plain_text(self.text.ask)

    @property
    def open(self) -> bool:
        """Whether it can be signed now."""
        return self.state == "open"

    @property
    def next_goal(self) -> str:
        """The goal to reach now, in words; empty once the last one is reached, and once nobody can sign any more."""
        return self.goal_label if self.signatures < self.goal and self.state not in ("closed", "final") else ""

    @property
    def notes_by_goal(self) -> dict[int, str]:
        """What happens at each goal, by its number."""
        return {one.number: one.note for one in self.goal_notes}

    @property
    def next_goal_note(self) -> str:
        """What happens at the next goal; empty where nothing is said of it."""
        return self.notes_by_goal.get(self.goal, "") if self.next_goal else ""

    @property
    def as_closed(self) -> "CampaignView":
        """The same, closed: what the page has ready for the moment of the deadline."""
        return replace(self, state="closed")


def campaign_view(
    campaign: Campaign, now: datetime, activity: CampaignActivity = NO_ACTIVITY, updates: CampaignUpdatesView = NO_UPDATES,
    outcome: Outcome = Outcome.NONE,
) -> CampaignView:  # fmt: skip
    """How a campaign looks at `now`, in the language this page speaks."""
    here = page_language()
    version = campaign.in_language(here.content_code)
    zone, window = campaign.zone, campaign.window
    seconds_left = campaign.seconds_left(now)
    return CampaignView(
        slug=campaign.slug,
        share_path=shared_path(campaign),
        text=version.text,
        text_language=version.language,
        text_direction=formatting.text_direction(version.language),
        note=version.page_texts.note,
        written_summary=version.page_texts.summary,
        thank_you=version.page_texts.thank_you,
        share_text=version.page_texts.share_text or version.text.title,
        contact=campaign.contact,
        responsible=campaign.appearance.responsible,
        organiser=campaign.appearance.organiser,
        organiser_url=campaign.appearance.organiser_url,
        organiser_about=version.page_texts.organiser_about,
        form_fields=campaign.form_fields,
        statement=campaign.eligibility.in_language(here.content_code),
        statement_required=campaign.eligibility.is_required,
        supporters_rule=campaign.appearance.supporters,
        state=campaign.state(now).value,
        signatures=campaign.signatures,
        signatures_label=localised.number(campaign.signatures),
        online_paper_label=online_paper_label(campaign.online, campaign.paper),
        held_label=localised.number(campaign.held_shown) if campaign.held_shown else "",
        goal=campaign.goal,
        goal_label=localised.number(campaign.goal),
        opens_at=formatting.format_utc(window.opens_at),
        opens_label=localised.moment(window.opens_at, zone),
        closes_at=formatting.format_utc(window.closes_at),
        closes_label=localised.deadline(window.closes_at, zone),
        verify_until_label=localised.deadline(window.verify_until, zone),
        links_work=window.accepts_verification(now + campaign.clock_offset),
        seconds_left=seconds_left,
        time_left_label=localised.duration(seconds_left),
        zone=zone.key,
        urgency=_urgency(seconds_left),
        goal_numbers=campaign.goals,
        goals=goal_views(campaign),
        goal_notes=goal_note_views(campaign, version.page_texts.goal_notes),
        next_step=next_step_view(campaign, version.page_texts),
        style=accent_style(campaign.appearance.accent),
        activity=activity_view(activity, now, campaign.signatures),
        card_url=card_url_path(campaign, now),
        card_extension=card_extension(campaign),
        paused_message=campaign.paused_message,
        paused_by_site=campaign.paused_by_site,
        history=_history_summary(campaign),
        updates=updates,
        outcome_label=outcome_label(outcome or updates.outcome_kind),
        **picture_views(campaign, f"/c/{campaign.slug}"),
    )


def picture_views(campaign: Campaign, path: str) -> dict[str, Any]:
    """What a view shows of a campaign's pictures, by its fields; their copies are under `path`."""
    looks, here = campaign.appearance, page_language()
    alt = campaign.in_language(here.content_code).page_texts.picture_alt
    return {
        "picture": picture_view(path, looks.picture, alt),
        "organiser_picture": organiser_picture_view(path, looks.organiser_picture),
        "gallery": tuple(illustration_view(path, each, here.content_code) for each in looks.gallery),
    }


def _history_summary(campaign: Campaign) -> HistorySummary | None:
    past, zone = campaign.history, campaign.zone
    if past.is_empty:
        return None
    changed = localised.day(past.text_changed_at, zone) if past.text_changed_at else ""
    gone = (removed_label(past.removals), removed_reason_labels(past.removals))
    moved = past.deadline_change
    if moved is None or moved.deadline_after is None:
        return HistorySummary(changed, "", "", "", *gone)
    when = localised.deadline(moved.deadline_after, zone)
    extended = moved.kind is AnnouncementKind.EXTENDED
    return HistorySummary(changed, when if extended else "", "" if extended else when, moved.reason, *gone)


def _urgency(seconds_left: int) -> str:
    return next((tone for longest, tone in _URGENCY_SECONDS if 0 < seconds_left <= longest), "")


@lru_cache(maxsize=256)
def accent_style(accent: str) -> Markup:
    """A campaign's colours, as the content of a style element; empty for those of the site."""
    # Made of numbers alone, whatever was typed.
    return Markup(palette_css(accent_palette(accent))) if accent else Markup()  # noqa: S704
