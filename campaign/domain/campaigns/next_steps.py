"""Next steps of a campaign: what its team would do well to do now, most urgent first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import Stage, current_stage

MAX_STEPS = 4
"""Steps shown at once: more are a list nobody reads."""
LAST_DAYS = timedelta(days=3)
"""Time before the deadline in which supporters want to hear that it is near."""
QUIET_TIME = timedelta(days=14)
"""Time without news after which supporters want to hear something."""
FEW_SIGNATURES = 10
"""Signatures below which a campaign needs its first people, not news."""
ANSWER_TIME = timedelta(days=60)
"""Time after the hand-in from which one asks whether the recipient has answered."""


class StepKind(StrEnum):
    """Kind of step: what there is to do."""

    ANSWER_COMPLAINTS = "answer complaints"
    JUDGE_FLAGS = "judge flags"
    CONFIRM_IMPORTS = "confirm imports"
    RESUME = "resume"
    HAND_IN = "hand in"
    TELL_HANDED_IN = "tell that it was handed in"
    TELL_ANSWER = "tell the answer"
    TELL_DEADLINE = "tell the deadline"
    SHARE = "share"
    TELL_GOAL = "tell that a goal was reached"
    TELL_NEWS = "tell news"
    ADD_PICTURE = "add a picture"
    INVITE_OWNER = "invite an owner"


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """Facts about a campaign that its own row does not have."""

    open_complaints: int = 0
    active_flags: int = 0
    unconfirmed_imports: int = 0
    owners: int = 1
    last_update_at: datetime | None = None
    handed_in_at: datetime | None = None
    """When an update told that it was handed in."""
    answered: bool = False
    """Whether an update told the recipient's answer, or how it ended."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do."""

    kind: StepKind
    amount: int = 0
    """Complaints, flags or imports that wait; days that are left; the goal that was reached. 0 where nothing is counted."""


def next_steps(campaign: Campaign, facts: TeamFacts, now: datetime) -> tuple[NextStep, ...]:
    """Steps for a campaign at `now`, most urgent first, MAX_STEPS at most; none for one that is taken down.

    What a draft lacks is not among them: that is `stages.publish_checklist`.
    """
    stage = current_stage(campaign, now)
    if stage is Stage.TAKEN_DOWN:
        return ()
    return tuple(
        [*_decisions(facts), *_steps_of_stage(stage, campaign, facts, now), *_improvements(stage, campaign, facts)][:MAX_STEPS]
    )


def _decisions(facts: TeamFacts) -> list[NextStep]:
    """What waits for somebody's decision."""
    waiting = (
        NextStep(StepKind.ANSWER_COMPLAINTS, facts.open_complaints),
        NextStep(StepKind.JUDGE_FLAGS, facts.active_flags),
        NextStep(StepKind.CONFIRM_IMPORTS, facts.unconfirmed_imports),
    )
    return [step for step in waiting if step.amount]


def _steps_of_stage(stage: Stage, campaign: Campaign, facts: TeamFacts, now: datetime) -> list[NextStep]:
    match stage:
        case Stage.PAUSED:
            return [NextStep(StepKind.RESUME)]
        case Stage.OPEN:
            return _open_steps(campaign, facts, now)
        case Stage.CLOSED | Stage.FINAL if campaign.signatures:
            return _ended_steps(facts, now)
        case _:
            return []


def _open_steps(campaign: Campaign, facts: TeamFacts, now: datetime) -> list[NextStep]:
    if campaign.signatures < FEW_SIGNATURES:
        return [NextStep(StepKind.SHARE)]
    told_at, window = facts.last_update_at, campaign.window
    if now >= window.closes_at - LAST_DAYS:
        told = told_at is not None and told_at >= window.closes_at - LAST_DAYS
        return [] if told else [NextStep(StepKind.TELL_DEADLINE, max(1, -(-window.seconds_left(now) // 86400)))]
    reached = max(campaign.milestones, key=lambda milestone: milestone.reached_at, default=None)
    if reached is not None and (told_at is None or told_at < reached.reached_at):
        return [NextStep(StepKind.TELL_GOAL, reached.goal)]
    quiet_since = max(window.opens_at, told_at or window.opens_at)
    return [NextStep(StepKind.TELL_NEWS)] if now - quiet_since >= QUIET_TIME else []


def _ended_steps(facts: TeamFacts, now: datetime) -> list[NextStep]:
    if facts.answered:
        return []
    if facts.handed_in_at is None:
        return [NextStep(StepKind.HAND_IN), NextStep(StepKind.TELL_HANDED_IN)]
    return [NextStep(StepKind.TELL_ANSWER)] if now - facts.handed_in_at >= ANSWER_TIME else []


def _improvements(stage: Stage, campaign: Campaign, facts: TeamFacts) -> list[NextStep]:
    """What makes a campaign that people can still sign better."""
    if stage not in (Stage.DRAFT, Stage.SCHEDULED, Stage.OPEN, Stage.PAUSED):
        return []
    steps = [] if campaign.appearance.picture is not None else [NextStep(StepKind.ADD_PICTURE)]
    return steps if facts.owners > 1 else [*steps, NextStep(StepKind.INVITE_OWNER)]
