"""Goals as a page shows them: those that were reached, and what happens at each."""

from dataclasses import dataclass

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.goal_notes import goal_notes
from campaign.web import localised


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal that was reached."""

    goal: str
    reached_on: str
    """The day it was reached, in words."""


@dataclass(frozen=True, slots=True)
class GoalNoteView:
    """Note of a goal: what happens there."""

    number: int
    goal: str
    """The number, as the page's language writes it."""
    note: str
    reached_on: str
    """The day on which it was reached, in words; empty while it is not."""


def goal_views(campaign: Campaign) -> tuple[GoalView, ...]:
    """Goals that were reached, the lowest first."""
    return tuple(GoalView(localised.number(goal), day) for goal, day in sorted(_days_reached(campaign).items()))


def goal_note_views(campaign: Campaign, notes: str) -> tuple[GoalNoteView, ...]:
    """Goals of the campaign that the text of notes says something of, the lowest first."""
    days = _days_reached(campaign)
    return tuple(
        GoalNoteView(goal, localised.number(goal), note, days.get(goal, "")) for goal, note in goal_notes(notes, campaign.goals)
    )


def _days_reached(campaign: Campaign) -> dict[int, str]:
    return {one.goal: localised.day(one.reached_at, campaign.zone) for one in campaign.milestones}
