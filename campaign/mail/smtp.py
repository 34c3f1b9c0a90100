"""Mail over SMTP, on one connection kept from mail to mail."""

import contextlib
import smtplib
import ssl
from collections.abc import Sequence
from email.message import Message
from functools import cache
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from campaign.mail.errors import (
    MailError,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailSenderRefusedError,
    MailServerBusyError,
    MailServerUnavailableError,
    MailUnavailableError,
)
from campaign.mail.smtp_reply import refuses_account, reply_words
from campaign.mail.smtp_session import (
    CHECK_SECONDS,
    SERVICE_CLOSING_CODE,
    START_MAIL_INPUT_CODE,
    SmtpSession,
    SmtpTimeouts,
    SmtpTlsSession,
)
from campaign.mail.wire_format import wire_bytes

_CHECK_TIMEOUTS = SmtpTimeouts(CHECK_SECONDS, CHECK_SECONDS, CHECK_SECONDS, CHECK_SECONDS, CHECK_SECONDS)
_BROKEN = (smtplib.SMTPException, OSError)
"""What a conversation breaks by; time-outs and TLS are among it."""


class SmtpTransport:
    """A connection to the server a MAIL_URL names. `sender` is the address of the envelope, in ASCII."""

    def __init__(self, url: str, sender: str, timeouts: SmtpTimeouts | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._tls = parts.scheme == "smtps"
        self._starttls = "starttls=1" in parts.query
        self._port = parts.port or (465 if self._tls else 587 if self._starttls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._timeouts = timeouts or SmtpTimeouts()
        self.max_batch = 1
        self._session: SmtpSession | None = None
        self._used = False
        """Whether the session has seen a mail before."""

    def open(self) -> None:
        """Connect, greet, sign in, where that is not done. Raises MailServerUnavailableError or MailServerBusyError."""
        self._opened()

    def _opened(self) -> SmtpSession:
        if self._session is None:
            self._session, self._used = self._connect(self._timeouts), False
        return self._session

    def send(self, message: Message, recipient: str) -> None:
        """Hand one mail over. Raises MailRefusedError, MailUnavailableError or MailOutcomeUnknownError."""
        session = self._opened()
        kept, self._used = self._used, True
        try:
            self._submit(session, message, recipient)
        except (smtplib.SMTPServerDisconnected, ConnectionError) as error:
            self._drop()
            if not kept:
                raise MailUnavailableError(_error_text(error)) from error
            # A kept connection that the server has closed meanwhile says nothing about the mail: once more, on a new one.
            self.send(message, recipient)
        except _BROKEN as error:
            self._drop()
            raise MailUnavailableError(_error_text(error)) from error

    def send_batch(self, mails: Sequence[tuple[Message, str]]) -> list[MailError | None]:
        """One after the other; what each came to, None for taken."""
        results: list[MailError | None] = []
        for message, recipient in mails:
            try:
                self.send(message, recipient)
            except MailError as error:
                results.append(error)
            else:
                results.append(None)
        return results

    def check(self) -> str:
        """Connect, greet, sign in, name our sender and a recipient, and go: nothing is sent.

        The recipient is the postmaster of the sender's own domain, whom every domain must have (RFC 5321, 4.5.1). Raises
        MailServerUnavailableError, and MailRefusedError where only the recipient was refused.
        """
        session = self._connect(_CHECK_TIMEOUTS)
        try:
            self._try_envelope(session)
            with contextlib.suppress(*_BROKEN):
                session.quit()
        finally:
            session.close()
        return f"SMTP at {self._host}:{self._port} takes mails from {self._sender}"

    def _try_envelope(self, session: SmtpSession) -> None:
        try:
            code, reply = session.mail(self._sender, [])
            if not 200 <= code < 300:
                raise _sender_refused(code, reply)
            code, reply = session.rcpt(f"postmaster@{self._sender.rpartition('@')[2]}")
            if refuses_account(code, reply):
                raise _account_refused(reply_words(code, reply))
            if not 200 <= code < 300:
                raise MailRefusedError(reply_words(code, reply))
            session.rset()
        except _BROKEN as error:
            raise MailServerUnavailableError(_error_text(error)) from error

    def close(self) -> None:
        """Say goodbye, if anybody is listening."""
        session, self._session = self._session, None
        if session is not None:
            session.reply_seconds = self._timeouts.quit
            with contextlib.suppress(*_BROKEN):
                session.quit()
            session.close()

    def abort(self) -> None:
        """Break the connection from another thread."""
        if (session := self._session) is not None:
            session.abort()

    def _drop(self) -> None:
        """Close the connection without a word: it is broken, or the server does not answer on it."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _submit(self, session: SmtpSession, message: Message, recipient: str) -> None:
        """One mail, up to the server's last word on it. What raises one of _BROKEN was not taken."""
        parameters = ""
        if not recipient.isascii():
            if not session.has_extn("smtputf8"):
                raise MailRefusedError("the mail server takes no addresses outside ASCII")
            parameters = " SMTPUTF8 BODY=8BITMIME"
        # Written before anything is said, so that one which cannot be written leaves the conversation as it is.
        raw = wire_bytes(message)
        verb, code, reply = session.send_envelope(envelope_sender(self._sender, message), recipient, parameters)
        if verb == "MAIL":
            # The sender is ours: whatever the server holds against it, the mail is good and stays owed.
            self._end_mail(code)
            raise _sender_refused(code, reply)
        if code != START_MAIL_INPUT_CODE:
            self._raise_for_reply(code, reply)
        session.send_mail_data(raw)
        session.reply_seconds = self._timeouts.final_dot
        try:
            code, reply = session.getreply()
        except _BROKEN as error:
            self._drop()
            raise MailOutcomeUnknownError(f"no answer after the whole mail: {_error_text(error)}") from error
        if not 200 <= code < 600:
            self._drop()
            raise MailOutcomeUnknownError("an answer after the whole mail that is none of SMTP")
        if code >= 300:
            self._raise_for_reply(code, reply, reset=False)

    def _raise_for_reply(self, code: int, reply: bytes | str, *, reset: bool = True) -> NoReturn:
        words = reply_words(code, reply)
        if code == SERVICE_CLOSING_CODE:
            self._drop()
            raise MailServerBusyError(words)
        if reset:
            self._end_mail(code)
        if refuses_account(code, reply):
            raise _account_refused(words)
        # RFC 5321, 4.2.1: 5yz is for good, 4yz for now. Anything else is no answer to what was said.
        raise MailRefusedError(words) if 500 <= code < 600 else MailUnavailableError(words)

    def _end_mail(self, code: int) -> None:
        """Make the connection ready for another mail, or drop it. What was said of the mail stands either way."""
        session = self._session
        if session is None or code == SERVICE_CLOSING_CODE or not 400 <= code < 600:
            self._drop()
            return
        session.reply_seconds = self._timeouts.command
        try:
            code, _ = session.rset()
        except _BROKEN:
            code = -1
        if not 200 <= code < 300:
            self._drop()

    def _connect(self, timeouts: SmtpTimeouts) -> SmtpSession:
        session: SmtpSession | None = None
        try:
            session = (
                SmtpTlsSession(self._host, self._port, timeouts, _tls_context())
                if self._tls
                else SmtpSession(self._host, self._port, timeouts)
            )
            session.ehlo_or_helo_if_needed()
            if self._starttls:
                session.start_encryption(_tls_context())
                session.ehlo_or_helo_if_needed()
            if self._user:
                self._sign_in(session)
        except _BROKEN as error:
            if session is not None:
                session.close()
            if isinstance(error, smtplib.SMTPResponseException):
                signing_in = isinstance(error, smtplib.SMTPAuthenticationError)
                # What is said to signing in often names who does.
                words = (
                    f"signing in failed: {error.smtp_code}" if signing_in else reply_words(error.smtp_code, error.smtp_error)
                )
                if error.smtp_code == SERVICE_CLOSING_CODE:
                    raise MailServerBusyError(words) from error
                # 454 is a temporary failure of the server's own (RFC 4954, 6).
                refused = signing_in and error.smtp_code >= 500
                raise (MailSenderRefusedError if refused else MailServerUnavailableError)(words) from error
            raise MailServerUnavailableError(_error_text(error)) from error
        return session

    def _sign_in(self, session: SmtpSession) -> None:
        if not session.has_extn("auth"):
            session.close()
            # Most servers offer it only once the connection is encrypted.
            hint = "" if self._tls or self._starttls else "; MAIL_URL may need ?starttls=1 or smtps://"
            raise MailSenderRefusedError(f"the server offers no signing in{hint}")
        session.login(self._user, self._password)


@cache
def _tls_context() -> ssl.SSLContext:
    """Which certificates are trusted: read once, since it takes longer than to send ten mails."""
    return ssl.create_default_context()


def envelope_sender(address: str, message: Message) -> str:
    """The sender that bounces go to. Where its local part ends in `+`, each mail has one of its own, which names it (VERP)."""
    local, _, domain = address.rpartition("@")
    reference = str(message["Message-ID"] or "").strip("<> ").partition("@")[0].replace(".", "_")
    return f"{local}{reference}@{domain}" if local.endswith("+") and reference else address


def _sender_refused(code: int, reply: bytes | str) -> MailServerUnavailableError:
    words = f"MAIL_FROM was refused: {reply_words(code, reply)}"
    if code == SERVICE_CLOSING_CODE:
        return MailServerBusyError(words)
    return MailSenderRefusedError(words) if 500 <= code < 600 else MailServerUnavailableError(words)


def _account_refused(words: str) -> MailSenderRefusedError:
    return MailSenderRefusedError(f"{words}: it takes no mail of ours for others; user and password in MAIL_URL may be missing")


def _error_text(error: BaseException) -> str:
    return (
        f"{type(error).__name__}: {error.strerror}" if isinstance(error, OSError) and error.strerror else type(error).__name__
    )
