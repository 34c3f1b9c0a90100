"""Mail over SMTP, on one connection kept from mail to mail."""

import smtplib
import ssl
from email.message import Message
from email.policy import Policy
from email.utils import parseaddr
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from campaign.mail.transport import MailRefusedError, MailServerUnavailableError, MailUnavailableError

SMTP_TIMEOUT_SECONDS = 12
"""Seconds to wait for any answer of the server. A claim on a mail lasts longer than that (`workers.mail`)."""
_SERVICE_CLOSING_CODE = 421


class SmtpTransport:
    """Speaks to the server a MAIL_URL names."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._tls = parts.scheme == "smtps"
        self._starttls = "starttls=1" in parts.query
        self._port = parts.port or (465 if self._tls else 587 if self._starttls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._connection: smtplib.SMTP | None = None

    def send(self, message: Message, recipient: str) -> None:
        """Hand one mail over. Raises MailRefused, MailUnavailable or ServerUnavailable."""
        fresh = self._connection is None
        try:
            self._submit(message, recipient)
        except (smtplib.SMTPServerDisconnected, ConnectionError) as error:
            self.close()
            if fresh:
                raise MailServerUnavailableError(_error_text(error)) from error
            # A kept connection that the server has closed meanwhile says nothing about the mail: once more, on a new one.
            self.send(message, recipient)

    def check(self) -> str:
        """Connect, greet, sign in. Raises ServerUnavailable."""
        try:
            self._connect().noop()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailServerUnavailableError(_error_text(error)) from error
        return f"SMTP at {self._host}:{self._port}"

    def close(self) -> None:
        """Say goodbye, if anybody is listening."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _submit(self, message: Message, recipient: str) -> None:
        try:
            connection = self._connect()
            international = not recipient.isascii()
            if international and not connection.has_extn("smtputf8"):
                raise MailRefusedError("the mail server takes no addresses outside ASCII")
            connection.sendmail(
                _bare_address(str(message["From"])), [recipient], message.as_bytes(policy=_wire_policy(message.policy)),
                mail_options=["SMTPUTF8", "BODY=8BITMIME"] if international else [],
            )  # fmt: skip
        except smtplib.SMTPRecipientsRefused as error:
            self._raise_for_reply(*error.recipients[recipient])
        except smtplib.SMTPSenderRefused as error:
            # The sender is ours: whatever the server holds against it, the mail is good and stays owed.
            raise MailServerUnavailableError(
                f"MAIL_FROM was refused: {_reply_code(error.smtp_code, error.smtp_error)}"
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise MailServerUnavailableError(f"signing in failed: {error.smtp_code}") from error
        except smtplib.SMTPDataError as error:
            self._raise_for_reply(error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:
            self.close()
            raise MailServerUnavailableError(_reply_code(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPServerDisconnected:
            raise
        except (smtplib.SMTPException, TimeoutError, ssl.SSLError) as error:
            self.close()
            raise MailServerUnavailableError(_error_text(error)) from error
        except ConnectionError:
            raise
        except OSError as error:
            self.close()
            raise MailServerUnavailableError(_error_text(error)) from error

    def _raise_for_reply(self, code: int, answer: bytes | str) -> None:
        line = _reply_code(code, answer)
        if code == _SERVICE_CLOSING_CODE:
            self.close()
            raise MailServerUnavailableError(line)
        # RFC 5321, 4.2.1: 5yz is for good, 4yz for now.
        raise MailRefusedError(line) if 500 <= code < 600 else MailUnavailableError(line)

    def _connect(self) -> smtplib.SMTP:
        if self._connection is None:
            context = ssl.create_default_context()
            if self._tls:
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._host, self._port, timeout=SMTP_TIMEOUT_SECONDS, context=context
                )
            else:
                connection = smtplib.SMTP(self._host, self._port, timeout=SMTP_TIMEOUT_SECONDS)
            self._connection = connection
            if self._starttls:
                connection.starttls(context=context)
            if self._user:
                connection.login(self._user, self._password)
            connection.ehlo_or_helo_if_needed()
        return self._connection


@cache
def _wire_policy(policy: "Policy[Any]") -> "Policy[Any]":
    return policy.clone(linesep="\r\n")


@cache
def _bare_address(sender: str) -> str:
    return parseaddr(sender)[1]


def _reply_code(code: int, answer: bytes | str) -> str:
    """The reply code and the enhanced status code (RFC 3463) if there is one; the rest may quote the address, so it goes."""
    first = (answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer).split(" ", 1)[0]
    return f"{code} {first}" if first[:2] in ("4.", "5.") else str(code)


def _error_text(error: BaseException) -> str:
    return (
        f"{type(error).__name__}: {error.strerror}" if isinstance(error, OSError) and error.strerror else type(error).__name__
    )
