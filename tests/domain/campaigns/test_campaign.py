"""Numbers of a campaign: the one to show, the next goal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.campaigns.campaign import Appearance, Campaign, SignFormFields
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, SignedText
from campaign.domain.campaigns.window import CampaignState, SigningWindow

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
CAMPAIGN = Campaign(
    id=1, slug="pond", versions=(LanguageVersion("en", SignedText("0" * 64, "Save the pond", "", "Keep it.", "")),),
    window=SigningWindow(AT, AT + timedelta(days=1), AT + timedelta(days=2)),
    time_zone="Europe/London", goals=(10, 100, 1000),
    form_fields=SignFormFields(), appearance=Appearance(), contact="", taken_down=False, revision=1,
    sequence=0, verified=0, pending=0, final_total=None,
    milestones=(), as_of=AT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("signatures", "goal"),
    [(0, 10), (9, 10), (10, 100), (11, 100), (99, 100), (100, 1000), (999, 1000), (1000, 1000), (54_321, 1000)],
)
def test_the_goal_is_the_next_rung_of_the_ladder_and_at_last_the_highest(signatures: int, goal: int) -> None:
    assert replace(CAMPAIGN, verified=signatures).goal == goal


def test_a_campaign_with_one_goal_keeps_it() -> None:
    single = replace(CAMPAIGN, goals=(5,))
    assert [replace(single, verified=signatures).goal for signatures in (0, 4, 5, 6)] == [5, 5, 5, 5]


def test_only_verified_signatures_are_shown() -> None:
    assert replace(CAMPAIGN, verified=7, pending=90).signatures == 7


@pytest.mark.parametrize("certified", [0, 9, 100])
def test_a_certified_total_is_shown_whatever_happens_after(certified: int) -> None:
    final = replace(CAMPAIGN, verified=50, final_total=certified)
    assert final.signatures == certified
    assert final.goal == next(goal for goal in CAMPAIGN.goals if goal > certified)


def test_its_state_is_its_windows() -> None:
    assert CAMPAIGN.state(AT - timedelta(seconds=1)) is CampaignState.SCHEDULED
    assert CAMPAIGN.state(AT) is CampaignState.OPEN
    assert CAMPAIGN.zone.key == "Europe/London"


def test_by_default_a_postcode_is_required_in_gb_and_a_comment_is_free() -> None:
    assert SignFormFields() == SignFormFields(country="required", postcode="required-in-gb", comment="optional")


def test_it_is_shown_in_the_language_asked_for_or_else_in_its_main_one() -> None:
    welsh = LanguageVersion("cy", SignedText("1" * 64, "Achub y pwll", "", "Cadwch ef.", ""), PageTexts(note="Nodyn"))
    both = replace(CAMPAIGN, versions=(*CAMPAIGN.versions, welsh))
    assert both.in_language("cy") is welsh
    assert both.in_language("fr") is both.versions[0]
    assert (both.language, both.text.title, both.page_texts.note) == ("en", "Save the pond", "")
