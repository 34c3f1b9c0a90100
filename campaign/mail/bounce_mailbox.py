"""Mailbox of bounces, read by IMAP (RFC 9051). What was taken in is removed; what is no bounce of ours stays, as read."""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from campaign.domain.mail.mail_url import BounceUrl
from campaign.mail.bounces import MAX_BOUNCE_BYTES

ANSWER_SECONDS = 20.0
"""For each answer of the server."""
_BROKEN = (imaplib.IMAP4.error, OSError)


class BounceMailboxError(Exception):
    """The mailbox cannot be read. `str()` names no address and no password."""


class BounceMailbox:
    """One visit: `with BounceMailbox(url) as mailbox: …`. Raises BounceMailboxError, in each of its calls."""

    def __init__(self, url: BounceUrl, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._url, self._seconds = url, answer_seconds

    def __enter__(self) -> Self:
        url = self._url
        with _told():
            self._imap = (
                imaplib.IMAP4_SSL(url.host, url.port, ssl_context=ssl.create_default_context(), timeout=self._seconds)
                if url.tls
                else imaplib.IMAP4(url.host, url.port, timeout=self._seconds)
            )
        try:
            with _told():
                self._imap.login(url.user, url.password)
                # A name with a space in it is written in quotes.
                if self._imap.select(f'"{url.folder}"')[0] != "OK":
                    raise BounceMailboxError("there is no such folder")
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()

    def unread(self) -> list[str]:
        """Numbers of the unread mails, the older first."""
        with _told():
            return (self._imap.uid("SEARCH", "UNSEEN")[1][0] or b"").decode().split()

    def fetch(self, number: str) -> bytes:
        """Octets of a mail, so many at most."""
        with _told():
            _, parts = self._imap.uid("FETCH", number, f"(BODY.PEEK[]<0.{MAX_BOUNCE_BYTES}>)")
        return next((part[1] for part in parts if isinstance(part, tuple)), b"")

    def take_header(self, message_id: str) -> bytes | None:
        """Octets of our mail with a Message-ID, read or not, at least its header, and remove it; None: it is not there."""
        with _told():
            numbers = (self._imap.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')[1][0] or b"").split()
        if not numbers:
            return None
        number = numbers[-1].decode()
        raw = self.fetch(number)
        self.remove(number)
        self.expunge()
        return raw

    def remove(self, number: str) -> None:
        """Remove a mail that was taken in."""
        with _told():
            self._imap.uid("STORE", number, "+FLAGS", r"(\Seen \Deleted)")

    def mark_read(self, number: str) -> None:
        """Leave a mail to people."""
        with _told():
            self._imap.uid("STORE", number, "+FLAGS", r"(\Seen)")

    def expunge(self) -> None:
        """Do away with what was removed."""
        with _told():
            self._imap.expunge()

    def _leave(self) -> None:
        with contextlib.suppress(*_BROKEN):
            self._imap.logout()
        # Where the goodbye is not answered the connection is still there.
        with contextlib.suppress(*_BROKEN):
            self._imap.shutdown()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        # Its words may hold the name it was to sign in with.
        raise BounceMailboxError(type(error).__name__) from None
