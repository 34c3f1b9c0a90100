"""Campaigns created, found, closed, taken down and put back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.domain.campaigns.campaign import Appearance, SignFormFields
from campaign.domain.campaigns.definition import language_version, text_hash
from campaign.domain.campaigns.image import PictureCopy
from campaign.domain.campaigns.text import PageTexts
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, images
from campaign.store.campaigns import campaigns
from campaign.store.privacy import retention
from campaign.store.redis import campaign_cache
from tests.support.factories import START_TIME, definition, new_campaign


def test_a_campaign_is_stored_as_it_was_defined(runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", note="Nodyn.")
    made = create_and_find.create_campaign(
        runtime,
        definition(
            contact="pond@example.org", organiser="The pond society", organiser_url="https://pond.example.org",
            organiser_about="Neighbours.", note="A note. 🦆", grace=timedelta(hours=5), time_zone="Europe/Paris", goals=(5, 50),
            form_fields=SignFormFields(country="no", postcode="no", comment="required"), background="Один.\n\nTwo.",
            accent="#b01a5c", supporters="full-name", controller="The pond society", share_text="Save it!", privacy="*Ours.*",
            translations=(welsh,), picture_alt="The pond at dawn",
        ),
        [PictureCopy(480, 320, b"small"), PictureCopy(960, 640, b"large")],
    )  # fmt: skip
    assert create_and_find.get_by_slug(runtime, "save-the-pond") == made
    assert (made.text.title, made.text.recipient, made.text.ask) == (
        "Save the village pond",
        "The parish council",
        "Keep the pond.",
    )
    assert made.text.background == "Один.\n\nTwo."
    assert made.text.hash == text_hash(
        slug=made.slug, title=made.text.title, recipient=made.text.recipient, ask=made.text.ask,
        background=made.text.background,
    )  # fmt: skip
    assert made.window.opens_at == START_TIME - timedelta(hours=1)
    assert made.window.closes_at == START_TIME + timedelta(days=30)
    assert made.window.verify_until == START_TIME + timedelta(days=30, hours=5)
    assert (made.contact, made.page_texts.note, made.time_zone, made.goals) == (
        "pond@example.org",
        "A note. 🦆",
        "Europe/Paris",
        (5, 50),
    )
    assert made.form_fields == SignFormFields(country="no", postcode="no", comment="required")
    assert (made.signatures, made.pending, made.sequence, made.final_total, made.milestones) == (0, 0, 0, None, ())
    assert made.as_of == START_TIME
    assert not made.taken_down
    assert made.page_texts == PageTexts("A note. 🦆", "Save it!", "The pond at dawn", "*Ours.*", organiser_about="Neighbours.")
    assert made.in_language("cy") == welsh
    assert made.in_language("cy").text.hash != made.text.hash
    picture = made.appearance.picture
    assert picture is not None
    assert made.appearance == Appearance(
        "#b01a5c", "full-name", "The pond society", picture, "The pond society", "https://pond.example.org"
    )
    assert picture.sizes == ((480, 320), (960, 640))
    assert images.get_image(runtime, made.id, picture.hash, 960, "webp") == b"large"
    assert images.get_image(runtime, made.id, picture.hash, 500, "webp") is None


def test_a_deadline_by_a_clock_on_the_wall_is_kept_as_that_moment(runtime: Runtime) -> None:
    closes_at = datetime(2027, 3, 29, tzinfo=ZoneInfo("Europe/London"))
    made = new_campaign(runtime, closes_at=closes_at)
    assert made.window.closes_at == datetime(2027, 3, 28, 23, tzinfo=UTC)


def test_a_definition_says_how_long_personal_data_is_kept_within_what_the_site_allows(runtime: Runtime) -> None:
    made = create_and_find.create_campaign(runtime, definition(retention_months=3))
    default = create_and_find.create_campaign(runtime, definition(slug="elsewhere"))
    with runtime.reading() as connection:
        plans = [retention.get_plan(connection, each.id, 12, 24) for each in (made, default)]
    assert [(plan.chosen_months, plan.months) for plan in plans] == [(3, 3), (None, 12)]
    with pytest.raises(InvalidInputError, match="24 months at most"):
        create_and_find.create_campaign(runtime, definition(slug="too-long", retention_months=25))
    assert create_and_find.get_by_slug(runtime, "too-long") is None


def test_a_new_campaign_can_be_seen_at_once(runtime: Runtime) -> None:
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-pond") is None
    made = new_campaign(runtime)
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-pond") == made


def test_a_slug_is_taken_once(runtime: Runtime) -> None:
    made = new_campaign(runtime)
    with pytest.raises(create_and_find.SlugTakenError):
        new_campaign(runtime, title="Another pond")
    assert create_and_find.get_by_slug(runtime, "save-the-pond") == made
    assert create_and_find.list_campaigns(runtime) == [made]


def test_a_campaign_nobody_made_is_not_found(runtime: Runtime) -> None:
    assert create_and_find.get_by_slug(runtime, "save-the-pond") is None
    assert create_and_find.list_campaigns(runtime) == []


def test_campaigns_are_listed_in_the_order_they_were_made_page_by_page(
    runtime: Runtime,
) -> None:
    made = [new_campaign(runtime, slug=slug) for slug in ("pond", "wood", "attic")]
    assert create_and_find.list_campaigns(runtime) == made
    assert create_and_find.list_campaigns(runtime, skip=1) == made[1:]
    assert create_and_find.list_campaigns(runtime, skip=3) == []
    with runtime.reading() as connection:
        assert campaigns.list_campaigns(connection, skip=1, limit=1) == made[1:2]
