"""How mail leaves the house: the promise every transport keeps, and the two ways a mail can fail."""

from email.message import Message
from typing import Protocol

from campaign.config import Settings


class MailRefusedError(Exception):
    """The server refused this mail for good; trying again would be refused again. `str()` names no address."""


class MailUnavailableError(Exception):
    """This mail cannot be taken now; it can later. `str()` names no address."""


class MailServerUnavailableError(MailUnavailableError):
    """No mail at all can be taken now: the server is down, or asks to be left alone."""


class Transport(Protocol):
    """A way for mail to leave. It may keep a connection from mail to mail."""

    def send(self, message: Message, recipient: str) -> None:
        """Hand one mail over. Returning means the server has taken it. Raises MailRefused or MailUnavailable."""

    def check(self) -> str:
        """See whether mail could leave now, sending none; a few words on what answered. Raises MailUnavailable."""

    def close(self) -> None:
        """Give the connection back."""


def open_transport(settings: Settings) -> Transport:
    """The transport MAIL_URL names; the development mailbox where it names none. Connects to nothing yet."""
    # Chosen here and imported where chosen: the transports import this file for the errors they raise.
    if settings.development_mailbox is not None:
        from campaign.mail.maildir import MaildirTransport  # noqa: PLC0415

        return MaildirTransport(settings.development_mailbox)
    from campaign.mail.smtp import SmtpTransport  # noqa: PLC0415

    return SmtpTransport(settings.mail_url)
