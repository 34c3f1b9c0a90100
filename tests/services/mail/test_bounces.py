"""Bounces fetched from a mailbox: taken in once, removed, and everything else left alone."""

from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs

from campaign.runtime import Runtime
from campaign.services.mail.bounces import collect_bounces
from campaign.services.signatures import sign as signing
from tests.services.mail.test_delivery_events import reference, sent
from tests.support.bounce_samples import LETTER, QMAIL, SAMPLES
from tests.support.factories import new_campaign, sign_form_data
from tests.support.imap_server import ImapServer
from tests.support.queries import query_rows
from tests.support.smtp_script import ScriptedSmtpServer
from workers.mail import Mailer


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    made = ImapServer(folder="Bounce box")
    yield made
    made.close()


@pytest.fixture
def site(make_runtime: Callable[..., Runtime], imap: ImapServer) -> Runtime:
    return make_runtime(bounce_url=imap.url.replace(" ", "%20"))


def of(runtime: Runtime, mail_id: int, sample: str = QMAIL) -> bytes:
    return sample.replace("REF@", f"{reference(runtime, mail_id).replace('_', '.')}@").encode()


def test_bounces_settle_mails_and_are_removed_and_letters_stay(site: Runtime, imap: ImapServer) -> None:
    first, second, third = sent(site, "a@example.net", "b@example.net", "c@example.net")
    imap.add(of(site, first))
    imap.add(of(site, second, SAMPLES["full"][0]))
    letter = imap.add(of(site, third, LETTER))
    strange = imap.add(QMAIL.replace("REF@", "3.0123456789abcdef01234567@").encode())
    assert collect_bounces(site) == 2
    assert query_rows(site, "SELECT delivery, delivery_status FROM outbox ORDER BY id") == [
        ("hard", "5.1.1"),
        ("soft", "5.2.2"),
        ("", ""),
    ]
    assert query_rows(site, "SELECT count(*) FROM suppressions") == [(1,)]
    assert set(imap.mails) == {letter, strange}
    assert all(imap.flags[number] == {r"\Seen"} for number in (letter, strange))
    assert collect_bounces(site) == 0
    # The same bounce, delivered twice.
    imap.add(of(site, first))
    assert collect_bounces(site) == 0
    assert imap.visits == 3


def test_a_visit_that_breaks_off_loses_nothing_and_says_no_secret(site: Runtime, imap: ImapServer) -> None:
    (mail_id,) = sent(site, "a@example.net")
    imap.add(of(site, mail_id))
    for imap.drops_at in ("LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE", "EXPUNGE"):
        collect_bounces(site)
    assert query_rows(site, "SELECT delivery FROM outbox") == [("hard",)]
    imap.drops_at, imap.password = "", "another"
    # Whatever other tests have done with the logs of this process.
    with capture_logs() as logged:
        collect_bounces(site)
    said = repr(logged)
    assert "cannot be read" in said
    assert "secret" not in said
    assert "example" not in said


def test_each_mail_has_a_sender_of_its_own_where_the_address_ends_in_plus(make_runtime: Callable[..., Runtime]) -> None:
    server = ScriptedSmtpServer()
    runtime = make_runtime(mail_url=server.url, bounce_address="bounces+@example.org")
    pond = new_campaign(runtime)
    signing.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("ada@example.net"))
    assert Mailer(runtime, gather_seconds=0).deliver() == 1
    ((sender, _),) = server.envelopes
    assert sender == f"MAIL FROM:<bounces+{reference(runtime, 1)}@example.org>"
    server.close()
