"""The end of a campaign: a total that is certified once and stands, and nothing kept of who never verified."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import FINALISATION_DELAY, CampaignState
from campaign.domain.moderation.removal import RemovalKind
from campaign.runtime import Runtime
from campaign.services.ledger import count, finalise
from campaign.services.moderation import removals
from campaign.services.signatures.sign import (
    NotOpenError,
    VerifyOutcome,
    get_own_signature,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from campaign.store.redis import campaign_cache
from tests.support.factories import ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import query_rows


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Campaign) -> Callable[..., None]:
    """Somebody signs, and verifies unless told otherwise; signatures are numbered from 1."""

    def one(number: int, *, verify: bool = True, to: Campaign = campaign) -> None:
        sign_campaign(runtime, to.id, to.text.hash, sign_form_data(f"{number}@example.org"))
        if verify:
            assert verify_signature(runtime, verify_link_of(runtime, number)).outcome is VerifyOutcome.NOW

    return one


@pytest.fixture
def over(campaign: Campaign, now: ManualClock) -> Callable[[], None]:
    """The grace is over, and the total has settled."""

    def forward() -> None:
        now.at = campaign.window.verify_until + FINALISATION_DELAY

    return forward


def test_the_total_is_certified_with_the_entry_it_was_read_from(
    runtime: Runtime, campaign: Campaign, sign: Any, over: Any, now: ManualClock
) -> None:
    for number in (1, 2, 3):
        sign(number)
    count.advance_ledgers(runtime)
    withdraw_signature(runtime, 2)
    count.advance_ledgers(runtime)
    over()
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]

    final = stored_campaign(runtime, campaign)
    assert (final.state(now()), final.signatures, final.final_total) == (CampaignState.FINAL, 2, 2)
    assert final.window.finalised_at == now()
    assert query_rows(runtime, "SELECT campaign_id, total, sequence FROM certificates") == [(campaign.id, 2, 4)]
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == final


def test_a_campaign_nobody_signed_is_certified_with_nothing(runtime: Runtime, campaign: Campaign, over: Any) -> None:
    over()
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert (stored_campaign(runtime, campaign).final_total, stored_campaign(runtime, campaign).signatures) == (0, 0)


def test_no_total_is_final_before_the_grace_is_over_and_has_settled(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    moment = timedelta(microseconds=1)
    ends = campaign.window.verify_until
    for at in (campaign.window.closes_at, ends - moment, ends, ends + FINALISATION_DELAY - moment):
        now.at = at
        assert finalise.finalise_due_campaigns(runtime) == []
        assert not finalise.finalise_campaign(runtime, campaign.id)
        assert stored_campaign(runtime, campaign).state(now()) is CampaignState.CLOSED
    now.at = ends + FINALISATION_DELAY
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]


def test_no_total_is_final_while_a_signature_waits_to_be_counted(
    runtime: Runtime, campaign: Campaign, sign: Any, over: Any
) -> None:
    sign(1)
    over()
    assert finalise.finalise_due_campaigns(runtime) == []
    assert query_rows(runtime, "SELECT * FROM certificates") == []
    assert stored_campaign(runtime, campaign).final_total is None

    count.advance_ledgers(runtime)
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert stored_campaign(runtime, campaign).final_total == 1


def test_a_signature_that_waits_elsewhere_holds_nothing_up(runtime: Runtime, campaign: Campaign, sign: Any, over: Any) -> None:
    other = new_campaign(runtime, slug="save-the-wood", closes_at=campaign.window.closes_at + timedelta(days=90))
    sign(1, to=other)
    over()
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]


def test_a_total_is_certified_once(runtime: Runtime, campaign: Campaign, over: Any, now: ManualClock) -> None:
    over()
    assert [finalise.finalise_campaign(runtime, campaign.id) for _ in range(3)] == [True, False, False]
    now.advance(days=1)
    assert finalise.finalise_due_campaigns(runtime) == []
    assert len(query_rows(runtime, "SELECT * FROM certificates")) == 1


def test_many_who_finalise_at_once_certify_once(runtime: Runtime, campaign: Campaign, sign: Any, over: Any) -> None:
    sign(1)
    count.advance_ledgers(runtime)
    over()
    begin, made = Barrier(4), []

    def finish() -> None:
        begin.wait()
        made.append(finalise.finalise_campaign(runtime, campaign.id))

    threads = [Thread(target=finish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]
    assert query_rows(runtime, "SELECT total FROM certificates") == [(1,)]


def test_a_final_campaign_takes_and_verifies_nothing(
    runtime: Runtime, campaign: Campaign, sign: Any, over: Any, now: ManualClock
) -> None:
    sign(1)
    count.advance_ledgers(runtime)
    over()
    finalise.finalise_due_campaigns(runtime)
    with pytest.raises(NotOpenError):
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("late@example.org"))
    # Not even on a machine whose clock is days late.
    now.at = campaign.window.opens_at
    with pytest.raises(NotOpenError):
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("late@example.org"))


def test_a_late_clock_verifies_nothing_once_the_total_is_final(
    runtime: Runtime, campaign: Campaign, sign: Any, over: Any, now: ManualClock
) -> None:
    sign(1, verify=False)
    count.advance_ledgers(runtime)
    over()
    finalise.finalise_due_campaigns(runtime)
    now.at = campaign.window.opens_at
    assert verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.TOO_LATE
    assert stored_campaign(runtime, campaign).verified == 0


def test_a_withdrawal_after_the_end_is_in_the_ledger_and_the_certified_total_stands(
    runtime: Runtime, campaign: Campaign, sign: Any, over: Any
) -> None:
    for number in (1, 2, 3):
        sign(number)
    count.advance_ledgers(runtime)
    over()
    finalise.finalise_due_campaigns(runtime)

    assert withdraw_signature(runtime, 1)
    assert removals.invalidate_signature(runtime, COMMAND_LINE, 2, RemovalKind.PROGRAM, "a bot")
    assert count.advance_ledgers(runtime) == 2
    after = stored_campaign(runtime, campaign)
    assert (after.signatures, after.final_total, after.verified) == (3, 3, 1)
    copy = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
    assert copy is not None
    assert (copy.signatures, copy.verified) == (3, 1)
    assert query_rows(runtime, "SELECT event, change, total FROM ledger ORDER BY sequence")[3:] == [
        ("withdraw", -1, 2),
        ("invalidate", -1, 1),
    ]
    assert query_rows(runtime, "SELECT total, sequence FROM certificates") == [(3, 3)]
    assert count.reconcile_campaign(runtime, campaign).consistent


def test_who_never_verified_is_forgotten_with_their_mails(runtime: Runtime, campaign: Campaign, sign: Any, over: Any) -> None:
    sign(1)
    sign(2, verify=False)
    sign(3)
    withdraw_signature(runtime, 3)
    sign(4, verify=False)
    removals.invalidate_signature(runtime, COMMAND_LINE, 4, RemovalKind.PROGRAM, "a bot")
    sign(5, verify=False)
    withdraw_signature(runtime, 5)
    count.advance_ledgers(runtime)
    assert stored_campaign(runtime, campaign).pending == 1
    over()
    assert finalise.delete_unverified(runtime) == 0, "not before the total is final"
    finalise.finalise_due_campaigns(runtime)
    assert finalise.delete_unverified(runtime) == 2

    # What a campaigner has invalidated stays, as does whatever was verified once: entries of the ledger speak of it.
    kept = [(1, "verified"), (3, "withdrawn"), (4, "invalidated")]
    assert query_rows(runtime, "SELECT id, state FROM signatures ORDER BY id") == kept
    assert {signature for (signature,) in query_rows(runtime, "SELECT signature_id FROM outbox")} == {1, 3, 4}
    after = stored_campaign(runtime, campaign)
    assert (after.signatures, after.pending) == (1, 0)
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == after
    assert count.reconcile_campaign(runtime, campaign).consistent
    assert finalise.delete_unverified(runtime) == 0


def test_forgetting_takes_as_many_rounds_as_it_needs(runtime: Runtime, campaign: Campaign, over: Any) -> None:
    amount = finalise.MAX_DELETED_PER_TRANSACTION + 3
    with runtime.transaction() as connection:
        connection.execute(
            text(
                """INSERT INTO signatures (campaign_id, text_hash, state, counted_as, counted_country, name, email, email_key,
                       country, postcode, comment, public, updates, updates_wording, source, edition, edition_floor,
                       browser_hash, link_key, mailbox_hash, signed_at, submitted_at, ended_reason)
                   VALUES (:campaign, :hash, 'pending', 'none', '', 'Ada', :email, :email, 'GB', '', '', false, false, '', '',
                       1, 1, '', '', '', '2026-11-23 12:00:00+00', '2026-11-23 12:00:00+00', '')"""
            ),
            [
                {"campaign": campaign.id, "hash": campaign.text.hash, "email": f"{number}@example.org"}
                for number in range(amount)
            ],
        )
    count.advance_ledgers(runtime)
    assert stored_campaign(runtime, campaign).pending == amount
    over()
    finalise.finalise_due_campaigns(runtime)
    assert finalise.delete_unverified(runtime) == amount
    assert query_rows(runtime, "SELECT count(*) FROM signatures") == [(0,)]
    assert stored_campaign(runtime, campaign).pending == 0


def test_a_link_to_a_forgotten_signature_never_leads_to_somebody_else(
    runtime: Runtime, campaign: Campaign, sign: Any, over: Any, now: ManualClock
) -> None:
    sign(1, verify=False)
    link = verify_link_of(runtime, 1)
    count.advance_ledgers(runtime)
    over()
    finalise.finalise_due_campaigns(runtime)
    finalise.delete_unverified(runtime)
    other = new_campaign(runtime, slug="save-the-wood", closes_at=now() + timedelta(days=1))
    sign_campaign(runtime, other.id, other.text.hash, sign_form_data("eve@example.org"))
    [(eve,)] = query_rows(runtime, "SELECT id FROM signatures")
    assert eve > 1, "a number is never given twice"
    assert get_own_signature(runtime, link.signature_ref) is None
    assert verify_signature(runtime, link).outcome is VerifyOutcome.LINK_VOID
    # Nor where a restored backup has given the number to somebody else.
    assert get_own_signature(runtime, link.signature_ref._replace(signature_id=eve)) is None
    assert verify_signature(runtime, link._replace(signature_id=eve)).outcome is VerifyOutcome.LINK_VOID
    assert verify_signature(runtime, verify_link_of(runtime, eve)).outcome is VerifyOutcome.NOW


def test_what_is_restored_after_the_end_without_ever_being_verified_is_forgotten_too(
    runtime: Runtime, campaign: Campaign, sign: Any, over: Any
) -> None:
    sign(1, verify=False)
    removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "by mistake")
    count.advance_ledgers(runtime)
    over()
    finalise.finalise_due_campaigns(runtime)
    assert finalise.delete_unverified(runtime) == 0
    removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    count.advance_ledgers(runtime)
    assert finalise.delete_unverified(runtime) == 1
    assert stored_campaign(runtime, campaign).signatures == 0
