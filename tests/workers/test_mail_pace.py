"""Pace of the mailer: what it claims at once, and `MAIL_PER_MINUTE` over all workers."""

import time
from collections.abc import Callable

from campaign.runtime import Runtime
from campaign.services.signatures import sign
from tests.support.factories import new_campaign, sign_form_data
from tests.support.servers import MailServer
from workers.mail import Mailer
from workers.mail_pace import FIRST_CLAIM, MAX_CLAIMED, MailPace


def test_no_more_is_claimed_than_is_sent_within_a_second(runtime: Runtime) -> None:
    pace = MailPace(runtime, 4)
    assert pace.claim_size() == FIRST_CLAIM
    for _ in range(10):
        pace.note(10, 1.0)
    assert pace.claim_size() == 10
    for _ in range(10):
        pace.note(50, 0.05)
    assert pace.claim_size() == MAX_CLAIMED
    for _ in range(10):
        pace.note(1, 60.0)
    assert pace.claim_size() == 4, "one for each connection"


def test_mails_a_minute_are_bounded_over_all_workers(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(mail_per_minute=600)
    workers, began, allowed = [MailPace(runtime, 4), MailPace(runtime, 4)], time.monotonic(), 0
    while allowed < 15:
        allowed += sum(worker.claim_size() for worker in workers)
    # Ten a second, and a second's worth ahead.
    assert allowed <= 10 * (time.monotonic() - began) + 12


def test_what_is_allowed_and_not_needed_is_allowed_again(make_runtime: Callable[..., Runtime]) -> None:
    # One a minute: who comes next would wait that long for a mail that nobody sent.
    pace = MailPace(make_runtime(mail_per_minute=1), 4)
    assert pace.claim_size() == 1
    assert pace.claim_size() == 0
    pace.give_back(1)
    assert pace.claim_size() == 1
    assert pace.claim_size() == 0
    pace.give_back(0)
    assert pace.claim_size() == 0


def test_a_mailer_that_finds_nothing_to_send_uses_up_nothing(make_runtime: Callable[..., Runtime], mail: MailServer) -> None:
    runtime = make_runtime(mail_url=mail.url, mail_per_minute=1)
    pond = new_campaign(runtime)
    assert Mailer(runtime, gather_seconds=0).deliver() == 0
    sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("ada@example.org"))
    assert MailPace(runtime, 4).claim_size() == 1
