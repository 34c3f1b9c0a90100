"""Tasks of a campaign's team: each stage, each thing that waits, and nothing that was done already."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.campaigns.campaign import Appearance, Campaign, Milestone, SignFormFields
from campaign.domain.campaigns.team_tasks import (
    ANSWER_TIME,
    LAST_DAYS,
    MAX_TASKS,
    QUIET_TIME,
    TaskKind,
    TeamFacts,
    TeamTask,
    team_tasks,
)
from campaign.domain.campaigns.text import LanguageVersion, SignedText
from campaign.domain.campaigns.window import SigningWindow

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TWO_OWNERS = TeamFacts(owners=2)
IMPROVEMENTS = (TaskKind.ADD_PICTURE, TaskKind.INVITE_OWNER)


@pytest.fixture
def campaign() -> Campaign:
    """Two days old, with thirty to go, and five hundred signatures."""
    return Campaign(
        id=1, slug="pond", versions=(LanguageVersion("en", SignedText("0" * 64, "Save the pond", "", "Keep it.", "")),),
        window=SigningWindow(NOW - timedelta(days=2), NOW + timedelta(days=30), NOW + timedelta(days=31)),
        time_zone="Europe/London", goals=(1000,), form_fields=SignFormFields(), appearance=Appearance(), contact="",
        taken_down=False, revision=1, sequence=0, verified=500, pending=0, final_total=None, milestones=(), as_of=NOW,
    )  # fmt: skip


def urgent(campaign: Campaign, facts: TeamFacts = TWO_OWNERS, at: timedelta = timedelta()) -> list[tuple[TaskKind, int]]:
    """Steps without what only makes a campaign better."""
    return [(task.kind, task.amount) for task in team_tasks(campaign, facts, NOW + at) if task.kind not in IMPROVEMENTS]


def test_nothing_waits_where_all_is_well(campaign: Campaign) -> None:
    assert urgent(campaign) == []


def test_what_waits_for_a_decision_comes_first(campaign: Campaign) -> None:
    waiting = TeamFacts(open_complaints=2, active_flags=1, unconfirmed_imports=3)
    tasks = team_tasks(campaign, waiting, NOW)
    assert tasks[:3] == (
        TeamTask(TaskKind.ANSWER_COMPLAINTS, 2),
        TeamTask(TaskKind.JUDGE_FLAGS, 1),
        TeamTask(TaskKind.CONFIRM_IMPORTS, 3),
    )
    assert len(tasks) == MAX_TASKS


def test_a_campaign_that_few_have_signed_is_shared_first(campaign: Campaign) -> None:
    assert urgent(replace(campaign, verified=9)) == [(TaskKind.SHARE, 0)]


def test_supporters_hear_that_the_deadline_is_near_once(campaign: Campaign) -> None:
    near = campaign.window.closes_at - NOW - LAST_DAYS + timedelta(minutes=1)
    assert urgent(campaign, at=near) == [(TaskKind.TELL_DEADLINE, 3)]
    last_hour = campaign.window.closes_at - NOW - timedelta(hours=1)
    assert urgent(campaign, at=last_hour) == [(TaskKind.TELL_DEADLINE, 1)]
    told = replace(TWO_OWNERS, last_update_at=campaign.window.closes_at - LAST_DAYS)
    assert urgent(campaign, told, near) == []


def test_a_goal_is_told_once(campaign: Campaign) -> None:
    reached = replace(campaign, milestones=(Milestone(100, NOW - timedelta(hours=5)), Milestone(400, NOW - timedelta(hours=1))))
    assert urgent(reached) == [(TaskKind.TELL_GOAL, 400)]
    assert urgent(reached, replace(TWO_OWNERS, last_update_at=NOW)) == []


def test_two_weeks_without_news_are_too_long(campaign: Campaign) -> None:
    opened = campaign.window.opens_at
    assert urgent(campaign, at=opened + QUIET_TIME - NOW) == [(TaskKind.TELL_NEWS, 0)]
    assert urgent(campaign, replace(TWO_OWNERS, last_update_at=NOW), QUIET_TIME - timedelta(seconds=1)) == []


def test_after_the_deadline_it_is_handed_in_and_answered(campaign: Campaign) -> None:
    over = campaign.window.closes_at - NOW + timedelta(days=40)
    assert urgent(campaign, at=over) == [(TaskKind.HAND_IN, 0), (TaskKind.TELL_HANDED_IN, 0)]
    handed_in = replace(TWO_OWNERS, handed_in_at=NOW + over)
    assert urgent(campaign, handed_in, over) == []
    assert urgent(campaign, handed_in, over + ANSWER_TIME) == [(TaskKind.TELL_ANSWER, 0)]
    assert urgent(campaign, replace(handed_in, answered=True), over + ANSWER_TIME) == []
    assert urgent(replace(campaign, verified=0), at=over) == []


def test_a_paused_campaign_is_resumed_and_a_hidden_one_left_alone(campaign: Campaign) -> None:
    paused = replace(campaign, window=replace(campaign.window, paused=True))
    assert urgent(paused) == [(TaskKind.RESUME, 0)]
    waiting = TeamFacts(open_complaints=2)
    assert team_tasks(replace(campaign, taken_down=True), waiting, NOW) == ()


def test_a_draft_needs_a_picture_and_somebody_else(campaign: Campaign) -> None:
    draft = replace(campaign, published=False)
    assert [task.kind for task in team_tasks(draft, TeamFacts(owners=1), NOW)] == list(IMPROVEMENTS)
    assert [task.kind for task in team_tasks(draft, TeamFacts(owners=2), NOW)] == [TaskKind.ADD_PICTURE]
