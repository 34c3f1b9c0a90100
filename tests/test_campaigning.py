"""What a campaigner does to a campaign: create, close, take down, put back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign import campaigning, closing, signing
from campaign.domain.definition import text_hash, version
from campaign.domain.standing import Appearance, Asked
from campaign.domain.text import Words
from campaign.domain.window import SETTLING, State
from campaign.drawing.picture import Copy
from campaign.runtime import Runtime
from campaign.signing import NotOpen, Verified
from campaign.store import campaigns, counters
from tests.factories import START, Now, definition, link_to, new_campaign, submission


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


def test_closing_brings_the_deadline_forward_and_keeps_the_grace(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime, grace=timedelta(hours=7))
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    now.forward(days=2)
    assert campaigning.close(runtime, campaign)

    closed = campaigning.find(runtime, campaign.slug)
    assert closed is not None
    assert closed.window.closes_at == now()
    assert closed.window.verify_until == now() + timedelta(hours=7)
    assert closed.state(now()) is State.CLOSED
    assert closed.revision > campaign.revision
    assert counters.read(runtime.redis, campaign.slug) == closed
    assert counters.countdown_seconds(runtime.redis, campaign.slug) is None

    with pytest.raises(NotOpen):
        signing.sign(runtime, campaign.id, campaign.text.hash, submission("eve@example.org"))
    now.forward(hours=6)
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NOW


def test_only_a_campaign_between_its_opening_and_its_deadline_can_be_closed(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.opens_at - timedelta(microseconds=1)
    assert not campaigning.close(runtime, campaign)
    now.at = campaign.window.closes_at
    assert not campaigning.close(runtime, campaign)
    assert campaigning.find(runtime, campaign.slug) == campaign
    now.at = campaign.window.closes_at - timedelta(microseconds=1)
    assert campaigning.close(runtime, campaign)


def test_a_campaign_is_closed_once(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    assert campaigning.close(runtime, campaign)
    closed = campaigning.find(runtime, campaign.slug)
    now.forward(hours=1)
    assert not campaigning.close(runtime, campaign)
    assert campaigning.find(runtime, campaign.slug) == closed


def test_a_campaign_can_be_closed_at_the_moment_it_opens(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.opens_at
    assert campaigning.close(runtime, campaign)
    now.at = campaign.window.opens_at + timedelta(hours=24) + SETTLING
    assert closing.finalise_due(runtime) == [campaign.id]
    assert not campaigning.close(runtime, campaign)


def test_a_campaign_that_is_taken_down_takes_nothing_and_lets_everybody_go(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    signing.sign(runtime, campaign.id, campaign.text.hash, submission("eve@example.org"))
    assert campaigning.take_down(runtime, campaign)

    hidden = campaigning.find(runtime, campaign.slug)
    assert hidden is not None
    assert hidden.taken_down
    assert counters.read(runtime.redis, campaign.slug) == hidden
    with pytest.raises(NotOpen):
        signing.sign(runtime, campaign.id, campaign.text.hash, submission("mae@example.org"))
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is not Verified.NOW
    assert signing.withdraw(runtime, 2)


def test_a_campaign_that_is_put_back_goes_on(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    campaigning.take_down(runtime, campaign)
    assert campaigning.put_back(runtime, campaign)

    shown = campaigning.find(runtime, campaign.slug)
    assert shown is not None
    assert not shown.taken_down
    assert shown.revision > campaign.revision + 1
    assert counters.read(runtime.redis, campaign.slug) == shown
    signing.sign(runtime, campaign.id, campaign.text.hash, submission("eve@example.org"))
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NOW


def test_taking_down_and_putting_back_happen_once_each(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    assert not campaigning.put_back(runtime, campaign)
    assert [campaigning.take_down(runtime, campaign) for _ in range(2)] == [True, False]
    assert [campaigning.put_back(runtime, campaign) for _ in range(2)] == [True, False]
