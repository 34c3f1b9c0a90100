"""SMTP that is encrypted and signed in to: who is trusted with the password and the mails, and what is said where nobody is."""

import base64
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from campaign.mail import smtp
from campaign.mail.errors import (
    MailOutcomeUnknownError,
    MailSenderRefusedError,
    MailServerBusyError,
    MailServerUnavailableError,
)
from campaign.mail.smtp import SmtpTransport
from campaign.mail.smtp_session import SmtpTimeouts
from tests.mail.test_smtp import message
from tests.support.processes import TIMEOUT_SECONDS
from tests.support.smtp_script import PATIENT, Misbehaviour, ScriptedSmtpServer

SCHEMES = ("smtps", "starttls")
PASSWORD = "p@ss"
Serve = Callable[..., tuple[ScriptedSmtpServer, SmtpTransport]]


def _certificate(folder: Path, name: str) -> Path:
    """A certificate that signs itself, for 127.0.0.1, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The one that the machine trusts, and one that nobody does."""
    folder = tmp_path_factory.mktemp("certificates")
    return {name: _certificate(folder, name) for name in ("trusted", "unknown")}


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> str:
    """How a connection comes to be encrypted."""
    return str(request.param)


@pytest.fixture
def serve(scheme: str, certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a server, and makes a transport that signs in to it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["trusted"]))
    smtp._tls_context.cache_clear()
    made: list[tuple[ScriptedSmtpServer, SmtpTransport]] = []

    def start(
        *misbehaviour: Misbehaviour, certificate: str = "trusted", host: str = "127.0.0.1", timeouts: SmtpTimeouts = PATIENT
    ) -> tuple[ScriptedSmtpServer, SmtpTransport]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates[certificate])
        server = ScriptedSmtpServer(
            list(misbehaviour), extensions=("STARTTLS", "AUTH PLAIN"), tls=context, encrypted_at_once=scheme == "smtps"
        )
        where = f"ada:p%40ss@{host}:{server.port}"
        url = f"smtps://{where}" if scheme == "smtps" else f"smtp://{where}?starttls=1"
        transport = SmtpTransport(url, "no-reply@example.org", timeouts)
        made.append((server, transport))
        return server, transport

    yield start
    for server, transport in made:
        transport.close()
        server.close()
    smtp._tls_context.cache_clear()


def told_password(server: ScriptedSmtpServer) -> bool:
    """Whether anything was said to a server that gives the password away."""
    return any(line.startswith("AUTH") for _, line in server.said)


def test_mails_leave_encrypted_by_one_that_has_signed_in(scheme: str, serve: Serve) -> None:
    server, transport = serve()
    for _ in range(2):
        transport.send(message(), "ada@example.org")
    assert len(server.mails) == 2
    assert server.connections == 1
    plain = base64.b64encode(f"\0ada\0{PASSWORD}".encode()).decode()
    assert [encrypted for encrypted, line in server.said if line == f"AUTH PLAIN {plain}"] == [True]
    assert {line[:4].upper() for encrypted, line in server.said if not encrypted} == (
        set() if scheme == "smtps" else {"EHLO", "STAR"}
    )
    assert transport.check() == f"SMTP at 127.0.0.1:{server.port} takes mails from no-reply@example.org"
    assert server.said[-1] == (True, "quit")


@pytest.mark.parametrize(("certificate", "host"), [("unknown", "127.0.0.1"), ("trusted", "localhost")])
def test_whom_nobody_vouches_for_is_told_nothing(serve: Serve, certificate: str, host: str) -> None:
    server, transport = serve(certificate=certificate, host=host)
    with pytest.raises(MailServerUnavailableError, match="SSLCertVerificationError"):
        transport.send(message(), "ada@example.org")
    assert not told_password(server)
    assert server.mails == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("535 5.7.8 <ada>: no", MailSenderRefusedError), ("534 5.7.9 too weak", MailSenderRefusedError),
        ("454 4.7.0 for now", MailServerUnavailableError), ("421 4.7.0 closing", MailServerBusyError),
    ],
)  # fmt: skip
def test_signing_in_that_fails_is_told_without_who_and_by_what(
    serve: Serve,
    reply: str,
    expected: type[Exception],
) -> None:
    server, transport = serve(Misbehaviour("AUTH", reply=reply))
    for call in (lambda: transport.send(message(), "eve@example.org"), transport.check):
        with pytest.raises(MailServerUnavailableError) as raised:
            call()
        assert type(raised.value) is expected
        assert "ada" not in str(raised.value)
        assert PASSWORD not in str(raised.value)
    assert server.mails == []
    server.misbehaviour = []
    transport.send(message(), "eve@example.org")
    assert len(server.mails) == 1


def test_a_server_that_does_not_encrypt_is_not_told_the_password(serve: Serve, scheme: str) -> None:
    server, transport = serve(Misbehaviour("STAR", reply="454 4.7.0 not now"))
    server.encrypted_at_once = False
    with pytest.raises(MailServerUnavailableError):
        transport.send(message(), "ada@example.org")
    server.extensions = ("AUTH PLAIN",)
    with pytest.raises(MailServerUnavailableError):
        transport.send(message(), "ada@example.org")
    assert not told_password(server)
    assert server.mails == []
    assert scheme


@pytest.mark.parametrize("scheme", ["starttls"], indirect=True)
def test_what_was_slipped_in_before_the_encryption_is_no_answer_after_it(serve: Serve) -> None:
    # Somebody between the two adds an answer in the clear (CVE-2021-38371): believed, it would take the place of the next one.
    server, transport = serve(Misbehaviour("STAR", reply="220 go on\r\n250-here\r\n250 AUTH LOGIN"))
    transport.send(message(), "ada@example.org")
    assert next(line for encrypted, line in server.said if encrypted and line.startswith("AUTH")).startswith("AUTH PLAIN")
    assert len(server.mails) == 1


def test_a_connection_is_broken_off_from_another_thread(serve: Serve) -> None:
    silent = Misbehaviour("dot", hangs=True, takes=True)
    _, transport = serve(silent, timeouts=SmtpTimeouts())
    breaker = threading.Thread(target=lambda: (silent.reached.wait(TIMEOUT_SECONDS), transport.abort()))
    breaker.start()
    with pytest.raises(MailOutcomeUnknownError):
        transport.send(message(), "ada@example.org")
    breaker.join(TIMEOUT_SECONDS)
