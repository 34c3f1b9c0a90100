"""The life of a campaign: its stages, which moves each allows, and what a draft still lacks to be published."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.common.invalid_input import InvalidInputError


class Stage(StrEnum):
    """Stage of a campaign's life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    FINAL = "final"
    TAKEN_DOWN = "taken down"


class LifecycleAction(StrEnum):
    """Action that can be done to a campaign in the course of its life."""

    PUBLISH = "publish"
    RESCHEDULE = "opening"
    """Open at another time than was planned."""
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CLOSE = "close"
    CHANGE_SLUG = "address"
    TAKE_DOWN = "take-down"
    RESTORE = "put-back"


_ALLOWED_ACTIONS = {
    Stage.DRAFT: (LifecycleAction.PUBLISH, LifecycleAction.CHANGE_SLUG),
    Stage.SCHEDULED: (
        LifecycleAction.RESCHEDULE,
        LifecycleAction.EXTEND,
        LifecycleAction.CHANGE_SLUG,
        LifecycleAction.TAKE_DOWN,
    ),
    Stage.OPEN: (
        LifecycleAction.PAUSE,
        LifecycleAction.EXTEND,
        LifecycleAction.CLOSE,
        LifecycleAction.CHANGE_SLUG,
        LifecycleAction.TAKE_DOWN,
    ),
    Stage.PAUSED: (
        LifecycleAction.RESUME,
        LifecycleAction.EXTEND,
        LifecycleAction.CLOSE,
        LifecycleAction.CHANGE_SLUG,
        LifecycleAction.TAKE_DOWN,
    ),
    Stage.CLOSED: (LifecycleAction.EXTEND, LifecycleAction.CHANGE_SLUG, LifecycleAction.TAKE_DOWN),
    Stage.FINAL: (LifecycleAction.CHANGE_SLUG, LifecycleAction.TAKE_DOWN),
    Stage.TAKEN_DOWN: (LifecycleAction.RESTORE,),
}


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One point of the list that is gone through before a campaign is published."""

    field: str
    """The field it is about, as the definition of a campaign names it."""
    label: str
    """What is wanted, in a few words."""
    is_done: bool
    language: str = ""
    """The language it is about; empty for the whole campaign."""
    required: bool = True
    """Whether the campaign cannot be published without."""


def current_stage(campaign: Campaign, now: datetime) -> Stage:
    """Where a campaign is in its life at `now`."""
    if campaign.taken_down:
        return Stage.TAKEN_DOWN
    return Stage(campaign.state(now).value) if campaign.published else Stage.DRAFT


def allowed_actions(campaign: Campaign, now: datetime) -> tuple[LifecycleAction, ...]:
    """What can be done to a campaign at `now`, the most likely first."""
    return _ALLOWED_ACTIONS[current_stage(campaign, now)]


def publish_checklist(campaign: Campaign, now: datetime) -> tuple[ChecklistItem, ...]:
    """What a draft is asked for before it is published."""
    window, looks = campaign.window, campaign.appearance
    points = []
    for version in campaign.versions:
        text = version.text
        points += [
            ChecklistItem("title", "A title", bool(text.title), version.language),
            ChecklistItem("recipient", "Of whom it is asked", bool(text.recipient), version.language),
            ChecklistItem("ask", "What is asked", bool(text.ask), version.language),
        ]
        if looks.picture is not None:
            points.append(
                ChecklistItem(
                    "picture_alt",
                    "What the picture shows, for those who do not see it",
                    bool(version.page_texts.picture_alt),
                    version.language,
                )
            )
        if campaign.eligibility.kind != "everybody":
            written = bool(version.page_texts.statement)
            points.append(ChecklistItem("statement", "Who may sign, in words", written, version.language))
    ends = window.closes_at > now and window.closes_at > window.opens_at
    return (
        *points,
        ChecklistItem("closes_at", "A deadline in the future, after the opening", ends),
        ChecklistItem("contact", "An address for questions about data", bool(campaign.contact)),
        ChecklistItem("organiser", "Who is behind it", bool(looks.organiser)),
        ChecklistItem("controller", "Who is responsible for the signatures", bool(looks.responsible), required=False),
        ChecklistItem("background", "Why it is asked", bool(campaign.text.background), required=False),
    )


def missing_items(campaign: Campaign, now: datetime) -> tuple[ChecklistItem, ...]:
    """What must be there before a campaign is published, and is not."""
    return tuple(point for point in publish_checklist(campaign, now) if point.required and not point.is_done)


def check_opening(campaign: Campaign, opens_at: datetime, now: datetime) -> None:
    """Refuse a time at which the campaign cannot open. Raises InvalidInputError."""
    if opens_at < now:
        raise InvalidInputError("Choose a time in the future, or open it now.")
    if opens_at >= campaign.window.closes_at:
        raise InvalidInputError("It must open before it closes.")


def check_extension(campaign: Campaign, closes_at: datetime, now: datetime) -> None:
    """Refuse a time to which the deadline cannot be extended. Raises InvalidInputError."""
    if campaign.state(now) is CampaignState.FINAL:
        raise InvalidInputError("The total is final; nothing changes it any more.")
    if closes_at <= now:
        raise InvalidInputError("Choose a time in the future.")
    if closes_at <= campaign.window.closes_at:
        raise InvalidInputError("Choose a time later than the deadline there is.")
