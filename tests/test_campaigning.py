"""What a campaigner does to a campaign: create, close, take down, put back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign import campaigning
from campaign.domain.definition import text_hash, version
from campaign.domain.standing import Appearance, Asked
from campaign.domain.text import Words
from campaign.drawing.picture import Copy
from campaign.runtime import Runtime
from campaign.store import campaigns, counters
from tests.factories import START, definition, new_campaign


def test_a_campaign_is_stored_as_it_was_defined(runtime: Runtime) -> None:
    welsh = version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", note="Nodyn.")
    made = campaigning.create(
        runtime,
        definition(
            contact="pond@example.org", note="A note. 🦆", grace=timedelta(hours=5), time_zone="Europe/Paris", goals=(5, 50),
            asked=Asked(country="no", postcode="no", comment="required"), background="Один.\n\nTwo.",
            accent="#b01a5c", supporters="full-name", controller="The pond society", share_text="Save it!", privacy="*Ours.*",
            translations=(welsh,), picture_alt="The pond at dawn",
        ),
        [Copy(480, 320, b"small"), Copy(960, 640, b"large")],
    )  # fmt: skip
    assert campaigning.find(runtime, "save-the-pond") == made
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
    assert made.window.opens_at == START - timedelta(hours=1)
    assert made.window.closes_at == START + timedelta(days=30)
    assert made.window.verify_until == START + timedelta(days=30, hours=5)
    assert (made.contact, made.words.note, made.time_zone, made.goals) == (
        "pond@example.org",
        "A note. 🦆",
        "Europe/Paris",
        (5, 50),
    )
    assert made.asked == Asked(country="no", postcode="no", comment="required")
    assert (made.signatures, made.pending, made.sequence, made.final_total, made.milestones) == (0, 0, 0, None, ())
    assert made.as_of == START
    assert not made.taken_down
    assert made.words == Words("A note. 🦆", "Save it!", "The pond at dawn", "*Ours.*")
    assert made.version("cy") == welsh
    assert made.version("cy").text.hash != made.text.hash
    picture = made.appearance.picture
    assert picture is not None
    assert made.appearance == Appearance("#b01a5c", "full-name", "The pond society", picture)
    assert picture.sizes == ((480, 320), (960, 640))
    assert campaigning.picture(runtime, made, 960) == b"large"
    assert campaigning.picture(runtime, made, 500) is None


def test_a_deadline_by_a_clock_on_the_wall_is_kept_as_that_moment(runtime: Runtime) -> None:
    closes_at = datetime(2027, 3, 29, tzinfo=ZoneInfo("Europe/London"))
    made = new_campaign(runtime, closes_at=closes_at)
    assert made.window.closes_at == datetime(2027, 3, 28, 23, tzinfo=UTC)


def test_a_new_campaign_can_be_seen_at_once(runtime: Runtime) -> None:
    assert counters.read(runtime.redis, "save-the-pond") is None
    made = new_campaign(runtime)
    assert counters.read(runtime.redis, "save-the-pond") == made


def test_a_slug_is_taken_once(runtime: Runtime) -> None:
    made = new_campaign(runtime)
    with pytest.raises(campaigning.SlugTaken):
        new_campaign(runtime, title="Another pond")
    assert campaigning.find(runtime, "save-the-pond") == made
    assert campaigning.page(runtime) == [made]


def test_a_campaign_nobody_made_is_not_found(runtime: Runtime) -> None:
    assert campaigning.find(runtime, "save-the-pond") is None
    assert campaigning.page(runtime) == []


def test_campaigns_are_listed_in_the_order_they_were_made_page_by_page(
    runtime: Runtime,
) -> None:
    made = [new_campaign(runtime, slug=slug) for slug in ("pond", "wood", "attic")]
    assert campaigning.page(runtime) == made
    assert campaigning.page(runtime, skip=1) == made[1:]
    assert campaigning.page(runtime, skip=3) == []
    with runtime.reading() as connection:
        assert campaigns.every(connection, skip=1, most=1) == made[1:2]
        assert campaigns.count(connection) == 3
