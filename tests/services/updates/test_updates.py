"""Updates from draft to mailbox: who gets one, how many, and who never does."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.field_reader import InvalidFieldsError
from campaign.domain.mail.delivery import Delivery, SuppressionReason
from campaign.domain.updates.update import MailingState, UpdateKind, UpdateState, UpdateText
from campaign.runtime import Runtime
from campaign.security.tokens import UnsubscribeRef
from campaign.services.mail.campaigner_tests import MAX_TESTS, send_update_test
from campaign.services.signatures import sign as signing
from campaign.services.updates import mailing, read, unsubscribe, write
from campaign.services.updates.write import UpdateConflictError
from campaign.store.accounts import campaigners
from campaign.store.mail import deliveries, suppressions
from campaign.store.updates import mailing as stored_mailing
from campaign.store.updates.updates import Update
from tests.conftest import on_both_databases
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data
from tests.support.queries import query_scalar
from tests.support.servers import MailServer
from tests.support.stored_signatures import store_signatures
from workers.mail import Mailer

NEWS = UpdateText(UpdateKind.NEWS, "The pond has a heron", "It came *today*: [look](https://example.org/heron).")
MARY = Actor("Mary")


def add_signatures(runtime: Runtime, campaign: Campaign, count: int, **changes: Any) -> list[int]:
    """Verified signatures that asked for updates a day ago."""
    last = query_scalar(runtime, "SELECT coalesce(max(id), 0) FROM signatures")
    consent = {"updates": True, "updates_wording": "updates-2026-11", "updates_at": START_TIME - timedelta(days=1)}
    emails = [address(number) for number in range(last + 1, last + 1 + count)]
    rows = [{"email": email, "mailbox_hash": runtime.tokens.mailbox_hash(email)} | consent | changes for email in emails]
    return store_signatures(runtime, campaign, rows)


def address(signature_id: int) -> str:
    return f"p{signature_id}@example.org"


def draft(runtime: Runtime, campaign: Campaign, what: UpdateText = NEWS, *, wants_mail: bool = True) -> Update:
    return write.create_draft(runtime, MARY, campaign, what, wants_mail=wants_mail)


def publish(runtime: Runtime, campaign: Campaign, what: UpdateText = NEWS, *, wants_mail: bool = True) -> Update:
    made = draft(runtime, campaign, what, wants_mail=wants_mail)
    write.publish_update(runtime, MARY, campaign, made)
    return reloaded(runtime, campaign, made)


def reloaded(runtime: Runtime, campaign: Campaign, update: Update) -> Update:
    found = write.get_update(runtime, campaign, update.id)
    assert found is not None
    return found


def states(runtime: Runtime) -> dict[int, str]:
    """What is promised of updates, by signature."""
    sql = "SELECT signature_id, state FROM outbox WHERE kind = 'update'"
    with runtime.reading() as connection:
        return {row.signature_id: row.state for row in connection.execute(text(sql))}


def link_of(runtime: Runtime, signature_id: int, update: Update) -> UnsubscribeRef:
    with runtime.reading() as connection:
        sql = "SELECT link_key FROM signatures WHERE id = :id"
        return UnsubscribeRef(signature_id, connection.execute(text(sql), {"id": signature_id}).scalar_one(), update.id)


def deliver(runtime: Runtime) -> None:
    mailer = Mailer(runtime, gather_seconds=0)
    while mailer.deliver():
        pass
    mailer.close()


@on_both_databases
def test_an_update_reaches_who_asked_and_nobody_else(runtime: Runtime, mail: MailServer) -> None:
    pond, lido = new_campaign(runtime), new_campaign(runtime, slug="lido", title="Open the lido")
    asked = add_signatures(runtime, pond, 2)
    add_signatures(runtime, pond, 1, updates=False, updates_wording="", updates_at=None)
    for state in ("pending", "withdrawn", "invalidated"):
        add_signatures(runtime, pond, 1, state=state)
    add_signatures(runtime, pond, 1, updates_at=START_TIME + timedelta(hours=1))  # asked after it was published
    add_signatures(runtime, pond, 1, updates_wording="")  # nobody knows to which words
    add_signatures(runtime, pond, 1, updates_at=None)  # nor when
    add_signatures(runtime, pond, 1, erased_at=START_TIME)
    (never,) = add_signatures(runtime, pond, 1)
    add_signatures(runtime, lido, 1)
    with runtime.transaction() as connection:
        suppressions.suppress(connection, runtime.tokens.mailbox_hash(address(never)), SuppressionReason.REQUEST, runtime.now())
    assert write.count_recipients(runtime, pond) == 2
    update = publish(runtime, pond)
    assert (update.state, update.number, update.mailing) == (UpdateState.PUBLISHED, 1, MailingState.RUNNING)
    assert mailing.has_due_updates(runtime)
    assert mailing.run_due_updates(runtime) == 2
    assert states(runtime) == dict.fromkeys(asked, "owed")
    assert not mailing.has_due_updates(runtime)
    deliver(runtime)
    assert sorted(one.recipient for one in mail.delivered) == [address(number) for number in asked]
    message = mail.delivered[0].message
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].strip().startswith("<https://sign.example.org/u/")
    body = message.get_body(("plain",))
    assert body is not None
    said = " ".join(body.get_content().split())
    assert "on 22 November 2026, asked for news" in said
    assert "look (https://example.org/heron)" in said
    with runtime.transaction() as connection:
        deliveries.set_delivery(connection, 1, Delivery.HARD_BOUNCE, "5.1.1", runtime.now())
    counts = write.count_mails(runtime, update)
    assert (counts.sent, counts.owed, counts.dropped, counts.bounced) == (2, 0, 0, 1)
    assert (reloaded(runtime, pond, update).enqueued, reloaded(runtime, pond, update).mailing) == (2, MailingState.ENQUEUED)


@on_both_databases
def test_verification_mail_promised_later_goes_before_an_update(runtime: Runtime, mail: MailServer) -> None:
    pond = new_campaign(runtime)
    add_signatures(runtime, pond, 3)
    publish(runtime, pond)
    mailing.run_due_updates(runtime)
    signing.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("late@example.org"))
    deliver(runtime)
    assert mail.delivered[0].recipient == "late@example.org"
    assert len(mail.delivered) == 4


@on_both_databases
def test_unsubscribing_is_at_once_and_for_ever_and_counted_once(runtime: Runtime, mail: MailServer) -> None:
    pond = new_campaign(runtime)
    first, second = add_signatures(runtime, pond, 2)
    update = publish(runtime, pond)
    mailing.run_due_updates(runtime)
    link = link_of(runtime, first, update)
    subscription = unsubscribe.get_subscription(runtime, link)
    assert subscription is not None
    assert subscription.wants_updates
    for _ in range(3):
        unsubscribe.unsubscribe(runtime, link)
    unsubscribe.unsubscribe(runtime, link._replace(signature_id=second, link_key="another's"))
    deliver(runtime)
    assert states(runtime) == {first: "dropped", second: "sent"}
    assert reloaded(runtime, pond, update).unsubscribed == 1
    after = unsubscribe.get_subscription(runtime, link)
    assert after is not None
    assert not after.wants_updates
    publish(runtime, pond)
    mailing.run_due_updates(runtime)
    assert sorted(one.recipient for one in mail.delivered) == [address(second)]


@on_both_databases
def test_a_mailing_stopped_midway_sends_no_more(runtime: Runtime, mail: MailServer) -> None:
    pond = new_campaign(runtime)
    ids = add_signatures(runtime, pond, 5)
    update = publish(runtime, pond)
    with runtime.transaction() as connection:
        assert stored_mailing.enqueue_step(connection, update, 2, runtime.now()) == 2
    assert write.stop_mailing(runtime, MARY, pond, update.id)
    # Before a worker has dropped them: their turn has come, and they are not sent.
    deliver(runtime)
    assert mail.delivered == []
    mailing.run_due_updates(runtime)
    assert states(runtime) == dict.fromkeys(ids[:2], "dropped")
    assert reloaded(runtime, pond, update).mailing is MailingState.STOPPED
    assert not write.stop_mailing(runtime, MARY, pond, update.id)
    assert not mailing.has_due_updates(runtime)


@on_both_databases
def test_stopping_drops_what_is_owed(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    ids = add_signatures(runtime, pond, 3)
    update = publish(runtime, pond)
    mailing.run_due_updates(runtime)
    assert write.stop_mailing(runtime, MARY, pond, update.id)
    assert mailing.run_due_updates(runtime) == 3
    assert states(runtime) == dict.fromkeys(ids, "dropped")


@on_both_databases
def test_a_scheduled_update_is_published_when_its_time_has_come(runtime: Runtime, now: ManualClock) -> None:
    pond = new_campaign(runtime)
    add_signatures(runtime, pond, 1)
    made = draft(runtime, pond)
    for wrong in (timedelta(0), timedelta(days=-1), timedelta(days=400)):
        with pytest.raises(InvalidFieldsError):
            write.schedule_update(runtime, MARY, pond, made, runtime.now() + wrong)
    write.schedule_update(runtime, MARY, pond, made, runtime.now() + timedelta(hours=2))
    assert mailing.run_due_updates(runtime) == 0
    assert not write.delete_draft(runtime, MARY, pond, made.id)
    assert read.list_published(runtime, pond).updates == ()
    assert write.unschedule_update(runtime, MARY, pond, made.id)
    now.advance(hours=3)
    assert not mailing.has_due_updates(runtime)
    again = reloaded(runtime, pond, made)
    write.schedule_update(runtime, MARY, pond, again, runtime.now() + timedelta(hours=1))
    with pytest.raises(UpdateConflictError):
        write.publish_update(runtime, MARY, pond, again)  # as it was before it was scheduled
    now.advance(hours=1)
    assert mailing.has_due_updates(runtime)
    assert mailing.run_due_updates(runtime) == 1
    (shown,) = read.list_published(runtime, pond).updates
    assert (shown.number, shown.published_at) == (1, runtime.now())


def test_numbers_have_no_gaps_and_drafts_leave_none(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    first, second, third = (draft(runtime, pond, wants_mail=False) for _ in range(3))
    write.publish_update(runtime, MARY, pond, third)
    assert write.delete_draft(runtime, MARY, pond, first.id)
    write.publish_update(runtime, MARY, pond, second)
    with pytest.raises(UpdateConflictError):
        write.publish_update(runtime, MARY, pond, second)
    assert not write.delete_draft(runtime, MARY, pond, second.id)
    assert [one.number for one in read.list_published(runtime, pond).updates] == [2, 1]
    assert reloaded(runtime, pond, third).mailing is MailingState.NONE


@on_both_databases
def test_no_more_than_so_many_mailings_a_week(runtime: Runtime) -> None:
    pond, lido = new_campaign(runtime), new_campaign(runtime, slug="lido", title="Open the lido")
    publish(runtime, pond)
    write.schedule_update(runtime, MARY, pond, draft(runtime, pond), runtime.now() + timedelta(days=1))
    third = draft(runtime, pond)
    with pytest.raises(InvalidFieldsError) as refused:
        write.publish_update(runtime, MARY, pond, third)
    assert "2 updates a week" in refused.value.errors["wants_mail"]
    assert "30 November 2026" in refused.value.errors["wants_mail"]
    with pytest.raises(InvalidFieldsError):
        write.schedule_update(runtime, MARY, pond, third, runtime.now() + timedelta(days=6))
    write.schedule_update(runtime, MARY, pond, third, runtime.now() + timedelta(days=7))
    publish(runtime, pond, wants_mail=False)
    publish(runtime, lido)


@on_both_databases
def test_a_form_made_from_an_older_revision_stores_nothing(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    made = draft(runtime, pond)
    after = write.save_update(runtime, MARY, pond, made, made.revision, NEWS, wants_mail=False)
    assert (after.revision, after.wants_mail) == (made.revision + 1, False)
    with pytest.raises(UpdateConflictError):
        write.save_update(runtime, MARY, pond, made, made.revision, NEWS, wants_mail=True)
    lido = new_campaign(runtime, slug="lido", title="Open the lido")
    assert write.get_update(runtime, lido, made.id) is None
    with pytest.raises(UpdateConflictError):
        write.publish_update(runtime, MARY, lido, after)


def test_a_test_mail_comes_with_the_words_of_an_update_and_unsubscribes_from_nothing(
    runtime: Runtime, mail: MailServer
) -> None:
    pond = new_campaign(runtime)
    with runtime.transaction() as connection:
        mary = campaigners.add_campaigner(connection, "mary@example.org", "mary@example.org", "Mary", runtime.now())
    made = draft(runtime, pond)
    actor = Actor("Mary", mary)
    assert send_update_test(runtime, actor, pond, made.id)
    deliver(runtime)
    (message,) = mail.mails_to("mary@example.org")
    assert message["Subject"] == "Test: The pond has a heron"
    assert message["List-Unsubscribe"] is None
    assert sum(send_update_test(runtime, actor, pond, made.id) for _ in range(30)) == MAX_TESTS - 1
    write.delete_draft(runtime, MARY, pond, made.id)
    deliver(runtime)
    assert len(mail.delivered) == 1
