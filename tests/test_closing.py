"""The end of a campaign: a total that is certified once and stands, and nothing kept of who never verified."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text

from campaign import closing, counting, moderation, signing
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.removal import Removal
from campaign.domain.standing import Standing
from campaign.domain.window import SETTLING, State
from campaign.runtime import Runtime
from campaign.signing import NotOpen, Verified
from campaign.store import campaigns, counters
from tests.factories import Now, link_to, new_campaign, submission


@pytest.fixture
def campaign(runtime: Runtime) -> Standing:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Standing) -> Callable[..., None]:
    """Somebody signs, and verifies unless told otherwise; signatures are numbered from 1."""

    def one(number: int, *, verify: bool = True, to: Standing = campaign) -> None:
        signing.sign(runtime, to.id, to.text.hash, submission(f"{number}@example.org"))
        if verify:
            assert signing.verify(runtime, link_to(runtime, number)).outcome is Verified.NOW

    return one


@pytest.fixture
def over(campaign: Standing, now: Now) -> Callable[[], None]:
    """The grace is over, and the total has settled."""

    def forward() -> None:
        now.at = campaign.window.verify_until + SETTLING

    return forward


def standing_of(runtime: Runtime, campaign: Standing) -> Standing:
    with runtime.reading() as connection:
        return campaigns.by_id(connection, campaign.id)


def rows(runtime: Runtime, sql: str) -> list[tuple[Any, ...]]:
    with runtime.reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def test_the_total_is_certified_with_the_entry_it_was_read_from(
    runtime: Runtime, campaign: Standing, sign: Any, over: Any, now: Now
) -> None:
    for number in (1, 2, 3):
        sign(number)
    counting.advance_all(runtime)
    signing.withdraw(runtime, 2)
    counting.advance_all(runtime)
    over()
    assert closing.finalise_due(runtime) == [campaign.id]

    final = standing_of(runtime, campaign)
    assert (final.state(now()), final.signatures, final.final_total) == (State.FINAL, 2, 2)
    assert final.window.finalised_at == now()
    assert rows(runtime, "SELECT campaign_id, total, sequence FROM certificates") == [(campaign.id, 2, 4)]
    assert counters.read(runtime.redis, campaign.slug) == final


def test_a_campaign_nobody_signed_is_certified_with_nothing(runtime: Runtime, campaign: Standing, over: Any) -> None:
    over()
    assert closing.finalise_due(runtime) == [campaign.id]
    assert (standing_of(runtime, campaign).final_total, standing_of(runtime, campaign).signatures) == (0, 0)


def test_no_total_is_final_before_the_grace_is_over_and_has_settled(runtime: Runtime, campaign: Standing, now: Now) -> None:
    moment = timedelta(microseconds=1)
    ends = campaign.window.verify_until
    for at in (campaign.window.closes_at, ends - moment, ends, ends + SETTLING - moment):
        now.at = at
        assert closing.finalise_due(runtime) == []
        assert not closing.finalise(runtime, campaign.id)
        assert standing_of(runtime, campaign).state(now()) is State.CLOSED
    now.at = ends + SETTLING
    assert closing.finalise_due(runtime) == [campaign.id]


def test_no_total_is_final_while_a_signature_waits_to_be_counted(
    runtime: Runtime, campaign: Standing, sign: Any, over: Any
) -> None:
    sign(1)
    over()
    assert closing.finalise_due(runtime) == []
    assert rows(runtime, "SELECT * FROM certificates") == []
    assert standing_of(runtime, campaign).final_total is None

    counting.advance_all(runtime)
    assert closing.finalise_due(runtime) == [campaign.id]
    assert standing_of(runtime, campaign).final_total == 1


def test_a_signature_that_waits_elsewhere_holds_nothing_up(runtime: Runtime, campaign: Standing, sign: Any, over: Any) -> None:
    other = new_campaign(runtime, slug="save-the-wood", closes_at=campaign.window.closes_at + timedelta(days=90))
    sign(1, to=other)
    over()
    assert closing.finalise_due(runtime) == [campaign.id]


def test_a_total_is_certified_once(runtime: Runtime, campaign: Standing, over: Any, now: Now) -> None:
    over()
    assert [closing.finalise(runtime, campaign.id) for _ in range(3)] == [True, False, False]
    now.forward(days=1)
    assert closing.finalise_due(runtime) == []
    assert len(rows(runtime, "SELECT * FROM certificates")) == 1


def test_many_who_finalise_at_once_certify_once(runtime: Runtime, campaign: Standing, sign: Any, over: Any) -> None:
    sign(1)
    counting.advance_all(runtime)
    over()
    begin, made = Barrier(4), []

    def finish() -> None:
        begin.wait()
        made.append(closing.finalise(runtime, campaign.id))

    threads = [Thread(target=finish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]
    assert rows(runtime, "SELECT total FROM certificates") == [(1,)]


def test_a_final_campaign_takes_and_verifies_nothing(
    runtime: Runtime, campaign: Standing, sign: Any, over: Any, now: Now
) -> None:
    sign(1)
    counting.advance_all(runtime)
    over()
    closing.finalise_due(runtime)
    with pytest.raises(NotOpen):
        signing.sign(runtime, campaign.id, campaign.text.hash, submission("late@example.org"))
    # Not even on a machine whose clock is days late.
    now.at = campaign.window.opens_at
    with pytest.raises(NotOpen):
        signing.sign(runtime, campaign.id, campaign.text.hash, submission("late@example.org"))


def test_a_late_clock_verifies_nothing_once_the_total_is_final(
    runtime: Runtime, campaign: Standing, sign: Any, over: Any, now: Now
) -> None:
    sign(1, verify=False)
    counting.advance_all(runtime)
    over()
    closing.finalise_due(runtime)
    now.at = campaign.window.opens_at
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.TOO_LATE
    assert standing_of(runtime, campaign).verified == 0


def test_a_withdrawal_after_the_end_is_in_the_ledger_and_the_certified_total_stands(
    runtime: Runtime, campaign: Standing, sign: Any, over: Any
) -> None:
    for number in (1, 2, 3):
        sign(number)
    counting.advance_all(runtime)
    over()
    closing.finalise_due(runtime)

    assert signing.withdraw(runtime, 1)
    assert moderation.invalidate(runtime, COMMAND_LINE, 2, Removal.PROGRAM, "a bot")
    assert counting.advance_all(runtime) == 2
    after = standing_of(runtime, campaign)
    assert (after.signatures, after.final_total, after.verified) == (3, 3, 1)
    copy = counters.read(runtime.redis, campaign.slug)
    assert copy is not None
    assert (copy.signatures, copy.verified) == (3, 1)
    assert rows(runtime, "SELECT event, change, total FROM ledger ORDER BY sequence")[3:] == [
        ("withdraw", -1, 2),
        ("invalidate", -1, 1),
    ]
    assert rows(runtime, "SELECT total, sequence FROM certificates") == [(3, 3)]
    assert counting.reconcile(runtime, campaign).sound


def test_who_never_verified_is_forgotten_with_their_mails(runtime: Runtime, campaign: Standing, sign: Any, over: Any) -> None:
    sign(1)
    sign(2, verify=False)
    sign(3)
    signing.withdraw(runtime, 3)
    sign(4, verify=False)
    moderation.invalidate(runtime, COMMAND_LINE, 4, Removal.PROGRAM, "a bot")
    sign(5, verify=False)
    signing.withdraw(runtime, 5)
    counting.advance_all(runtime)
    assert standing_of(runtime, campaign).pending == 1
    over()
    assert closing.forget_unverified(runtime) == 0, "not before the total is final"
    closing.finalise_due(runtime)
    assert closing.forget_unverified(runtime) == 2

    # What a campaigner has invalidated stays, as does whatever was verified once: entries of the ledger speak of it.
    kept = [(1, "verified"), (3, "withdrawn"), (4, "invalidated")]
    assert rows(runtime, "SELECT id, state FROM signatures ORDER BY id") == kept
    assert {signature for (signature,) in rows(runtime, "SELECT signature_id FROM outbox")} == {1, 3, 4}
    after = standing_of(runtime, campaign)
    assert (after.signatures, after.pending) == (1, 0)
    assert counters.read(runtime.redis, campaign.slug) == after
    assert counting.reconcile(runtime, campaign).sound
    assert closing.forget_unverified(runtime) == 0


def test_forgetting_takes_as_many_rounds_as_it_needs(runtime: Runtime, campaign: Standing, over: Any) -> None:
    amount = closing.FORGOTTEN_AT_ONCE + 3
    with runtime.transaction() as connection:
        connection.execute(
            text(
                """INSERT INTO signatures (campaign_id, text_hash, state, counted_as, counted_country, name, email, email_key,
                       country, postcode, comment, public, updates, updates_wording, source, edition, edition_floor, browser,
                       link_key, mailbox, signed_at, submitted_at, ended_reason)
                   VALUES (:campaign, :hash, 'pending', 'none', '', 'Ada', :email, :email, 'GB', '', '', false, false, '', '',
                       1, 1, '', '', '', '2026-11-23 12:00:00+00', '2026-11-23 12:00:00+00', '')"""
            ),
            [
                {"campaign": campaign.id, "hash": campaign.text.hash, "email": f"{number}@example.org"}
                for number in range(amount)
            ],
        )
    counting.advance_all(runtime)
    assert standing_of(runtime, campaign).pending == amount
    over()
    closing.finalise_due(runtime)
    assert closing.forget_unverified(runtime) == amount
    assert rows(runtime, "SELECT count(*) FROM signatures") == [(0,)]
    assert standing_of(runtime, campaign).pending == 0


def test_a_link_to_a_forgotten_signature_never_leads_to_somebody_else(
    runtime: Runtime, campaign: Standing, sign: Any, over: Any, now: Now
) -> None:
    sign(1, verify=False)
    link = link_to(runtime, 1)
    counting.advance_all(runtime)
    over()
    closing.finalise_due(runtime)
    closing.forget_unverified(runtime)
    other = new_campaign(runtime, slug="save-the-wood", closes_at=now() + timedelta(days=1))
    signing.sign(runtime, other.id, other.text.hash, submission("eve@example.org"))
    [(eve,)] = rows(runtime, "SELECT id FROM signatures")
    assert eve > 1, "a number is never given twice"
    assert signing.look_at(runtime, link.own) is None
    assert signing.verify(runtime, link).outcome is Verified.NO_LONGER
    # Nor where a restored backup has given the number to somebody else.
    assert signing.look_at(runtime, link.own._replace(signature_id=eve)) is None
    assert signing.verify(runtime, link._replace(signature_id=eve)).outcome is Verified.NO_LONGER
    assert signing.verify(runtime, link_to(runtime, eve)).outcome is Verified.NOW


def test_what_is_restored_after_the_end_without_ever_being_verified_is_forgotten_too(
    runtime: Runtime, campaign: Standing, sign: Any, over: Any
) -> None:
    sign(1, verify=False)
    moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "by mistake")
    counting.advance_all(runtime)
    over()
    closing.finalise_due(runtime)
    assert closing.forget_unverified(runtime) == 0
    moderation.restore(runtime, COMMAND_LINE, 1)
    counting.advance_all(runtime)
    assert closing.forget_unverified(runtime) == 1
    assert standing_of(runtime, campaign).signatures == 0
