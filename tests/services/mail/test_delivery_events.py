"""Delivery events: told in any order, again and again, by strangers; and what it never does."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.mail.delivery import HARD_BOUNCE_SUPPRESSION, Delivery, DeliveryEvent, bounce_of_status
from campaign.runtime import Runtime
from campaign.security.tokens import VerificationRef
from campaign.services.ledger import count, dashboard
from campaign.services.mail import delivery_events
from campaign.services.signatures import sign as signing
from campaign.services.signatures.timeline import get_timeline
from campaign.store.campaigns import campaigns
from campaign.store.mail import outbox
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data
from tests.support.queries import query_rows
from tests.support.secret_keys import OTHER_SECRET_KEY, SECRET_KEY


def claimed(runtime: Runtime) -> list[Any]:
    with runtime.transaction() as connection:
        return outbox.claim_mails(connection, runtime.now(), timedelta(seconds=60), 100)


def sent(runtime: Runtime, *addresses: str) -> list[int]:
    """Mails to these that a server took, by their numbers."""
    pond = new_campaign(runtime)
    for address in addresses:
        signing.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data(address))
    claims = claimed(runtime)
    with runtime.transaction() as connection:
        for claim in claims:
            outbox.mark_sent(connection, [claim], runtime.now())
    return [claim.id for claim in claims]


def reference(runtime: Runtime, mail_id: int) -> str:
    return runtime.tokens.message_id(mail_id, "example.org").strip("<>").partition("@")[0].replace(".", "_")


def tell(runtime: Runtime, mail_id: int, delivery: Delivery, number: str = "1") -> int:
    event = DeliveryEvent(reference(runtime, mail_id), delivery, f"{mail_id}{delivery}{number}", "5.1.1")
    return delivery_events.take_in_events(runtime, "postmark", [event])


KINDS = [Delivery.DELIVERED, Delivery.SOFT_BOUNCE, Delivery.HARD_BOUNCE, Delivery.COMPLAINT]


def test_in_any_order_the_worst_stays_and_the_funnel_says_so_once(runtime: Runtime) -> None:
    orders = list(permutations(KINDS))
    ids = sent(runtime, *(f"person{number}@example.org" for number in range(len(orders))))
    for step in range(len(KINDS)):
        for mail_id, order in zip(ids, orders, strict=True):
            tell(runtime, mail_id, order[step])
        count.advance_ledgers(runtime)
        count.count_verification_mails(runtime)
        stages = query_rows(runtime, "SELECT sum(delivered), sum(bounced) FROM cohort_tallies")[0]
        found = [delivery for (delivery,) in query_rows(runtime, "SELECT delivery FROM outbox")]
        assert stages == (
            sum(one in ("delivered", "complaint") for one in found),
            sum(one in ("soft", "hard") for one in found),
        )
    assert {delivery for (delivery,) in query_rows(runtime, "SELECT delivery FROM outbox")} == {"complaint"}
    assert query_rows(runtime, "SELECT DISTINCT reason, expires_at FROM suppressions") == [("complaint", None)]
    # Told again, all of it changes nothing.
    assert sum(tell(runtime, mail_id, kind) for mail_id in ids for kind in KINDS) == 0
    assert count.count_verification_mails(runtime) == 0


def test_the_dashboard_and_the_timeline_tell_it(runtime: Runtime) -> None:
    (mail_id,) = sent(runtime, "ada@example.org")
    tell(runtime, mail_id, Delivery.HARD_BOUNCE)
    count.advance_ledgers(runtime)
    count.count_verification_mails(runtime)
    ((campaign_id, signature_id),) = query_rows(runtime, "SELECT campaign_id, id FROM signatures")
    with runtime.reading() as connection:
        found = campaigns.get_by_id(connection, campaign_id)
    assert found is not None
    total = dashboard.verification_funnel(runtime, found).total
    assert (total.sent, total.delivered, total.bounced) == (1, 0, 1)
    story = get_timeline(runtime, campaign_id, signature_id, with_addresses=True)
    assert story is not None
    assert [event.kind for event in story.events] == ["signed", "mail", "delivery"]


def test_it_never_verifies_nor_takes_anything_from_a_signature(runtime: Runtime) -> None:
    first, second = sent(runtime, "ada@example.org", "eve@example.org")
    with runtime.reading() as connection:
        key, edition = connection.execute(text("SELECT link_key, edition FROM signatures WHERE id = 1")).one()
    signing.verify_signature(runtime, VerificationRef(1, key, edition))
    for mail_id in (first, second):
        for kind in KINDS:
            tell(runtime, mail_id, kind)
    assert query_rows(runtime, "SELECT state FROM signatures ORDER BY id") == [("verified",), ("pending",)]


def test_a_mailbox_that_does_not_exist_gets_no_mail_for_a_month_and_others_do(runtime: Runtime, now: ManualClock) -> None:
    (mail_id,) = sent(runtime, "ada@example.org")
    tell(runtime, mail_id, Delivery.HARD_BOUNCE)
    assert query_rows(runtime, "SELECT reason FROM suppressions") == [("hard_bounce",)]
    assert "example" not in str(query_rows(runtime, "SELECT * FROM suppressions"))
    campaign_id = query_rows(runtime, "SELECT campaign_id FROM signatures")[0][0]
    text_hash = query_rows(runtime, "SELECT text_hash FROM signatures")[0][0]
    for address in ("ada@example.org", "eve@example.org"):
        signing.sign_campaign(runtime, campaign_id, text_hash, sign_form_data(address, name="Somebody Else"))
    reasons = {claim.email: claim.cancel_reason(runtime.now()) for claim in claimed(runtime)}
    assert reasons == {"ada@example.org": "its mailbox does not exist", "eve@example.org": ""}
    now.at = START_TIME + HARD_BOUNCE_SUPPRESSION
    reasons = {claim.email: claim.cancel_reason(START_TIME + HARD_BOUNCE_SUPPRESSION) for claim in claimed(runtime)}
    assert "gets no mail" not in reasons["ada@example.org"]


def test_a_complaint_outlasts_a_bounce(runtime: Runtime) -> None:
    first, second = sent(runtime, "ada@example.org", "ada+2@example.org")[0], None
    assert second is None
    tell(runtime, first, Delivery.COMPLAINT)
    assert query_rows(runtime, "SELECT reason, expires_at FROM suppressions") == [("complaint", None)]
    tell(runtime, first, Delivery.HARD_BOUNCE)
    assert query_rows(runtime, "SELECT reason, expires_at FROM suppressions") == [("complaint", None)]


def test_an_event_settles_a_mail_whose_server_never_answered_or_whose_worker_died(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    for address in ("a@example.org", "b@example.org", "c@example.org"):
        signing.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data(address))
    never, unknown, died = claimed(runtime)
    with runtime.transaction() as connection:
        outbox.postpone_unknown(connection, never, "no answer", runtime.now(), runtime.now())
        outbox.settle_mail(connection, unknown, outbox.MailState.UNKNOWN, "no answer", runtime.now())
    for claim in (never, unknown, died):
        assert tell(runtime, claim.id, Delivery.DELIVERED) == 1
    assert query_rows(runtime, "SELECT state, delivery FROM outbox") == [("sent", "delivered")] * 3
    assert claimed(runtime) == []
    # The worker comes back, and records nothing over it.
    with runtime.transaction() as connection:
        outbox.postpone_mail(connection, died, "late", runtime.now())
    assert query_rows(runtime, "SELECT DISTINCT state FROM outbox") == [("sent",)]


def test_mails_that_were_never_sent_or_are_not_ours_are_passed_over(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    signing.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("ada@example.org"))
    ours = reference(runtime, 1)
    assert tell(runtime, 1, Delivery.HARD_BOUNCE) == 0
    number, mark = ours.split("_")
    forged = ["", "1", "_", f"2_{mark}", f"{number}_{mark[:-1]}", f"{number}_{'0' * 24}", f"{number}_é{mark[1:]}", "9" * 5000,
              f"-1_{mark}", f"\u0661_{mark}", "x" * 100_000]  # fmt: skip
    events = [DeliveryEvent(one, Delivery.COMPLAINT, "1") for one in forged]
    assert delivery_events.take_in_events(runtime, "postmark", events) == 0
    assert query_rows(runtime, "SELECT state, delivery FROM outbox") == [("owed", "")]
    assert query_rows(runtime, "SELECT count(*) FROM suppressions") == [(0,)]


def test_references_signed_with_an_older_key_are_known(make_runtime: Callable[..., Runtime]) -> None:
    old = make_runtime(secret_key=SECRET_KEY)
    (mail_id,) = sent(old, "ada@example.org")
    new = make_runtime(secret_key=OTHER_SECRET_KEY, secret_key_fallbacks=SECRET_KEY)
    assert new.tokens.read_message_reference(old.tokens.message_id(mail_id, "example.org")) == mail_id


@pytest.mark.parametrize(
    ("status", "delivery"),
    [("5.1.1", "hard"), ("5.1.10", "hard"), ("5.2.1", "hard"), ("5.2.2", "soft"), ("5.7.1", "soft"), ("5.7.515", "soft"),
     ("5.4.1", "soft"), ("5.0.0", "soft"), ("4.4.7", "soft"), ("", "soft")],
)  # fmt: skip
def test_only_who_is_said_not_to_exist_is_written_off(status: str, delivery: str) -> None:
    assert bounce_of_status(status) == Delivery(delivery)
    assert bounce_of_status(status, permanent=False) is Delivery.SOFT_BOUNCE
