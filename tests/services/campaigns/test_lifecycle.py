"""Lifecycle of a campaign: who may sign when, what the public is told, what is recorded."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.announcement import AnnouncementKind, Announcer
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import FINALISATION_DELAY, CampaignState
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, lifecycle, published
from campaign.services.campaigns.lifecycle import NotReadyError, SlugTakenError
from campaign.services.ledger import finalise
from campaign.services.signatures.sign import NotOpenError, VerifyOutcome, sign_campaign, verify_signature, withdraw_signature
from campaign.store.accounts import audit_log, campaigners, team
from campaign.store.campaigns import campaigns
from campaign.store.redis import campaign_cache
from tests.support.caches import expire_campaigns
from tests.support.factories import (
    START_TIME,
    ManualClock,
    definition,
    new_campaign,
    sign_form_data,
    stored_campaign,
    verify_link_of,
)


def draft(runtime: Runtime, **changes: object) -> Campaign:
    """A campaign that only its team sees."""
    plain = {"contact": "pond@example.org", "controller": "The pond society", **changes}
    with runtime.transaction() as connection:
        campaign_id = campaigns.create(connection, definition(**plain), runtime.now(), preview_key=runtime.random_token())
        campaign = campaigns.get_by_id(connection, campaign_id)
    assert not campaign.published
    return campaign


def sign(runtime: Runtime, campaign: Campaign, email: str = "ada@example.org") -> None:
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email))


def acts(runtime: Runtime, campaign: Campaign) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in reversed(audit_log.list_entries(connection, campaign.id))]


# Drafts


def test_nobody_finds_or_signs_a_draft(runtime: Runtime) -> None:
    campaign = draft(runtime)
    assert published.find_published(runtime, campaign.slug) is None
    runtime.cache_campaign(campaign)
    expire_campaigns()
    assert published.find_published(runtime, campaign.slug) is None, "whatever Redis has"
    with pytest.raises(NotOpenError):
        sign(runtime, campaign)


def test_no_total_of_a_draft_becomes_final(runtime: Runtime, now: ManualClock) -> None:
    campaign = draft(runtime)
    now.at = campaign.window.verify_until + FINALISATION_DELAY
    assert finalise.finalise_due_campaigns(runtime) == []
    assert not finalise.finalise_campaign(runtime, campaign.id)
    assert stored_campaign(runtime, campaign).final_total is None


def test_a_draft_is_neither_paused_nor_closed_nor_extended_nor_taken_down(runtime: Runtime, now: ManualClock) -> None:
    campaign = draft(runtime)
    assert lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE) is None
    assert lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "Why not") is None
    assert lifecycle.extend_deadline(runtime, campaign, COMMAND_LINE, now() + timedelta(days=90), "Why not") is None
    assert lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE) is None
    assert stored_campaign(runtime, campaign) == campaign
    assert "close campaign" not in acts(runtime, campaign)


# Publishing


def test_a_published_campaign_opens_at_once(runtime: Runtime, now: ManualClock) -> None:
    campaign = draft(runtime, opens_at=START_TIME - timedelta(days=3))
    after = lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE)
    assert after is not None
    assert (after.published, after.state(now()), after.window.opens_at) == (True, CampaignState.OPEN, now())
    assert published.find_published(runtime, campaign.slug) == after
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == after
    sign(runtime, campaign)
    assert acts(runtime, campaign)[-1] == "publish campaign"


def test_a_campaign_can_be_published_to_open_later(runtime: Runtime, now: ManualClock) -> None:
    campaign = draft(runtime)
    after = lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE, now() + timedelta(days=2))
    assert after is not None
    assert after.state(now()) is CampaignState.SCHEDULED
    with pytest.raises(NotOpenError):
        sign(runtime, campaign)
    now.advance(days=2)
    sign(runtime, campaign)


def test_a_campaign_is_published_once(runtime: Runtime, now: ManualClock) -> None:
    campaign = draft(runtime)
    after = lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE)
    now.advance(hours=1)
    assert lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE) is None
    assert stored_campaign(runtime, campaign) == after


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"contact": ""}, "contact"),
        ({"closes_at": START_TIME + timedelta(days=2)}, "closes_at"),
    ],
)
def test_a_draft_that_lacks_something_is_not_published(
    runtime: Runtime, now: ManualClock, changes: dict[str, object], field: str
) -> None:
    campaign = draft(runtime, **changes)
    now.advance(days=3)
    with pytest.raises(NotReadyError) as refused:
        lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE)
    assert [point.field for point in refused.value.missing] == [field]
    assert stored_campaign(runtime, campaign) == campaign


@pytest.mark.parametrize("away", [timedelta(minutes=-1), timedelta(days=30)])
def test_a_campaign_opens_neither_in_the_past_nor_after_its_deadline(
    runtime: Runtime, now: ManualClock, away: timedelta
) -> None:
    campaign = draft(runtime)
    with pytest.raises(InvalidInputError):
        lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE, now() + away)
    assert not stored_campaign(runtime, campaign).published


def test_a_campaign_that_is_not_open_yet_can_open_sooner_or_later(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime, opens_at=START_TIME + timedelta(days=5))
    later = lifecycle.reschedule_opening(runtime, campaign, COMMAND_LINE, START_TIME + timedelta(days=6))
    assert later is not None
    assert later.window.opens_at == START_TIME + timedelta(days=6)
    opened = lifecycle.reschedule_opening(runtime, campaign, COMMAND_LINE, None)
    assert opened is not None
    assert opened.state(now()) is CampaignState.OPEN
    assert lifecycle.reschedule_opening(runtime, campaign, COMMAND_LINE, START_TIME + timedelta(days=6)) is None


# Pausing


def test_a_paused_campaign_takes_nobody_and_loses_nobody(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign(runtime, campaign)
    paused = lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, "We are checking something.")
    assert paused is not None
    assert (paused.state(now()), paused.paused_message) == (CampaignState.PAUSED, "We are checking something.")
    with pytest.raises(NotOpenError):
        sign(runtime, campaign, "eve@example.org")
    assert verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.NOW
    assert lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE) is None

    resumed = lifecycle.resume_campaign(runtime, campaign, COMMAND_LINE)
    assert resumed is not None
    assert (resumed.state(now()), resumed.paused_message) == (CampaignState.OPEN, "")
    sign(runtime, campaign, "eve@example.org")
    assert lifecycle.resume_campaign(runtime, campaign, COMMAND_LINE) is None


# Extending


def test_an_extension_keeps_the_grace_and_is_said(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime, grace=timedelta(hours=7))
    later = campaign.window.closes_at + timedelta(days=10)
    after = lifecycle.extend_deadline(runtime, campaign, COMMAND_LINE, later, "Parliament sits again.")
    assert after is not None
    assert (after.window.closes_at, after.window.verify_until) == (later, later + timedelta(hours=7))
    told = after.history.deadline_change
    assert told is not None
    assert (told.kind, told.by, told.reason) == (AnnouncementKind.EXTENDED, Announcer.OPERATOR, "Parliament sits again.")
    assert (told.deadline_before, told.deadline_after, told.created_at) == (campaign.window.closes_at, later, now())
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == after


def test_a_campaign_that_has_closed_opens_again_when_it_is_extended(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.verify_until
    after = lifecycle.extend_deadline(runtime, campaign, COMMAND_LINE, now() + timedelta(days=1), "So many asked.")
    assert after is not None
    assert after.state(now()) is CampaignState.OPEN
    sign(runtime, campaign)
    now.advance(seconds=FINALISATION_DELAY.total_seconds() + 1)
    assert finalise.finalise_due_campaigns(runtime) == []


def test_a_final_total_stays_final(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.verify_until + FINALISATION_DELAY
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    final = stored_campaign(runtime, campaign)
    assert lifecycle.extend_deadline(runtime, campaign, COMMAND_LINE, now() + timedelta(days=1), "Too late") is None
    assert stored_campaign(runtime, campaign) == final
    assert not final.history.has_announcements


def test_an_extension_is_later_than_now_and_than_the_deadline(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    for wrong in (now(), now() + timedelta(days=1), campaign.window.closes_at):
        with pytest.raises(InvalidInputError):
            lifecycle.extend_deadline(runtime, campaign, COMMAND_LINE, wrong, "Sooner")
    assert stored_campaign(runtime, campaign) == campaign


# The public is told who, but no name


def test_the_public_reads_whether_the_team_or_the_operator_did_it(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        mary = campaigners.add_campaigner(connection, "mary@example.org", "mary@example.org", "Mary", runtime.now())
        site = campaigners.add_campaigner(connection, "op@example.org", "op@example.org", "Op", runtime.now(), is_operator=True)
        assert mary is not None
        team.add_member(connection, campaign.id, mary, Role.EDITOR, runtime.now())
    later = campaign.window.closes_at
    told = []
    for actor in (Actor("Mary", mary), Actor("Op", site), COMMAND_LINE):
        later += timedelta(days=1)
        after = lifecycle.extend_deadline(runtime, campaign, actor, later, "More time.")
        assert after is not None
        assert after.history.deadline_change is not None
        told.append(after.history.deadline_change.by)
    assert told == [Announcer.CAMPAIGNERS, Announcer.OPERATOR, Announcer.OPERATOR]
    with runtime.reading() as connection:
        rows = connection.execute(text("SELECT who, reason FROM announcements")).all()
        trail = audit_log.list_entries(connection, campaign.id)
    assert "Mary" not in str(rows)
    assert [entry.actor_name for entry in trail[:3]] == ["command line", "Op", "Mary"]
    assert trail[2].before == {"closes_at": "2026-12-23T12:00:00Z"}
    assert trail[2].after == {"closes_at": "2026-12-24T12:00:00Z"}
    assert trail[2].reason == "More time."


# Addresses


def test_an_old_address_leads_to_the_new_one(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-pond") is not None
    after = lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    assert after is not None
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-pond") is None
    assert published.find_published(runtime, "save-the-pond") == after
    assert published.find_published(runtime, "save-the-village-pond") == after
    assert lifecycle.former_slugs(runtime, after) == ["save-the-pond"]
    assert after.text.hash == campaign.text.hash, "what was signed stays what it was"


def test_a_copy_that_comes_late_under_the_old_address_is_withdrawn(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    runtime.cache_campaign(campaign)  # by a process that read it before
    lifecycle.clear_former_slugs_from_cache(runtime)
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-pond") is None


def test_a_campaign_takes_its_own_old_address_back(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    after = lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "save-the-pond")
    assert after is not None
    assert published.find_published(runtime, "save-the-pond") == after
    assert published.find_published(runtime, "save-the-village-pond") == after
    assert lifecycle.former_slugs(runtime, after) == ["save-the-village-pond"]
    assert lifecycle.change_slug(runtime, after, COMMAND_LINE, "save-the-pond") is None


def test_an_address_is_one_campaign_s_for_good(runtime: Runtime) -> None:
    pond, wood = new_campaign(runtime), new_campaign(runtime, slug="save-the-wood")
    with pytest.raises(SlugTakenError):
        lifecycle.change_slug(runtime, pond, COMMAND_LINE, "save-the-wood")
    lifecycle.change_slug(runtime, wood, COMMAND_LINE, "save-the-trees")
    with pytest.raises(SlugTakenError):
        lifecycle.change_slug(runtime, pond, COMMAND_LINE, "save-the-wood")
    with pytest.raises(SlugTakenError):
        new_campaign(runtime, slug="save-the-wood")
    assert stored_campaign(runtime, pond).slug == "save-the-pond"
    assert acts(runtime, pond) == ["create campaign"]


def test_an_address_that_nobody_has_seen_is_given_up(runtime: Runtime) -> None:
    campaign = draft(runtime)
    lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "save-the-village-pond")
    assert lifecycle.former_slugs(runtime, campaign) == []
    new_campaign(runtime)


# Closing, taking down


def test_closing_brings_the_deadline_forward_and_keeps_the_grace(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime, grace=timedelta(hours=7))
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    now.advance(days=2)
    assert lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")

    closed = create_and_find.get_by_slug(runtime, campaign.slug)
    assert closed is not None
    assert closed.window.closes_at == now()
    assert closed.window.verify_until == now() + timedelta(hours=7)
    assert closed.state(now()) is CampaignState.CLOSED
    assert closed.revision > campaign.revision
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == closed
    assert campaign_cache.cached_campaign_and_countdown(runtime.redis, campaign.slug)[1] is None

    with pytest.raises(NotOpenError):
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("eve@example.org"))
    now.advance(hours=6)
    assert verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.NOW


def test_only_a_campaign_between_its_opening_and_its_deadline_can_be_closed(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.opens_at - timedelta(microseconds=1)
    assert not lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")
    now.at = campaign.window.closes_at
    assert not lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")
    assert create_and_find.get_by_slug(runtime, campaign.slug) == campaign
    now.at = campaign.window.closes_at - timedelta(microseconds=1)
    assert lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")


def test_a_campaign_is_closed_once(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    assert lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")
    closed = create_and_find.get_by_slug(runtime, campaign.slug)
    now.advance(hours=1)
    assert not lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")
    assert create_and_find.get_by_slug(runtime, campaign.slug) == closed


def test_a_campaign_can_be_closed_at_the_moment_it_opens(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.at = campaign.window.opens_at
    assert lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")
    now.at = campaign.window.opens_at + timedelta(hours=24) + FINALISATION_DELAY
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert not lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.")


def test_a_campaign_that_is_taken_down_takes_nothing_and_lets_everybody_go(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("eve@example.org"))
    assert lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)

    hidden = create_and_find.get_by_slug(runtime, campaign.slug)
    assert hidden is not None
    assert hidden.taken_down
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == hidden
    with pytest.raises(NotOpenError):
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("mae@example.org"))
    assert verify_signature(runtime, verify_link_of(runtime, 1)).outcome is not VerifyOutcome.NOW
    assert withdraw_signature(runtime, 2)


def test_a_campaign_that_is_put_back_goes_on(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)
    assert lifecycle.put_back_campaign(runtime, campaign, COMMAND_LINE)

    shown = create_and_find.get_by_slug(runtime, campaign.slug)
    assert shown is not None
    assert not shown.taken_down
    assert shown.revision > campaign.revision + 1
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == shown
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("eve@example.org"))
    assert verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.NOW


def test_taking_down_and_putting_back_happen_once_each(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    assert not lifecycle.put_back_campaign(runtime, campaign, COMMAND_LINE)
    assert [bool(lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)) for _ in range(2)] == [True, False]
    assert [bool(lifecycle.put_back_campaign(runtime, campaign, COMMAND_LINE)) for _ in range(2)] == [True, False]
