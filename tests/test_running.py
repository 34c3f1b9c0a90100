"""What moves a campaign through its life: who may sign when, what the public is told, what is recorded."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign import campaigning, closing, running, signing
from campaign import standing as standings
from campaign.domain.actor import COMMAND_LINE, Actor
from campaign.domain.announcement import By, Kind
from campaign.domain.refusal import Refused
from campaign.domain.role import Role
from campaign.domain.standing import Standing
from campaign.domain.window import SETTLING, State
from campaign.running import NotReady, SlugTaken
from campaign.runtime import Runtime
from campaign.signing import NotOpen, Verified
from campaign.store import audit, campaigns, counters, people
from tests.factories import START, Now, definition, link_to, new_campaign, submission


def draft(runtime: Runtime, **changes: object) -> Standing:
    """A campaign that only its team sees."""
    plain = {"contact": "pond@example.org", "controller": "The pond society", **changes}
    with runtime.transaction() as connection:
        campaign_id = campaigns.create(connection, definition(**plain), runtime.now(), preview_key=runtime.token())
        standing = campaigns.by_id(connection, campaign_id)
    assert not standing.published
    return standing


def found(runtime: Runtime, campaign: Standing) -> Standing:
    with runtime.reading() as connection:
        return campaigns.by_id(connection, campaign.id)


def sign(runtime: Runtime, campaign: Standing, email: str = "ada@example.org") -> None:
    signing.sign(runtime, campaign.id, campaign.text.hash, submission(email))


def acts(runtime: Runtime, campaign: Standing) -> list[str]:
    with runtime.reading() as connection:
        return [entry.act for entry in reversed(audit.page(connection, campaign.id))]


# Drafts


def test_nobody_finds_or_signs_a_draft(runtime: Runtime) -> None:
    campaign = draft(runtime)
    assert standings.find(runtime, campaign.slug) is None
    runtime.publish(campaign)
    runtime.remembered.clear()
    assert standings.find(runtime, campaign.slug) is None, "whatever Redis has"
    with pytest.raises(NotOpen):
        sign(runtime, campaign)


def test_no_total_of_a_draft_becomes_final(runtime: Runtime, now: Now) -> None:
    campaign = draft(runtime)
    now.at = campaign.window.verify_until + SETTLING
    assert closing.finalise_due(runtime) == []
    assert not closing.finalise(runtime, campaign.id)
    assert found(runtime, campaign).final_total is None


def test_a_draft_is_neither_paused_nor_closed_nor_extended_nor_taken_down(runtime: Runtime, now: Now) -> None:
    campaign = draft(runtime)
    assert running.pause(runtime, campaign, COMMAND_LINE) is None
    assert running.close(runtime, campaign, COMMAND_LINE, "Why not") is None
    assert running.extend(runtime, campaign, COMMAND_LINE, now() + timedelta(days=90), "Why not") is None
    assert running.take_down(runtime, campaign, COMMAND_LINE) is None
    assert found(runtime, campaign) == campaign
    assert "close campaign" not in acts(runtime, campaign)


# Publishing


def test_a_published_campaign_opens_at_once(runtime: Runtime, now: Now) -> None:
    campaign = draft(runtime, opens_at=START - timedelta(days=3))
    after = running.publish(runtime, campaign, COMMAND_LINE)
    assert after is not None
    assert (after.published, after.state(now()), after.window.opens_at) == (True, State.OPEN, now())
    assert standings.find(runtime, campaign.slug) == after
    assert counters.read(runtime.redis, campaign.slug) == after
    sign(runtime, campaign)
    assert acts(runtime, campaign)[-1] == "publish campaign"


def test_a_campaign_can_be_published_to_open_later(runtime: Runtime, now: Now) -> None:
    campaign = draft(runtime)
    after = running.publish(runtime, campaign, COMMAND_LINE, now() + timedelta(days=2))
    assert after is not None
    assert after.state(now()) is State.SCHEDULED
    with pytest.raises(NotOpen):
        sign(runtime, campaign)
    now.forward(days=2)
    sign(runtime, campaign)


def test_a_campaign_is_published_once(runtime: Runtime, now: Now) -> None:
    campaign = draft(runtime)
    after = running.publish(runtime, campaign, COMMAND_LINE)
    now.forward(hours=1)
    assert running.publish(runtime, campaign, COMMAND_LINE) is None
    assert found(runtime, campaign) == after


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"recipient": ""}, "recipient"), ({"contact": ""}, "contact"), ({"closes_at": START + timedelta(days=2)}, "closes_at")],
)
def test_a_draft_that_lacks_something_is_not_published(
    runtime: Runtime, now: Now, changes: dict[str, object], field: str
) -> None:
    campaign = draft(runtime, **changes)
    now.forward(days=3)
    with pytest.raises(NotReady) as refused:
        running.publish(runtime, campaign, COMMAND_LINE)
    assert [point.field for point in refused.value.lacking] == [field]
    assert found(runtime, campaign) == campaign


@pytest.mark.parametrize("away", [timedelta(minutes=-1), timedelta(days=30)])
def test_a_campaign_opens_neither_in_the_past_nor_after_its_deadline(runtime: Runtime, now: Now, away: timedelta) -> None:
    campaign = draft(runtime)
    with pytest.raises(Refused):
        running.publish(runtime, campaign, COMMAND_LINE, now() + away)
    assert not found(runtime, campaign).published


def test_a_campaign_that_is_not_open_yet_can_open_sooner_or_later(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime, opens_at=START + timedelta(days=5))
    later = running.open_at(runtime, campaign, COMMAND_LINE, START + timedelta(days=6))
    assert later is not None
    assert later.window.opens_at == START + timedelta(days=6)
    opened = running.open_at(runtime, campaign, COMMAND_LINE, None)
    assert opened is not None
    assert opened.state(now()) is State.OPEN
    assert running.open_at(runtime, campaign, COMMAND_LINE, START + timedelta(days=6)) is None


# Pausing


def test_a_paused_campaign_takes_nobody_and_loses_nobody(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    sign(runtime, campaign)
    paused = running.pause(runtime, campaign, COMMAND_LINE, "We are checking something.")
    assert paused is not None
    assert (paused.state(now()), paused.paused_message) == (State.PAUSED, "We are checking something.")
    with pytest.raises(NotOpen):
        sign(runtime, campaign, "eve@example.org")
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NOW
    assert running.pause(runtime, campaign, COMMAND_LINE) is None

    resumed = running.resume(runtime, campaign, COMMAND_LINE)
    assert resumed is not None
    assert (resumed.state(now()), resumed.paused_message) == (State.OPEN, "")
    sign(runtime, campaign, "eve@example.org")
    assert running.resume(runtime, campaign, COMMAND_LINE) is None


# Extending


def test_an_extension_keeps_the_grace_and_is_said(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime, grace=timedelta(hours=7))
    later = campaign.window.closes_at + timedelta(days=10)
    after = running.extend(runtime, campaign, COMMAND_LINE, later, "Parliament sits again.")
    assert after is not None
    assert (after.window.closes_at, after.window.verify_until) == (later, later + timedelta(hours=7))
    told = after.past.deadline
    assert told is not None
    assert (told.kind, told.by, told.reason) == (Kind.EXTENDED, By.OPERATOR, "Parliament sits again.")
    assert (told.was, told.became, told.created_at) == (campaign.window.closes_at, later, now())
    assert counters.read(runtime.redis, campaign.slug) == after


def test_a_campaign_that_has_closed_opens_again_when_it_is_extended(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.verify_until
    after = running.extend(runtime, campaign, COMMAND_LINE, now() + timedelta(days=1), "So many asked.")
    assert after is not None
    assert after.state(now()) is State.OPEN
    sign(runtime, campaign)
    now.forward(seconds=SETTLING.total_seconds() + 1)
    assert closing.finalise_due(runtime) == []


def test_a_final_total_stays_final(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.verify_until + SETTLING
    assert closing.finalise_due(runtime) == [campaign.id]
    final = found(runtime, campaign)
    assert running.extend(runtime, campaign, COMMAND_LINE, now() + timedelta(days=1), "Too late") is None
    assert found(runtime, campaign) == final
    assert not final.past.told


def test_an_extension_is_later_than_now_and_than_the_deadline(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    for wrong in (now(), now() + timedelta(days=1), campaign.window.closes_at):
        with pytest.raises(Refused):
            running.extend(runtime, campaign, COMMAND_LINE, wrong, "Sooner")
    assert found(runtime, campaign) == campaign


# The public is told who, but no name


def test_the_public_reads_whether_the_team_or_the_operator_did_it(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        mary = people.add(connection, "mary@example.org", "mary@example.org", "Mary", runtime.now())
        site = people.add(connection, "op@example.org", "op@example.org", "Op", runtime.now(), operator=True)
        assert mary is not None
        people.join(connection, campaign.id, mary, Role.EDITOR, runtime.now())
    later = campaign.window.closes_at
    told = []
    for actor in (Actor("Mary", mary), Actor("Op", site), COMMAND_LINE):
        later += timedelta(days=1)
        after = running.extend(runtime, campaign, actor, later, "More time.")
        assert after is not None
        assert after.past.deadline is not None
        told.append(after.past.deadline.by)
    assert told == [By.CAMPAIGNERS, By.OPERATOR, By.OPERATOR]
    with runtime.reading() as connection:
        rows = connection.execute(text("SELECT who, reason FROM announcements")).all()
        trail = audit.page(connection, campaign.id)
    assert "Mary" not in str(rows)
    assert [entry.who for entry in trail[:3]] == ["command line", "Op", "Mary"]
    assert trail[2].was == {"closes_at": "2026-12-23T12:00:00Z"}
    assert trail[2].became == {"closes_at": "2026-12-24T12:00:00Z"}
    assert trail[2].reason == "More time."


# Addresses


def test_an_old_address_leads_to_the_new_one(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    assert counters.read(runtime.redis, "save-the-pond") is not None
    after = running.readdress(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    assert after is not None
    assert counters.read(runtime.redis, "save-the-pond") is None
    assert standings.find(runtime, "save-the-pond") == after
    assert standings.find(runtime, "save-the-village-pond") == after
    assert running.former_addresses(runtime, after) == ["save-the-pond"]
    assert after.text.hash == campaign.text.hash, "what was signed stays what it was"


def test_a_copy_that_comes_late_under_the_old_address_is_withdrawn(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    running.readdress(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    runtime.publish(campaign)  # by a process that read it before
    running.forget_former_copies(runtime)
    assert counters.read(runtime.redis, "save-the-pond") is None


def test_a_campaign_takes_its_own_old_address_back(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    running.readdress(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    after = running.readdress(runtime, campaign, COMMAND_LINE, "save-the-pond")
    assert after is not None
    assert standings.find(runtime, "save-the-pond") == after
    assert standings.find(runtime, "save-the-village-pond") == after
    assert running.former_addresses(runtime, after) == ["save-the-village-pond"]
    assert running.readdress(runtime, after, COMMAND_LINE, "save-the-pond") is None


def test_an_address_is_one_campaign_s_for_good(runtime: Runtime) -> None:
    pond, wood = new_campaign(runtime), new_campaign(runtime, slug="save-the-wood")
    with pytest.raises(SlugTaken):
        running.readdress(runtime, pond, COMMAND_LINE, "save-the-wood")
    running.readdress(runtime, wood, COMMAND_LINE, "save-the-trees")
    with pytest.raises(SlugTaken):
        running.readdress(runtime, pond, COMMAND_LINE, "save-the-wood")
    with pytest.raises(SlugTaken):
        new_campaign(runtime, slug="save-the-wood")
    assert found(runtime, pond).slug == "save-the-pond"
    assert acts(runtime, pond) == ["create campaign"]


def test_an_address_that_nobody_has_seen_is_given_up(runtime: Runtime) -> None:
    campaign = draft(runtime)
    running.readdress(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    assert running.former_addresses(runtime, campaign) == []
    new_campaign(runtime)


# Closing, taking down


def test_closing_brings_the_deadline_forward_and_keeps_the_grace(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime, grace=timedelta(hours=7))
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    now.forward(days=2)
    assert running.close(runtime, campaign, COMMAND_LINE, "We have won.")

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
    assert not running.close(runtime, campaign, COMMAND_LINE, "We have won.")
    now.at = campaign.window.closes_at
    assert not running.close(runtime, campaign, COMMAND_LINE, "We have won.")
    assert campaigning.find(runtime, campaign.slug) == campaign
    now.at = campaign.window.closes_at - timedelta(microseconds=1)
    assert running.close(runtime, campaign, COMMAND_LINE, "We have won.")


def test_a_campaign_is_closed_once(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    assert running.close(runtime, campaign, COMMAND_LINE, "We have won.")
    closed = campaigning.find(runtime, campaign.slug)
    now.forward(hours=1)
    assert not running.close(runtime, campaign, COMMAND_LINE, "We have won.")
    assert campaigning.find(runtime, campaign.slug) == closed


def test_a_campaign_can_be_closed_at_the_moment_it_opens(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.opens_at
    assert running.close(runtime, campaign, COMMAND_LINE, "We have won.")
    now.at = campaign.window.opens_at + timedelta(hours=24) + SETTLING
    assert closing.finalise_due(runtime) == [campaign.id]
    assert not running.close(runtime, campaign, COMMAND_LINE, "We have won.")


def test_a_campaign_that_is_taken_down_takes_nothing_and_lets_everybody_go(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    signing.sign(runtime, campaign.id, campaign.text.hash, submission("eve@example.org"))
    assert running.take_down(runtime, campaign, COMMAND_LINE)

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
    running.take_down(runtime, campaign, COMMAND_LINE)
    assert running.put_back(runtime, campaign, COMMAND_LINE)

    shown = campaigning.find(runtime, campaign.slug)
    assert shown is not None
    assert not shown.taken_down
    assert shown.revision > campaign.revision + 1
    assert counters.read(runtime.redis, campaign.slug) == shown
    signing.sign(runtime, campaign.id, campaign.text.hash, submission("eve@example.org"))
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NOW


def test_taking_down_and_putting_back_happen_once_each(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    assert not running.put_back(runtime, campaign, COMMAND_LINE)
    assert [bool(running.take_down(runtime, campaign, COMMAND_LINE)) for _ in range(2)] == [True, False]
    assert [bool(running.put_back(runtime, campaign, COMMAND_LINE)) for _ in range(2)] == [True, False]
