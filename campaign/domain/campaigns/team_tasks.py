"""Tasks of a campaign's team: what it would do well to do now, most urgent first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import Stage, current_stage

MAX_TASKS = 4
"""Tasks shown at once: more are a list nobody reads."""
LAST_DAYS = timedelta(days=3)
"""Time before the deadline in which supporters want to hear that it is near."""
QUIET_TIME = timedelta(days=14)
"""Time without news after which supporters want to hear something."""
FEW_SIGNATURES = 10
"""Signatures below which a campaign needs its first people, not news."""
ANSWER_TIME = timedelta(days=60)
"""Time after the hand-in from which one asks whether the recipient has answered."""


class TaskKind(StrEnum):
    """Kind of task: what there is to do."""

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
class TeamTask:
    """One thing to do."""

    kind: TaskKind
    amount: int = 0
    """Complaints, flags or imports that wait; days that are left; the goal that was reached. 0 where nothing is counted."""


def team_tasks(campaign: Campaign, facts: TeamFacts, now: datetime) -> tuple[TeamTask, ...]:
    """Tasks of a campaign's team at `now`, most urgent first, MAX_TASKS at most; none for one that is taken down.

    What a draft lacks is not among them: that is `stages.publish_checklist`.
    """
    stage = current_stage(campaign, now)
    if stage is Stage.TAKEN_DOWN:
        return ()
    return tuple(
        [*_decisions(facts), *_tasks_of_stage(stage, campaign, facts, now), *_improvements(stage, campaign, facts)][:MAX_TASKS]
    )


def _decisions(facts: TeamFacts) -> list[TeamTask]:
    """What waits for somebody's decision."""
    waiting = (
        TeamTask(TaskKind.ANSWER_COMPLAINTS, facts.open_complaints),
        TeamTask(TaskKind.JUDGE_FLAGS, facts.active_flags),
        TeamTask(TaskKind.CONFIRM_IMPORTS, facts.unconfirmed_imports),
    )
    return [task for task in waiting if task.amount]


def _tasks_of_stage(stage: Stage, campaign: Campaign, facts: TeamFacts, now: datetime) -> list[TeamTask]:
    match stage:
        case Stage.PAUSED:
            return [TeamTask(TaskKind.RESUME)]
        case Stage.OPEN:
            return _tasks_while_open(campaign, facts, now)
        case Stage.CLOSED | Stage.FINAL if campaign.signatures:
            return _tasks_after_end(facts, now)
        case _:
            return []


def _tasks_while_open(campaign: Campaign, facts: TeamFacts, now: datetime) -> list[TeamTask]:
    if campaign.signatures < FEW_SIGNATURES:
        return [TeamTask(TaskKind.SHARE)]
    told_at, window = facts.last_update_at, campaign.window
    if now >= window.closes_at - LAST_DAYS:
        told = told_at is not None and told_at >= window.closes_at - LAST_DAYS
        return [] if told else [TeamTask(TaskKind.TELL_DEADLINE, max(1, -(-window.seconds_left(now) // 86400)))]
    reached = max(campaign.milestones, key=lambda milestone: milestone.reached_at, default=None)
    if reached is not None and (told_at is None or told_at < reached.reached_at):
        return [TeamTask(TaskKind.TELL_GOAL, reached.goal)]
    quiet_since = max(window.opens_at, told_at or window.opens_at)
    return [TeamTask(TaskKind.TELL_NEWS)] if now - quiet_since >= QUIET_TIME else []


def _tasks_after_end(facts: TeamFacts, now: datetime) -> list[TeamTask]:
    if facts.answered:
        return []
    if facts.handed_in_at is None:
        return [TeamTask(TaskKind.HAND_IN), TeamTask(TaskKind.TELL_HANDED_IN)]
    return [TeamTask(TaskKind.TELL_ANSWER)] if now - facts.handed_in_at >= ANSWER_TIME else []


def _improvements(stage: Stage, campaign: Campaign, facts: TeamFacts) -> list[TeamTask]:
    """What makes a campaign that people can still sign better."""
    if stage not in (Stage.DRAFT, Stage.SCHEDULED, Stage.OPEN, Stage.PAUSED):
        return []
    tasks = [] if campaign.appearance.picture is not None else [TeamTask(TaskKind.ADD_PICTURE)]
    return tasks if facts.owners > 1 else [*tasks, TeamTask(TaskKind.INVITE_OWNER)]
