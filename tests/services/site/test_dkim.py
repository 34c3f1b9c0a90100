"""The DKIM selector, found in a mail that we send to our own mailbox of bounces by the real way."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from campaign.domain.site.finding import Finding
from campaign.runtime import Runtime
from campaign.services.site.diagnosis.dkim import check_own_signature
from tests.services.site.test_sender import is_owed
from tests.support.imap_server import ImapServer
from tests.support.processes import TIMEOUT_SECONDS, wait_until
from tests.support.servers import MailServer
from workers.mail import Mailer

SIGNED = b"DKIM-Signature: v=1; a=rsa-sha256; d=%b;\r\n s=%b; h=from:to; bh=x; b=y\r\n"


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    made = ImapServer()
    yield made
    made.close()


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], imap: ImapServer, mail: MailServer) -> Runtime:
    return make_runtime(
        mail_url=mail.url, clock=lambda: datetime.now(UTC), mail_from="no-reply@sign.example.org",
        bounce_address="bounces+@example.org", bounce_url=imap.url,
    )  # fmt: skip


def check(runtime: Runtime, imap: ImapServer, mail: MailServer, header: bytes | None) -> tuple[Finding, tuple[str, ...]]:
    """Let the worker send, and the provider bring the mail to our mailbox with what it adds; None: it brings nothing."""

    def carry() -> None:
        wait_until(lambda: is_owed(runtime), "our own mail is owed")
        Mailer(runtime, gather_seconds=0).deliver()
        if header is not None:
            imap.add(header + mail.mails_to("bounces@example.org")[-1].as_bytes())

    thread = threading.Thread(target=carry)
    thread.start()
    told = check_own_signature(runtime, TIMEOUT_SECONDS if header is not None else 0.5)
    thread.join(TIMEOUT_SECONDS)
    return told


@pytest.mark.parametrize(
    ("header", "outcome", "words", "selectors"),
    [
        (SIGNED % (b"example.org", b"x7"), "ok", "x7._domainkey.example.org", ("x7",)),
        (SIGNED % (b"amazonses.com", b"q1") + SIGNED % (b"sign.example.org", b"x8"), "ok", "x8._domainkey", ("x8",)),
        (SIGNED % (b"amazonses.com", b"q1"), "note", "signed for another domain (q1._domainkey.amazonses.com)", ()),
        (b"", "note", "is not signed", ()),
        (None, "UNKNOWN", "has not arrived within", ()),
    ],
)
def test_the_selector_is_found_in_the_mail_that_was_sent(
    runtime: Runtime,
    imap: ImapServer,
    mail: MailServer,
    header: bytes | None,
    outcome: str,
    words: str,
    selectors: tuple[str, ...],
) -> None:
    letter = imap.add(b"Message-ID: <1.0@sign.example.org>\r\nSubject: a letter\r\n\r\nHello\r\n")
    finding, found = check(runtime, imap, mail, header)
    assert (finding.outcome.value, found) == (outcome, selectors)
    assert words in finding.message
    # Ours is removed, and nothing else.
    assert set(imap.mails) == {letter}
    assert imap.flags[letter] == set()


def test_a_mailbox_that_cannot_be_read_is_unknown_and_no_secret_is_told(
    runtime: Runtime, imap: ImapServer, mail: MailServer
) -> None:
    imap.password = "another"
    finding, found = check(runtime, imap, mail, b"")
    assert (finding.outcome.value, found) == ("UNKNOWN", ())
    assert "secret" not in finding.message
