"""SMTP server that misbehaves as told: slow, silent, dropping or refusing in any one phase of a conversation."""

import contextlib
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import IO, cast

from campaign.mail.smtp_session import SmtpTimeouts
from tests.support.processes import TIMEOUT_SECONDS

PHASES = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "body", "dot")
"""In their order; beside them there are STAR for STARTTLS, AUTH, RSET and QUIT."""
REPLIES = {
    "banner": "220 here", "DATA": "354 go on", "dot": "250 taken", "QUIT": "221 bye", "STAR": "220 go on", "AUTH": "235 yes",
}  # fmt: skip

PATIENT = SmtpTimeouts(*[float(TIMEOUT_SECONDS)] * 5, quit=1.0)
"""Time-outs for a server that is not silent, on however busy a machine."""
_WAITS = {
    "banner": "connect", "EHLO": "command", "MAIL": "command", "RCPT": "command", "DATA": "data", "body": "block",
    "dot": "final_dot",
}  # fmt: skip
"""Which of them ends a phase."""


def impatient_in(phase: str) -> SmtpTimeouts:
    """Time-outs for a server that is silent in a phase. The answers that come before are waited for as long as they take."""
    return replace(PATIENT, **{_WAITS[phase]: 0.8})


@dataclass
class Misbehaviour:
    """Misbehaviour of a server in one phase. It takes a mail before it answers at the dot, if `takes` says so."""

    phase: str
    reply: str = ""
    hangs: bool = False
    """It neither answers nor reads, until the test is over."""
    drops: bool = False
    """It closes the connection without an answer."""
    drip_seconds: float = 0.0
    """It sends its answer octet by octet, so far apart."""
    delay_seconds: float = 0.0
    held_until: threading.Event | None = None
    """It answers once this is set."""
    takes: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    """Set once a conversation has come to it."""
    connections: tuple[int, ...] = ()
    """The connections it misbehaves on, counted from 0; empty for all."""


@dataclass
class ScriptedSmtpServer:
    """A server on a port of its own."""

    misbehaviour: list[Misbehaviour] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    """MAIL and RCPT of each mail taken, as they were said."""
    connections: int = 0
    answered: int = 0
    """Mails to which its last answer was given."""
    extensions: tuple[str, ...] = ("SMTPUTF8",)
    """What it says that it can, in answer to EHLO."""
    max_connections: int = 1000
    """More at once than these are greeted with 421."""
    tls: ssl.SSLContext | None = None
    """What it encrypts by once STARTTLS is said."""
    encrypted_at_once: bool = False
    """A connection is encrypted from its first octet on."""
    said: list[tuple[bool, str]] = field(default_factory=list)
    """Every command it was given, and whether it came encrypted."""
    _now_open: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _sockets: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.socket()
        # Small, so that a body that is not read is soon not sent either.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.port = int(self._listener.getsockname()[1])
        self._spawn(self._accept)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _spawn(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            number, self.connections = self.connections, self.connections + 1
            self._spawn(self._serve, connection, number)

    def _serve(self, connection: socket.socket, number: int) -> None:
        with self._lock:
            self._now_open += 1
            too_many = self._now_open > self.max_connections
        try:
            with contextlib.ExitStack() as open_sockets, contextlib.suppress(OSError, _ConnectionEndsError):
                open_sockets.enter_context(connection)
                if too_many:
                    connection.sendall(b"421 4.7.0 too many connections\r\n")
                    return
                if self.encrypted_at_once:
                    connection = open_sockets.enter_context(self._encrypted(connection))
                self._answer(connection, "banner", number)
                while self._converse(connection, number) == "STAR":
                    connection = open_sockets.enter_context(self._encrypted(connection))
        finally:
            with self._lock:
                self._now_open -= 1

    def _encrypted(self, connection: socket.socket) -> ssl.SSLSocket:
        assert self.tls is not None
        encrypted = self.tls.wrap_socket(connection, server_side=True)
        self._sockets.append(encrypted)
        return encrypted

    def _converse(self, connection: socket.socket, number: int) -> str:
        """The verb the conversation ended with, which goes on encrypted where that is STAR."""
        with connection.makefile("rb") as lines:
            return self._converse_by_line(connection, lines, number)

    def _converse_by_line(self, connection: socket.socket, lines: IO[bytes], number: int) -> str:
        sender = recipient = ""
        while line := lines.readline():
            verb = line[:4].decode("ascii", "replace").upper()
            self.said.append((isinstance(connection, ssl.SSLSocket), line.decode(errors="replace").strip()))
            sender = line.decode().strip() if verb == "MAIL" else sender
            recipient = line.decode().strip() if verb == "RCPT" else recipient
            self._answer(connection, verb, number)
            if verb in ("QUIT", "STAR"):
                return verb
            told = self._told(verb, number)
            if verb == "DATA" and (told is None or not told.reply or told.reply.startswith("354")):
                self._misbehave("body", number)
                raw = b""
                while (line := lines.readline()) != b".\r\n":
                    if not line:
                        return ""
                    raw += line[1:] if line.startswith(b".") else line
                told = self._told("dot", number)
                if told is None or told.takes:
                    with self._lock:
                        self.mails.append(cast("EmailMessage", message_from_bytes(raw, policy=policy.default)))
                        self.envelopes.append((sender, recipient))
                self._answer(connection, "dot", number)
                self.answered += 1
        return ""

    def _told(self, phase: str, number: int) -> Misbehaviour | None:
        return next(
            (one for one in self.misbehaviour if one.phase == phase and (not one.connections or number in one.connections)),
            None,
        )

    def _misbehave(self, phase: str, number: int) -> Misbehaviour | None:
        told = self._told(phase, number)
        if told is not None:
            told.reached.set()
            if told.hangs:
                self._stopping.wait()
            self._stopping.wait(told.delay_seconds)
            if told.held_until is not None:
                told.held_until.wait(TIMEOUT_SECONDS)
            if told.hangs or told.drops:
                raise _ConnectionEndsError
        return told

    def _answer(self, connection: socket.socket, phase: str, number: int) -> None:
        told = self._misbehave(phase, number)
        usual = "\r\n".join(("250-here", *(f"250-{name}" for name in self.extensions), "250 HELP"))
        usual = usual if phase == "EHLO" else REPLIES.get(phase, "250 OK")
        reply = (told.reply if told and told.reply else usual).encode() + b"\r\n"
        if told is None or not told.drip_seconds:
            connection.sendall(reply)
            return
        for octet in reply:
            connection.sendall(bytes([octet]))
            time.sleep(told.drip_seconds)


class _ConnectionEndsError(Exception):
    pass
