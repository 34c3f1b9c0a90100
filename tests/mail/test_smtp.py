"""SMTP against a server that is slow, silent, dropping or refusing in every phase of a conversation."""

from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import Message

import pytest

from campaign.mail.errors import (
    MailOutcomeUnknownError,
    MailRefusedError,
    MailSenderRefusedError,
    MailServerBusyError,
    MailServerUnavailableError,
    MailUnavailableError,
)
from campaign.mail.smtp import SmtpTransport
from campaign.mail.smtp_session import (
    BLOCK_SECONDS,
    COMMAND_SECONDS,
    CONNECT_SECONDS,
    DATA_SECONDS,
    FINAL_DOT_SECONDS,
    SmtpTimeouts,
)
from tests.support.smtp_script import PATIENT, PHASES, Misbehaviour, ScriptedSmtpServer, impatient_in

OUTCOMES: dict[str, type[Exception]] = {
    "banner": MailServerUnavailableError,
    "EHLO": MailServerUnavailableError,
    **dict.fromkeys(("MAIL", "RCPT", "DATA", "body"), MailUnavailableError),
    "dot": MailOutcomeUnknownError,
}
"""What a mail comes to where the conversation ends in a phase."""


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["one by one", "pipelined"])
def server(request: pytest.FixtureRequest) -> Iterator[ScriptedSmtpServer]:
    made = ScriptedSmtpServer(extensions=("SMTPUTF8", *request.param))
    yield made
    made.close()


@pytest.fixture
def transport(server: ScriptedSmtpServer) -> Iterator[SmtpTransport]:
    with closing(transport_to(server)) as made:
        yield made


def transport_to(server: ScriptedSmtpServer, timeouts: SmtpTimeouts = PATIENT) -> SmtpTransport:
    return SmtpTransport(server.url, "no-reply@example.org", timeouts)


def message(text: str = "Hello.\n.\n..dots\n") -> Message:
    made = Message()
    made["From"], made["To"], made["Subject"] = "no-reply@example.org", "ada@example.org", "Confirm"
    made.set_payload(text)
    return made


def outcome(call: Callable[[], object]) -> type[BaseException] | None:
    try:
        call()
    except Exception as error:
        return type(error)
    return None


def test_the_time_outs_are_those_of_rfc_5321() -> None:
    # 4.5.3.2.1 to 4.5.3.2.6.
    assert (CONNECT_SECONDS, COMMAND_SECONDS, DATA_SECONDS, BLOCK_SECONDS, FINAL_DOT_SECONDS) == (300, 300, 120, 180, 600)
    assert SmtpTimeouts() == SmtpTimeouts(300, 300, 120, 180, 600)


def test_a_mail_arrives_as_it_was_sent_on_a_connection_that_is_kept(
    server: ScriptedSmtpServer, transport: SmtpTransport
) -> None:
    for _ in range(3):
        transport.send(message(), "ada@example.org")
    assert [mail.get_payload() for mail in server.mails] == ["Hello.\r\n.\r\n..dots\r\n"] * 3
    assert set(server.envelopes) == {("MAIL FROM:<no-reply@example.org>", "RCPT TO:<ada@example.org>")}
    assert server.connections == 1


@pytest.mark.parametrize("phase", PHASES)
def test_a_server_that_is_silent_in_a_phase_is_waited_for_so_long_and_no_longer(server: ScriptedSmtpServer, phase: str) -> None:
    # It is silent until the test is over.
    server.misbehaviour = [silent := Misbehaviour(phase, hangs=True)]
    transport = transport_to(server, impatient_in(phase))
    text = "x" * 70 + "\n"
    with pytest.raises(OUTCOMES[phase]) as raised:
        transport.send(message(text * (300_000 if phase == "body" else 1)), "ada@example.org")
    assert silent.reached.is_set()
    assert type(raised.value) is OUTCOMES[phase]
    assert "ada" not in str(raised.value)
    # It says nothing about the next mail.
    server.misbehaviour = []
    transport._timeouts = PATIENT
    transport.send(message(), "eve@example.org")
    assert len(server.mails) == 1
    transport.close()


@pytest.mark.parametrize("phase", PHASES)
def test_a_connection_that_is_dropped_in_a_phase(server: ScriptedSmtpServer, transport: SmtpTransport, phase: str) -> None:
    server.misbehaviour = [Misbehaviour(phase, drops=True)]
    # So long that its end has not left when the connection goes.
    text = ("x" * 70 + "\n") * (300_000 if phase == "body" else 1)
    assert outcome(lambda: transport.send(message(text), "ada@example.org")) is OUTCOMES[phase]


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase != "body"])
def test_a_server_that_drips_its_answer_is_no_faster_than_a_silent_one(server: ScriptedSmtpServer, phase: str) -> None:
    # Its answer would take a quarter of an hour.
    server.misbehaviour = [Misbehaviour(phase, reply=f"250 {'x' * 9_000}", drip_seconds=0.1)]
    with closing(transport_to(server, impatient_in(phase))) as transport:
        assert outcome(lambda: transport.send(message(), "ada@example.org")) is OUTCOMES[phase]


