"""Transport: a way for mail to leave, and the choice of one by MAIL_URL."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import Message
from typing import Protocol

from campaign.config import Settings
from campaign.domain.mail.mail_url import MailUrl, read_mail_url
from campaign.mail.errors import MailError
from campaign.mail.maildir import MaildirTransport
from campaign.mail.smtp import SmtpTransport


class Transport(Protocol):
    """One connection to where mail goes. It stays open from mail to mail; it is used by one thread, but for `abort`."""

    max_batch: int
    """Mails that `send_batch` takes at once; 1 where each goes by itself."""

    def open(self) -> None:
        """Connect, where it is not connected. Raises MailServerUnavailableError or MailServerBusyError."""

    def send(self, message: Message, recipient: str) -> None:
        """Hand one mail over. Returning means that the server has taken it.

        Raises MailRefusedError (refused for good), MailUnavailableError (not now) or MailOutcomeUnknownError.
        """

    def send_batch(self, mails: Sequence[tuple[Message, str]]) -> list[MailError | None]:
        """Hand up to `max_batch` mails over in one call; what each came to, None for taken."""

    def check(self) -> str:
        """See whether mail could leave now, sending none; a few words on what answered. Raises MailUnavailableError."""

    def close(self) -> None:
        """End the connection."""

    def abort(self) -> None:
        """Break the connection from another thread: what waits for an answer on it is told that none will come."""


def open_transport(settings: Settings, now: Callable[[], datetime]) -> Transport:
    """A transport as MAIL_URL names it; the development mailbox where it names none. Connects to nothing yet."""
    if settings.development_mailbox is not None:
        return MaildirTransport(settings.development_mailbox)
    url = read_mail_url(settings.mail_url)
    return _api_transport(url, now) if url.provider else SmtpTransport(settings.mail_url, settings.envelope_address)


def _api_transport(url: MailUrl, now: Callable[[], datetime]) -> Transport:
    # Imported where it is used: what it needs is large, and neither the web nor who sends by SMTP ever does.
    from campaign.mail.providers.registry import open_provider  # noqa: PLC0415

    return open_provider(url, now)
