"""The stages of a campaign's life, what each allows, and what a draft is asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.campaigns.campaign import Appearance, Campaign, SignFormFields
from campaign.domain.campaigns.eligibility import Eligibility
from campaign.domain.campaigns.stages import (
    LifecycleAction,
    Stage,
    allowed_actions,
    check_extension,
    check_opening,
    current_stage,
    missing_items,
    publish_checklist,
)
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, Picture, SignedText
from campaign.domain.campaigns.window import SigningWindow
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.web.desk.lifecycle_labels import FIELD_PAGES

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = Campaign(
    id=1,
    slug="pond",
    versions=(LanguageVersion("en", SignedText("0" * 64, "Save the pond", "The council", "Keep it.", "It is old.")),),
    window=SigningWindow(NOW - DAY, NOW + DAY, NOW + 2 * DAY),
    time_zone="Europe/London",
    goals=(10,),
    form_fields=SignFormFields(),
    appearance=Appearance(controller="The pond society", organiser="The pond society"),
    contact="pond@example.org",
    taken_down=False,
    revision=1,
    sequence=0,
    verified=0,
    pending=0,
    final_total=None,
    milestones=(),
    as_of=NOW,
)
DRAFT = replace(OPEN, published=False)


@pytest.mark.parametrize(
    ("campaign", "is_in"),
    [
        (OPEN, Stage.OPEN),
        (DRAFT, Stage.DRAFT),
        (replace(DRAFT, window=SigningWindow(NOW - 2 * DAY, NOW - DAY, NOW)), Stage.DRAFT),
        (replace(OPEN, window=SigningWindow(NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY)), Stage.SCHEDULED),
        (replace(OPEN, window=replace(OPEN.window, paused=True)), Stage.PAUSED),
        (replace(OPEN, window=SigningWindow(NOW - 2 * DAY, NOW, NOW + DAY)), Stage.CLOSED),
        (replace(OPEN, window=SigningWindow(NOW - 3 * DAY, NOW - 2 * DAY, NOW - DAY, finalised_at=NOW)), Stage.FINAL),
        (replace(OPEN, taken_down=True), Stage.TAKEN_DOWN),
    ],
)
def test_a_campaign_is_in_one_stage_and_each_allows_something(campaign: Campaign, is_in: Stage) -> None:
    assert current_stage(campaign, NOW) is is_in
    assert allowed_actions(campaign, NOW)


def test_what_is_final_is_never_extended_and_a_draft_only_published_or_given_another_address() -> None:
    final = replace(OPEN, window=replace(OPEN.window, finalised_at=NOW))
    assert LifecycleAction.EXTEND not in allowed_actions(final, NOW)
    assert set(allowed_actions(DRAFT, NOW)) == {LifecycleAction.PUBLISH, LifecycleAction.CHANGE_SLUG}


def test_a_draft_with_everything_lacks_nothing() -> None:
    assert missing_items(DRAFT, NOW) == ()
    assert all(point.is_done for point in publish_checklist(DRAFT, NOW))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"contact": ""}, ["contact"]),
        ({"window": SigningWindow(NOW - 2 * DAY, NOW, NOW + DAY)}, ["closes_at"]),
        ({"versions": (LanguageVersion("en", SignedText("0" * 64, "", "", "", "")),)}, ["title", "recipient", "ask"]),
        ({"appearance": Appearance(organiser="Us", picture=Picture("a", ((480, 320),)))}, ["picture_alt"]),
        ({"appearance": Appearance(controller="Us, 1 Mill Street")}, ["organiser"]),
    ],
)
def test_what_a_draft_lacks_is_named_by_its_field(changes: dict[str, object], fields: list[str]) -> None:
    assert [point.field for point in missing_items(replace(DRAFT, **changes), NOW)] == fields  # type: ignore[arg-type]


def test_what_is_only_worth_adding_stops_nobody() -> None:
    bare = replace(DRAFT, versions=(LanguageVersion("en", replace(DRAFT.text, background="")),))
    assert missing_items(bare, NOW) == ()
    assert [point.field for point in publish_checklist(bare, NOW) if not point.is_done] == ["background"]


def test_the_organiser_answers_for_the_signatures_unless_somebody_else_is_named() -> None:
    assert Appearance(organiser="Us").responsible == "Us"
    assert Appearance(organiser="Us", controller="The club, 1 Mill Street").responsible == "The club, 1 Mill Street"
    assert Appearance().responsible == ""


def test_each_language_is_asked_for_its_words() -> None:
    picture = Appearance(organiser="Us", picture=Picture("a", ((480, 320),)))
    welsh = LanguageVersion("cy", SignedText("1" * 64, "Achub y pwll", "", "Cadwch ef.", ""), PageTexts(picture_alt="Pwll"))
    english = replace(OPEN.versions[0], page_texts=PageTexts(picture_alt="The pond"))
    both = replace(DRAFT, versions=(english, welsh), appearance=picture)
    assert [(point.field, point.language) for point in missing_items(both, NOW)] == [("recipient", "cy")]


@pytest.mark.parametrize("opens_at", [NOW - timedelta(seconds=1), OPEN.window.closes_at])
def test_a_campaign_opens_in_the_future_and_before_it_closes(opens_at: datetime) -> None:
    with pytest.raises(InvalidInputError):
        check_opening(DRAFT, opens_at, NOW)
    check_opening(DRAFT, NOW, NOW)


@pytest.mark.parametrize("closes_at", [NOW, OPEN.window.closes_at])
def test_an_extension_is_later_than_now_and_than_the_deadline(closes_at: datetime) -> None:
    with pytest.raises(InvalidInputError):
        check_extension(OPEN, closes_at, NOW)
    check_extension(OPEN, OPEN.window.closes_at + timedelta(minutes=1), NOW)


def test_a_draft_that_asks_who_may_sign_lacks_the_words_until_they_are_written() -> None:
    asking = replace(DRAFT, eligibility=Eligibility(kind="area"))
    assert [item.field for item in missing_items(asking, NOW)] == ["statement"]
    assert all(item.field in FIELD_PAGES for item in publish_checklist(asking, NOW))