def test_one_who_takes_the_mail_and_closes_before_saying_so_leaves_it_unknown(
    server: ScriptedSmtpServer, transport: SmtpTransport
) -> None:
    transport.send(message(), "ada@example.org")
    server.misbehaviour = [Misbehaviour("dot", drops=True, takes=True)]
    # Also on a connection that was kept: what was sent whole is never sent again at once.
    assert outcome(lambda: transport.send(message(), "ada@example.org")) is MailOutcomeUnknownError
    assert len(server.mails) == 2


def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(server: ScriptedSmtpServer, transport: SmtpTransport) -> None:
    server.misbehaviour = [Misbehaviour("MAIL", drops=True, connections=(1,))]
    transport.send(message(), "ada@example.org")
    transport.close()
    server.misbehaviour = [Misbehaviour("RSET", drops=True), Misbehaviour("RCPT", reply="450 4.2.0 later", connections=(1,))]
    assert outcome(lambda: transport.send(message(), "ada@example.org")) is MailUnavailableError
    transport.send(message(), "ada@example.org")
    assert len(server.mails) == 2


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
def test_a_mail_whose_kept_connection_is_gone_goes_on_a_new_one(
    server: ScriptedSmtpServer, transport: SmtpTransport, phase: str
) -> None:
    transport.send(message(), "ada@example.org")
    server.misbehaviour = [Misbehaviour(phase, drops=True, connections=(0,))]
    transport.send(message(), "eve@example.org")
    assert [to for _, to in server.envelopes] == ["RCPT TO:<ada@example.org>", "RCPT TO:<eve@example.org>"]
    assert server.connections == 2
    # Once, and no more: a server that drops each new one says something about the mail, or about itself.
    server.misbehaviour = [Misbehaviour(phase, drops=True)]
    assert outcome(lambda: transport.send(message(), "eve@example.org")) is MailUnavailableError
    assert server.connections == 3


def test_an_address_of_more_than_one_line_says_nothing_to_the_server(
    server: ScriptedSmtpServer, transport: SmtpTransport
) -> None:
    for address in ("ada@example.org>\r\nDATA", "ada@example.org\n"):
        with pytest.raises(ValueError, match="more than one line"):
            transport.send(message(), address)
    assert [line[:4].upper() for _, line in server.said] == ["EHLO"]
    transport.send(message(), "ada@example.org")
    assert len(server.mails) == 1


@pytest.mark.parametrize("phase", ["banner", "EHLO", "MAIL", "RCPT"])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [("421 4.7.0 closing", MailServerBusyError), ("451 4.7.1 later", MailServerUnavailableError), ("550 5.7.1 no", None)],
)
def test_a_look_says_what_a_mail_would_come_to(
    server: ScriptedSmtpServer, transport: SmtpTransport, phase: str, reply: str, expected: type[Exception] | None
) -> None:
    server.misbehaviour = [Misbehaviour(phase, reply=reply), Misbehaviour("HELO", reply=reply)]
    by_phase = {"MAIL": MailSenderRefusedError, "RCPT": MailRefusedError}
    assert outcome(transport.check) is (
        MailRefusedError if phase == "RCPT" else expected or by_phase.get(phase, MailServerUnavailableError)
    )
    for how in ({"drops": True}, {}):
        server.misbehaviour = [Misbehaviour(phase, **how)] if how else []
        assert outcome(transport.check) is (MailServerUnavailableError if how else None)
    assert server.mails == []


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase != "body"])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("421 4.7.0 closing", MailServerBusyError),
        ("451 4.7.1 later", MailUnavailableError),
        ("550 5.1.1 <ada@example.org>: no", MailRefusedError),
    ],
)
def test_an_answer_in_a_phase(
    server: ScriptedSmtpServer, transport: SmtpTransport, phase: str, reply: str, expected: type[Exception]
) -> None:
    server.misbehaviour = [Misbehaviour(phase, reply=reply)]
    if phase == "EHLO":
        # Who refuses EHLO is greeted with HELO.
        server.misbehaviour.append(Misbehaviour("HELO", reply=reply))
    with pytest.raises(MailRefusedError if expected is MailRefusedError and phase in ("RCPT", "DATA", "dot") else
                       MailUnavailableError) as raised:  # fmt: skip
        transport.send(message(), "ada@example.org")
    if phase in ("RCPT", "DATA", "dot") or expected is MailServerBusyError:
        assert type(raised.value) is expected
    else:
        refused = phase == "MAIL" and expected is MailRefusedError
        assert type(raised.value) is (MailSenderRefusedError if refused else MailServerUnavailableError)
    assert "ada" not in str(raised.value)


