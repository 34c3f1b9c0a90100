"""Contract of all seven transports: taken, refused for good, not now, unknown; and what they do to a mail."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from typing import Any

import pytest

from campaign.domain.mail.mail_url import API_PROVIDERS, read_mail_url
from campaign.domain.mail.sender import read_sender
from campaign.mail.errors import (
    MailError,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailSenderRefusedError,
    MailServerBusyError,
    MailServerUnavailableError,
    MailUnavailableError,
)
from campaign.mail.message import build_message
from campaign.mail.providers.api_client import ApiCall, ApiTimeouts
from campaign.mail.providers.aws_signature import signed_call
from campaign.mail.providers.provider import ApiTransport
from campaign.mail.providers.registry import open_provider
from campaign.mail.smtp import SmtpTransport
from campaign.mail.transport import Transport
from tests.support.processes import TIMEOUT_SECONDS, wait_until
from tests.support.provider_server import DIALECTS, ProviderServer, Reply
from tests.support.servers import free_port
from tests.support.smtp_script import PATIENT, Misbehaviour, ScriptedSmtpServer, impatient_in

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
SENDER = read_sender("Keep our NHS, Leeds – Ünïted <no-reply@example.org>")
BATCHING = [name for name in API_PROVIDERS if DIALECTS[name].half_refused is not None]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[ProviderServer]:
    made = ProviderServer(DIALECTS[request.param])
    yield made
    made.close()


every_provider = pytest.mark.parametrize("server", API_PROVIDERS, indirect=True)


def transport_to(server: ProviderServer, answer_seconds: float = TIMEOUT_SECONDS) -> ApiTransport:
    return open_provider(read_mail_url(server.mail_url), lambda: NOW, ApiTimeouts(TIMEOUT_SECONDS, answer_seconds))


def message(number: int = 1, recipient: str = "ada@example.org") -> Message:
    made = build_message(
        recipient, "Confirm your signature: Kéép our “NHS”", ("Hello\n\n.\nhttps://example.org/v/1 ≥", "<p>Hellö</p>"),
        sender=SENDER, message_id=f"<{number}.0123456789abcdef01234567@example.org>", date=NOW,
    )  # fmt: skip
    made["List-Unsubscribe"] = "<https://example.org/u/1>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made["Reply-To"] = "organiser@example.net"
    return made


def outcome(transport: Transport, recipient: str = "ada@example.org") -> MailError | None:
    try:
        transport.send(message(recipient=recipient), recipient)
    except MailError as error:
        found = error
    else:
        return None
    assert "ada" not in str(found)
    return found


@every_provider
def test_a_mail_arrives_whole(server: ProviderServer) -> None:
    transport = transport_to(server)
    for _ in range(3):
        assert outcome(transport) is None
    transport.close()
    assert len(server.connections) == 1
    found = server.mails[0]
    assert (found.recipient, found.sender) == ("ada@example.org", "no-reply@example.org")
    assert found.subject == "Confirm your signature: Kéép our “NHS”"
    assert found.text.split() == ["Hello", ".", "https://example.org/v/1", "≥"]
    assert found.html.strip() == "<p>Hellö</p>"
    # Resend takes no commas in a name.
    assert found.sender_name.replace(",", "") == "Keep our NHS Leeds – Ünïted"
    assert found.headers["Message-ID"] == "<1.0123456789abcdef01234567@example.org>"
    assert found.headers["List-Unsubscribe"] == "<https://example.org/u/1>"
    assert found.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found.headers["Auto-Submitted"] == "auto-generated"
    assert found.reference == "1_0123456789abcdef01234567"
    assert b"organiser@example.net" in server.calls[0].body or server.dialect.name == "ses"


@pytest.mark.parametrize(
    ("server", "refusal"),
    [(name, reply) for name, dialect in DIALECTS.items() for reply in dialect.refusals.values()],
    indirect=["server"],
)
def test_what_concerns_the_recipient_refuses_this_mail_for_good(server: ProviderServer, refusal: Reply) -> None:
    server.replies = [refusal]
    transport = transport_to(server)
    assert type(outcome(transport)) is MailRefusedError
    assert outcome(transport) is None
    assert len(server.mails) == 1
    transport.close()


@pytest.mark.parametrize(
    ("server", "refusal"),
    [(name, reply) for name, dialect in DIALECTS.items() for reply in dialect.sender_refusals.values()],
    indirect=["server"],
)
def test_what_concerns_our_account_burns_nobodys_mail(server: ProviderServer, refusal: Reply) -> None:
    server.replies = [refusal]
    transport = transport_to(server)
    assert type(outcome(transport)) is MailSenderRefusedError
    assert outcome(transport) is None
    transport.close()


@every_provider
@pytest.mark.parametrize(
    ("reply", "kind", "seconds"),
    [
        (Reply(429, {"message": "slow down"}, (("Retry-After", "17"),)), MailServerBusyError, 17.0),
        (Reply(429, None, (("Retry-After", "Sun, 06 Nov 2044 08:49:37 GMT"),)), MailServerBusyError, 3600.0),
        (Reply(429, None, (("Retry-After", "soon"),)), MailServerBusyError, None),
        (Reply(503, None, (("Retry-After", "9"),)), MailServerUnavailableError, 9.0),
        (Reply(500, {"message": "oops"}), MailServerUnavailableError, None),
        (Reply(502, None), MailServerUnavailableError, None),
        (Reply(307, None, (("Location", "https://elsewhere.example"),)), MailSenderRefusedError, None),
        (Reply(418, {"message": "tea"}), MailUnavailableError, None),
    ],
)
def test_not_now(server: ProviderServer, reply: Reply, kind: type[Exception], seconds: float | None) -> None:
    server.replies = [reply]
    transport = transport_to(server)
    found = outcome(transport)
    assert type(found) is kind
    assert found.retry_after_seconds == seconds
    assert outcome(transport) is None
    transport.close()


@every_provider
@pytest.mark.parametrize("taken", [False, True])
def test_no_answer_leaves_it_unknown_unless_asking_again_sends_nothing_twice(server: ProviderServer, taken: bool) -> None:
    server.replies = [Reply(0, hangs=not taken, takes_and_hangs=taken)]
    # Who is asked again must answer within that time.
    transport = transport_to(server, 1.5 if server.dialect.idempotent else 0.3)
    found = outcome(transport)
    if server.dialect.idempotent:
        assert found is None
        assert len(server.mails) == 1
        assert server.calls[0].body == server.calls[1].body
    else:
        assert type(found) is MailOutcomeUnknownError
        assert len(server.mails) == taken
        assert len(server.calls) == 1
    server.replies = [Reply(0, hangs=True), Reply(0, hangs=True)]
    assert type(outcome(transport)) is MailOutcomeUnknownError
    transport.close()


@pytest.mark.parametrize("name", API_PROVIDERS)
def test_nobody_listening_is_no_unknown_outcome(name: str) -> None:
    url = DIALECTS[name].url
    address = f"{url}{'&' if '?' in url else '?'}api=http://127.0.0.1:{free_port()}"
    transport = open_provider(read_mail_url(address), lambda: NOW, ApiTimeouts(0.5, 0.5))
    assert type(outcome(transport)) is MailServerUnavailableError
    with pytest.raises(MailServerUnavailableError):
        transport.check()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("HTTP/1.1 200", MailOutcomeUnknownError),
        ("HTTP/1.1 202 OK\r\nX-Slow: ", type(None)),
        ("HTTP/1.1 202 OK\r\nContent-Length: 9000\r\n\r\n", type(None)),
    ],
    ids=["status", "headers", "body"],
)
def test_an_answer_that_comes_octet_by_octet_is_not_waited_for(head: str, kind: type[object]) -> None:
    # It would take a quarter of an hour, and each octet comes well within the time for one. A status is enough.
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65_536)
                connection.sendall(head.encode())
                for _ in range(9_000):
                    connection.sendall(b"x")
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"{DIALECTS['sendgrid'].url}?api=http://127.0.0.1:{listener.getsockname()[1]}"
        transport = open_provider(read_mail_url(url), lambda: NOW, ApiTimeouts(2, 2))
        assert type(outcome(transport)) is kind
        transport.close()
        thread.join(TIMEOUT_SECONDS)
        assert not thread.is_alive()


@pytest.mark.parametrize("server", BATCHING, indirect=True)
def test_half_a_batch_refused_is_half_a_batch_taken(server: ProviderServer) -> None:
    server.refused_recipients = ["refused1@example.org", "refused3@example.org"]
    recipients = ["a0@example.org", "refused1@example.org", "a2@example.org", "refused3@example.org"]
    transport = transport_to(server)
    results = transport.send_batch([(message(number, one), one) for number, one in enumerate(recipients)])
    assert [type(result) for result in results] == [type(None), MailRefusedError] * 2
    assert [mail.recipient for mail in server.mails] == ["a0@example.org", "a2@example.org"]
    assert len(server.calls) == 1
    # A batch that fails as a whole says the same of each.
    refusal = next(iter(server.dialect.sender_refusals.values()))
    server.replies = [Reply(429, None, (("Retry-After", "5"),)), refusal]
    for kind in (MailServerBusyError, MailSenderRefusedError):
        results = transport.send_batch([(message(number), "ada@example.org") for number in range(3)])
        assert [type(result) for result in results] == [kind] * 3
    transport.close()


@pytest.mark.parametrize("server", BATCHING, indirect=True)
def test_one_that_cannot_be_written_holds_up_no_other(server: ProviderServer) -> None:
    unwritable = message(1)
    del unwritable["Subject"]
    unwritable["Subject"] = "=?utf-8?b?a?="
    transport = transport_to(server)
    results = transport.send_batch(
        [(message(0), "ada@example.org"), (unwritable, "bob@example.org"), (message(2), "eve@example.org")]
    )
    assert [type(result) for result in results] == [type(None), MailUnavailableError, type(None)]
    assert [mail.recipient for mail in server.mails] == ["ada@example.org", "eve@example.org"]
    transport.close()


@every_provider
def test_an_answer_of_any_form_is_no_error_of_ours(server: ProviderServer) -> None:
    odd: list[Any] = [None, [], {}, "a", 7, [[]], [None], {"ErrorCode": []}, {"errors": [[], {"index": []}]}, {"errors": {}},
                      {"message": [], "name": {}, "code": 7}, {"__type": [], "Message": {}}]  # fmt: skip
    transport = transport_to(server)
    for status in (200, 400, 403, 422):
        for body in odd:
            server.replies = [Reply(status, body)]
            results = transport.send_batch([(message(number), "ada@example.org") for number in range(transport.max_batch)])
            assert len(results) == transport.max_batch
            assert status == 200 or None not in results
    transport.close()


@pytest.mark.parametrize("server", BATCHING, indirect=True)
def test_an_answer_about_another_number_of_mails_is_none(server: ProviderServer) -> None:
    server.replies = [Reply(200, [{"ErrorCode": 0}])]
    results = transport_to(server).send_batch([(message(number), "ada@example.org") for number in range(2)])
    kind = MailOutcomeUnknownError if server.dialect.name == "postmark" else type(None)
    assert [type(result) for result in results] == [kind] * 2


@every_provider
def test_a_look_whether_mail_could_leave_sends_none(server: ProviderServer) -> None:
    server.replies = [
        Reply(422 if server.dialect.name == "resend" else 400 if server.dialect.name in ("ses", "mailgun") else 200)
    ]
    server.replies += [Reply(401), Reply(503)]
    transport = transport_to(server)
    assert transport.check().startswith("the API of ")
    with pytest.raises(MailSenderRefusedError):
        transport.check()
    with pytest.raises(MailServerUnavailableError):
        transport.check()
    assert server.mails == []
    transport.close()


@every_provider
def test_a_call_is_broken_off_from_another_thread(server: ProviderServer) -> None:
    server.replies = [Reply(0, hangs=True)] * 2
    transport = transport_to(server, 600)
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(outcome(transport)))
    thread.start()

    def is_broken_off() -> bool:
        if server.calls:
            transport.abort()
        return not thread.is_alive()

    wait_until(is_broken_off, "the call has ended")
    assert [type(one) for one in found] == [MailOutcomeUnknownError]


SMTP: dict[str, tuple[Misbehaviour, type[Exception]]] = {
    "recipient": (Misbehaviour("RCPT", reply="550 5.1.1 <ada@example.org>: no"), MailRefusedError),
    "relaying": (Misbehaviour("RCPT", reply="554 5.7.1 <ada@example.org>: Relay access denied"), MailSenderRefusedError),
    "not signed in": (Misbehaviour("RCPT", reply="530 5.7.0 Authentication required"), MailSenderRefusedError),
    "not signed in, at the end": (Misbehaviour("dot", reply="550 5.7.60 Client was not authenticated"), MailSenderRefusedError),
    "content": (Misbehaviour("dot", reply="554 5.6.0 no"), MailRefusedError),
    "sender": (Misbehaviour("MAIL", reply="553 5.7.1 not yours"), MailSenderRefusedError),
    "sender, for now": (Misbehaviour("MAIL", reply="451 4.7.1 later"), MailServerUnavailableError),
    "busy": (Misbehaviour("RCPT", reply="421 4.7.0 closing"), MailServerBusyError),
    "later": (Misbehaviour("RCPT", reply="451 4.7.1 later"), MailUnavailableError),
    "silent before": (Misbehaviour("DATA", hangs=True), MailUnavailableError),
    "silent after": (Misbehaviour("dot", hangs=True, takes=True), MailOutcomeUnknownError),
}


@pytest.mark.parametrize("case", SMTP)
def test_the_same_of_smtp(case: str) -> None:
    told = SMTP[case][0]
    server = ScriptedSmtpServer([told])
    transport = SmtpTransport(server.url, "no-reply@example.org", impatient_in(told.phase) if told.hangs else PATIENT)
    try:
        assert type(outcome(transport)) is SMTP[case][1]
        server.misbehaviour, transport._timeouts = [], PATIENT
        taken = len(server.mails)
        results = transport.send_batch([(message(number), "ada@example.org") for number in range(2)])
        assert results == [None, None]
        assert server.mails[-1]["Message-ID"] == "<1.0123456789abcdef01234567@example.org>"
        assert server.mails[-1]["List-Unsubscribe"] == "<https://example.org/u/1>"
        assert len(server.mails) == taken + 2
    finally:
        transport.close()
        server.close()


def test_the_signature_is_that_of_amazons_own_example() -> None:
    # "post-vanilla" of the test suite for Signature Version 4.
    call = signed_call(
        ApiCall("/", {}), "https://example.amazonaws.com", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "us-east-1", "service", datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )  # fmt: skip
    assert call.headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
        "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postmark://k", "https://api.postmarkapp.com"),
        ("mailgun://k@mg.example.org", "https://api.mailgun.net"),
        ("mailgun://k@mg.example.org?region=eu", "https://api.eu.mailgun.net"),
        ("sendgrid://k", "https://api.sendgrid.com"),
        ("brevo://k", "https://api.brevo.com"),
        ("resend://k", "https://api.resend.com"),
        ("ses://k:s@eu-west-2", "https://email.eu-west-2.amazonaws.com"),
    ],
)
def test_mail_goes_to_the_documented_address(url: str, address: str) -> None:
    assert open_provider(read_mail_url(url), lambda: NOW)._provider.url == address
