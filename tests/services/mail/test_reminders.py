"""Reminders: one after a day and one before the deadline, to who has not confirmed, and to nobody who should be left alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, text

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MailKind
from campaign.domain.mail.reminder import reminder_windows
from campaign.domain.moderation.flag import FlagKind, FlagPeriod, Observation
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.mail import reminders, suppression
from campaign.services.signatures import sign
from campaign.services.site import switches
from campaign.store.database.column_types import UtcDateTime
from campaign.store.mail import deliveries
from campaign.store.moderation import flags
from campaign.store.signatures import signatures
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

COMMAND = Actor("command line")
ANN = "ann@example.org"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """A campaign that closes after thirty days, with a grace of one."""
    return new_campaign(runtime)


def sign_up(runtime: Runtime, campaign: Campaign, email: str = ANN, **more: object) -> None:
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, **more))


def subjects(mail: MailServer, address: str = ANN) -> list[str]:
    return [str(one["Subject"]).partition(":")[0] for one in mail.mails_to(address)]


def signature_id(runtime: Runtime, email: str = ANN) -> int:
    with runtime.reading() as connection:
        found = connection.execute(text("SELECT id FROM signatures WHERE email = :email"), {"email": email})
        return int(found.scalar_one())


def test_who_has_not_confirmed_is_reminded_after_a_day_and_before_the_deadline_and_never_again(
    runtime: Runtime, campaign: Campaign, mail: MailServer, now: ManualClock
) -> None:
    sign_up(runtime, campaign)
    run_workers(runtime)
    now.advance(hours=23, minutes=59)
    assert reminders.enqueue_reminders(runtime) == 0
    now.advance(minutes=1)
    assert [reminders.enqueue_reminders(runtime) for _ in range(2)] == [1, 0]
    run_workers(runtime)
    for _ in range(30):
        now.advance(days=1)
        reminders.enqueue_reminders(runtime)
        run_workers(runtime)
    assert subjects(mail) == ["Confirm your signature", "Still to confirm", "Last reminder to confirm"]
    first, last = mail.mails_to(ANN)[1:]
    for one in (first, last):
        words = str(one.get_body(("plain",)))
        assert "/v/" in words
        assert "/s/" in words
        assert "Ada" not in words
    with runtime.reading() as connection:
        kinds = connection.execute(text("SELECT priority FROM outbox WHERE kind LIKE '%reminder'")).scalars().all()
    assert list(kinds) == [3, 3]


def test_the_link_of_a_reminder_verifies_and_is_counted_in_the_funnel(
    runtime: Runtime, campaign: Campaign, mail: MailServer, now: ManualClock
) -> None:
    sign_up(runtime, campaign)
    run_workers(runtime)
    now.advance(days=1)
    reminders.enqueue_reminders(runtime)
    run_workers(runtime)
    count.advance_ledgers(runtime)
    count.count_verification_mails(runtime)
    with runtime.reading() as connection:
        row = connection.execute(text("SELECT sum(sent) AS sent, sum(reminded) AS reminded FROM cohort_tallies")).one()
    assert (row.sent, row.reminded) == (1, 1)
    assert count.reconcile_campaign(runtime, campaign).consistent
    first, reminder = (str(one.get_body(("plain",))).split("/v/")[1].split()[0] for one in mail.mails_to(ANN))
    assert first == reminder


def _verified(runtime: Runtime) -> None:
    sign.verify_signature(runtime, verify_link_of(runtime, signature_id(runtime)))


def _withdrawn(runtime: Runtime) -> None:
    _verified(runtime)
    execute_sql(runtime, "UPDATE signatures SET state = 'withdrawn'")


def _invalidated(runtime: Runtime) -> None:
    execute_sql(runtime, "UPDATE signatures SET state = 'invalidated'")


def _suppressed(runtime: Runtime) -> None:
    with runtime.reading() as connection:
        key = str(connection.execute(text("SELECT link_key FROM signatures")).scalar_one())
        signature = signatures.get_signature(connection, signature_id(runtime), key)
    assert signature is not None
    suppression.suppress_own_mailbox(runtime, signature)


def _bounced(runtime: Runtime) -> None:
    with runtime.transaction() as connection:
        deliveries.set_delivery(connection, 1, Delivery.SOFT_BOUNCE, "4.2.2", runtime.now())


def _refused(runtime: Runtime) -> None:
    execute_sql(runtime, "UPDATE outbox SET state = 'refused'")


def _flagged(runtime: Runtime) -> None:
    period = FlagPeriod(START_TIME - timedelta(minutes=1), START_TIME + timedelta(minutes=1))
    seen = Observation("198.51.100.0/24", 60, 80, period=period)
    with runtime.transaction() as connection:
        flags.raise_flag(connection, 1, FlagKind.NETWORK, seen, {"many": 60}, runtime.now())


def _paused(runtime: Runtime) -> None:
    execute_sql(runtime, "UPDATE campaigns SET paused = true")


def _switched_off(runtime: Runtime) -> None:
    switches.set_switch(runtime, COMMAND, Switch.PAUSE_SIGNING, on=True)


def _off_in_campaign(runtime: Runtime) -> None:
    execute_sql(runtime, "UPDATE campaigns SET reminders = false")


def _clock_was_off(runtime: Runtime) -> None:
    runtime.now.advance(days=3)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "meanwhile",
    [_verified, _withdrawn, _invalidated, _suppressed, _bounced, _refused, _flagged, _paused, _switched_off, _off_in_campaign,
     _clock_was_off],
)  # fmt: skip
def test_nobody_is_reminded_who_should_be_left_alone(
    runtime: Runtime, campaign: Campaign, now: ManualClock, mail: MailServer, meanwhile: Callable[[Runtime], None]
) -> None:
    sign_up(runtime, campaign, network="198.51.100.0/24")
    run_workers(runtime)
    meanwhile(runtime)
    now.advance(days=1)
    assert reminders.enqueue_reminders(runtime) == 0


def test_what_was_owed_is_dropped_where_somebody_confirms_or_the_grace_ends_before_it_leaves(
    runtime: Runtime, campaign: Campaign, mail: MailServer, now: ManualClock
) -> None:
    for email in (ANN, "bo@example.org"):
        sign_up(runtime, campaign, email)
    run_workers(runtime)
    now.advance(days=1)
    assert reminders.enqueue_reminders(runtime) == 2
    _verified(runtime)
    now.advance(days=31)
    run_workers(runtime)
    assert "Still to confirm" not in subjects(mail) + subjects(mail, "bo@example.org")


def test_a_mailbox_that_has_had_its_share_is_not_reminded(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    sign_up(runtime, campaign)
    run_workers(runtime)
    now.advance(days=1)
    with runtime.transaction() as connection:
        full = text(
            """INSERT INTO outbox (signature_id, kind, mailbox_hash, edition, priority, state, attempts, due_at, created_at,
                   settled_at, reason)
               SELECT signature_id, kind, mailbox_hash, 9, priority, 'sent', 1, :now, :now, :now, '' FROM outbox WHERE id = 1"""
        ).bindparams(bindparam("now", type_=UtcDateTime()))
        for _ in range(runtime.settings.mailbox_limit_per_campaign):
            connection.execute(full, {"now": now()})
    assert reminders.enqueue_reminders(runtime) == 0


def test_many_are_reminded_in_bounded_steps_and_two_jobs_at_once_remind_each_once(
    runtime: Runtime, campaign: Campaign, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "STEP_SIZE", 3)
    for number in range(8):
        sign_up(runtime, campaign, f"p{number}@example.org")
    execute_sql(runtime, "UPDATE outbox SET state = 'sent'")
    now.advance(days=1)
    assert reminders.enqueue_reminders(runtime) == 8
    execute_sql(runtime, "DELETE FROM reminder_progress")
    assert reminders.enqueue_reminders(runtime) == 0


def test_a_campaign_and_the_operator_can_turn_reminders_off(runtime: Runtime, campaign: Campaign) -> None:
    assert reminders.are_reminders_on(runtime, campaign)
    assert [reminders.switch_reminders(runtime, COMMAND, campaign, on=False) for _ in range(2)] == [True, False]
    assert not reminders.are_reminders_on(runtime, campaign)


def test_the_two_reminders_are_two_days_apart_at_least_and_none_comes_after_its_link_has_ended() -> None:
    closes, ends = START_TIME + timedelta(days=30), START_TIME + timedelta(days=31)
    for signed_hours in range(30 * 24):
        signed, told = START_TIME + timedelta(hours=signed_hours), []
        for hour in range(signed_hours, 33 * 24):
            now = START_TIME + timedelta(hours=hour)
            for kind, window in reminder_windows(now, closes, ends).items():
                if window.since < signed <= window.until and kind not in dict(told):
                    told.append((kind, now))
        assert [kind for kind, _ in told] in (
            [MailKind.REMINDER],
            [MailKind.REMINDER, MailKind.LAST_REMINDER],
        ) or signed > ends - timedelta(hours=26)
        assert all(at < ends for _, at in told)
        if len(told) == 2:
            assert told[1][1] - told[0][1] >= timedelta(days=1)
