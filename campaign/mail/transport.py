"""Transport: a way for mail to leave, and the choice of one by MAIL_URL."""

from email.message import Message
from typing import Protocol

from campaign.config import Settings
from campaign.mail.maildir import MaildirTransport
from campaign.mail.smtp import SmtpTransport


class Transport(Protocol):
    """One connection to where mail goes. It stays open from mail to mail; it is used by one thread, but for `abort`."""

    def open(self) -> None:
        """Connect, where it is not connected. Raises MailServerUnavailableError or MailServerBusyError."""

    def send(self, message: Message, recipient: str) -> None:
        """Hand one mail over. Returning means that the server has taken it.

        Raises MailRefusedError (refused for good), MailUnavailableError (not now) or MailOutcomeUnknownError.
        """

    def check(self) -> str:
        """See whether mail could leave now, sending none; a few words on what answered. Raises MailUnavailableError."""

    def close(self) -> None:
        """End the connection."""

    def abort(self) -> None:
        """Break the connection from another thread: what waits for an answer on it is told that none will come."""


def open_transport(settings: Settings) -> Transport:
    """A transport as MAIL_URL names it; the development mailbox where it names none. Connects to nothing yet."""
    if settings.development_mailbox is not None:
        return MaildirTransport(settings.development_mailbox)
    return SmtpTransport(settings.mail_url, settings.sender.address)