@pytest.mark.parametrize(
    "reply",
    [
        "550 Relaying denied", "550 relay not permitted", "550 Relaying not allowed", "550 5.7.1 Unable to relay",
        "550 5.7.1 <ada@example.org>... Relaying denied",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "554 5.7.1 <ada@example.org>: Relay access denied", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        "530 5.7.0 Must issue a STARTTLS command first", "530 Authentication required", "550 5.7.57 Client not authenticated",
        "503 This mail server requires authentication: you must authenticate first",
    ],
)  # fmt: skip
def test_who_may_not_send_to_others_has_no_mail_refused_for_it(
    server: ScriptedSmtpServer, transport: SmtpTransport, reply: str
) -> None:
    server.misbehaviour = [Misbehaviour("RCPT", reply=reply)]
    for call in (lambda: transport.send(message(), "ada@example.org"), transport.check):
        with pytest.raises(MailSenderRefusedError, match="MAIL_URL") as raised:
            call()
        assert "ada" not in str(raised.value)


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 relay access denied: no such mailbox", "550 <relay.access.denied@example.org>: no such user here",
        "550 5.7.1 <authentication@required.example> refused", "554 5.7.1 Service unavailable; client host blocked",
        "552 5.2.2 mailbox full", "550 5.7.515 Access denied, sending domain does not meet the required level",
        "550 relay@example.org unknown",
    ],
)  # fmt: skip
def test_what_a_stranger_can_have_a_server_say_stops_nobodys_mail(
    server: ScriptedSmtpServer, transport: SmtpTransport, reply: str
) -> None:
    server.misbehaviour = [Misbehaviour("RCPT", reply=reply)]
    assert outcome(lambda: transport.send(message(), "ada@example.org")) is MailRefusedError


def test_a_server_that_offers_no_signing_in_says_what_may_be_missing(server: ScriptedSmtpServer) -> None:
    transport = SmtpTransport(server.url.replace("://", "://user:secret@"), "no-reply@example.org", PATIENT)
    with pytest.raises(MailSenderRefusedError, match=r"\?starttls=1") as raised:
        transport.check()
    assert "secret" not in str(raised.value)


def test_what_is_no_answer_of_smtp_after_the_whole_mail_leaves_it_unknown(
    server: ScriptedSmtpServer, transport: SmtpTransport
) -> None:
    server.misbehaviour = [Misbehaviour("dot", reply="HTTP/1.1 400 Bad Request")]
    assert outcome(lambda: transport.send(message(), "ada@example.org")) is MailOutcomeUnknownError


def test_a_server_that_says_no_goodbye_is_not_waited_for(server: ScriptedSmtpServer) -> None:
    server.misbehaviour = [Misbehaviour("QUIT", hangs=True)]
    transport = SmtpTransport(server.url, "no-reply@example.org", SmtpTimeouts(quit=0.1))
    transport.send(message(), "ada@example.org")
    transport.close()  # A wait for anything but QUIT's own reply would be one of minutes.
    assert len(server.mails) == 1


@pytest.mark.parametrize("answer_to_data", ["503 5.5.1 no recipients", "354 go on"])
def test_a_refused_recipient_costs_no_other_mail_its_connection(
    server: ScriptedSmtpServer, transport: SmtpTransport, answer_to_data: str
) -> None:
    server.misbehaviour = [Misbehaviour("RCPT", reply="550 5.1.1 no"), Misbehaviour("DATA", reply=answer_to_data)]
    for _ in range(2):
        assert outcome(lambda: transport.send(message(), "ada@example.org")) is MailRefusedError
    server.misbehaviour = []
    transport.send(message(), "eve@example.org")
    # A server that was told everything at once, and waits for the mail of a recipient it has refused, is left: it gets none.
    waits = "PIPELINING" in server.extensions and answer_to_data.startswith("354")
    assert server.connections == (3 if waits else 1)
    assert [envelope[1] for envelope in server.envelopes] == ["RCPT TO:<eve@example.org>"]


def test_an_answer_without_an_end_is_none(server: ScriptedSmtpServer, transport: SmtpTransport) -> None:
    server.misbehaviour = [Misbehaviour("banner", reply="220-" + "x" * 200_000)]
    assert outcome(transport.open) is MailServerUnavailableError


def test_an_address_outside_ascii_needs_a_server_that_takes_such(server: ScriptedSmtpServer, transport: SmtpTransport) -> None:
    server.misbehaviour = [Misbehaviour("EHLO", reply="250-here\r\n250 SIZE")]
    assert outcome(lambda: transport.send(message(), "用户@xn--r8jz45g.example")) is MailRefusedError
    transport.close()
    server.misbehaviour = []
    transport.send(message(), "用户@xn--r8jz45g.example")
    assert server.envelopes == [
        ("MAIL FROM:<no-reply@example.org> SMTPUTF8 BODY=8BITMIME", "RCPT TO:<用户@xn--r8jz45g.example>")
    ]
