"""The mailbox of somebody whom a stranger bombs: how many mails come, and that one press stops it for good."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from campaign.runtime import Runtime
from campaign.security.tokens import SignedTokens
from campaign.services.mail.reminders import enqueue_reminders
from campaign.services.signatures import sign
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers
from workers.mail import Mailer

NETWORK = "203.0.113.0/24"


@pytest.fixture
def bomb(runtime: Runtime, now: ManualClock) -> Callable[[int], None]:
    """Posts ada's address under a new name every half hour, for so many days."""
    pond = new_campaign(runtime)
    mailer = Mailer(runtime, gather_seconds=0)

    def post(days: int) -> None:
        for number in range(days * 48):
            name = f"Fake {chr(65 + number % 26)}{chr(97 + number // 26)}"
            sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data(name=name, network=NETWORK))
            now.advance(minutes=30)
            if number % 8 == 0:
                # As the clock asks for them, though less often.
                enqueue_reminders(runtime)
            mailer.deliver()

    return post


def test_three_days_of_bombing_are_bounded_and_one_press_stops_it_for_good(
    app: Flask, runtime: Runtime, mail: MailServer, bomb: Callable[[int], None]
) -> None:
    bomb(3)
    ada = Signatory(app, mail)
    # Five a day about one campaign, reminders among them: no name that a stranger typed is in any of them.
    assert len(ada.mails) == 15
    assert not [one for one in ada.mails if "Fake" in one.as_string()]
    # Who lives at the address can sign all the same, from their own network, and is asked about what they typed.
    ada.browser.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    ada.sign()
    run_workers(runtime)
    assert len(ada.mails) == 16
    assert "Ada Lovelace" in ada.open_verification().text

    before = ada.browser.get(ada.manage_path()).text
    assert "never-write" in before
    assert "don’t write to you any more" not in before
    assert ada.browser.post(ada.manage_path(), data={"action": "never-write"}).status_code == 303
    assert "don’t write to you any more" in ada.browser.get(ada.manage_path()).text
    bomb(2)
    assert len(ada.mails) == 16
    # Signing answers as ever, and another campaign writes nothing either.
    new_campaign(runtime, slug="save-the-wood")
    stranger = Signatory(app, mail, slug="save-the-wood")
    assert stranger.sign().status_code == 303
    run_workers(runtime)
    assert len(ada.mails) == 16


def test_only_a_link_mailed_to_the_mailbox_takes_it_back_and_nobody_learns_of_it(
    app: Flask, runtime: Runtime, mail: MailServer, now: ManualClock
) -> None:
    new_campaign(runtime)
    ada, eve = Signatory(app, mail), Signatory(app, mail, email="eve@example.org")
    for one in (ada, eve):
        one.sign()
    run_workers(runtime)
    ada.browser.post(ada.manage_path(), data={"action": "never-write"})
    now.advance(days=40)
    new_campaign(runtime, slug="save-the-wood", closes_at=now.at + timedelta(days=30), opens_at=now.at)
    answers = []
    for email in (ada.email, eve.email):
        stranger = Signatory(app, mail, email=email, slug="save-the-wood")
        for _ in range(3):
            assert stranger.sign().status_code == 303
            answer = stranger.browser.post("/c/save-the-wood/check-your-email")
            page = stranger.browser.get(answer.location).text.replace(email, "")
            answers.append((answer.status_code, answer.location, page))
            run_workers(runtime)
            now.advance(days=1)
    assert len(set(answers)) == 1, "the answer is the same for everybody"
    # One mail, however often it is asked for; who has stopped nothing gets none of it.
    assert [str(one["Subject"]) for one in ada.mails].count("Shall we write to you again?") == 1
    assert [str(one["Subject"]) for one in eve.mails].count("Shall we write to you again?") == 0
    sent = len(ada.mails)
    assert ada.browser.post(ada.manage_path(), data={"action": "write-again"}).status_code == 303
    run_workers(runtime)
    # The mail to confirm comes by itself.
    assert len(ada.mails) == sent + 1
    assert ada.confirm().status_code == 303


def test_it_outlasts_a_new_secret_key(make_runtime: Callable[..., Runtime], mail: MailServer) -> None:
    old = make_runtime(mail_url=mail.url)
    hashes = old.tokens.mailbox_hashes("ada@example.org")
    assert hashes == [old.tokens.mailbox_hash("ada@example.org")]
    rotated = SignedTokens("n" * 64, [old.settings.secret_key.get_secret_value()], "")
    assert rotated.mailbox_hashes("ada@example.org")[1:] == hashes
