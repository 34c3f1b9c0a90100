"""The development mailbox: a Maildir under DATA_DIR, where no MAIL_URL is set."""

import mailbox
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path

from campaign.mail.errors import MailError, MailServerUnavailableError, MailUnavailableError


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail in the development mailbox."""

    key: str
    stored_at: datetime
    message: EmailMessage

    def body(self, kind: str) -> str:
        """The part of the mail that is `plain` or `html`; empty where it has none."""
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


class MaildirTransport:
    """Keeps mails in a folder instead of sending them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.max_batch = 1

    def send(self, message: Message, recipient: str) -> None:  # noqa: ARG002 - the folder takes mail for everybody
        """Keep the mail. Raises MailServerUnavailableError: a full disk takes it later."""
        try:
            self._mailbox().add(message.as_bytes())
        except OSError as error:
            raise MailServerUnavailableError(f"{self._folder} takes no mail ({error.strerror})") from error

    def send_batch(self, mails: Sequence[tuple[Message, str]]) -> list[MailError | None]:
        """Keep several."""
        results: list[MailError | None] = []
        for message, recipient in mails:
            try:
                self.send(message, recipient)
            except MailServerUnavailableError as error:
                results.append(error)
            else:
                results.append(None)
        return results

    def open(self) -> None:
        """Nothing is connected to."""

    def abort(self) -> None:
        """Nothing waits."""

    def check(self) -> str:
        """See whether the folder takes a mail."""
        try:
            mailbox = self._mailbox()
            mailbox.remove(mailbox.add(b"Subject: a look whether mail can be kept\n\n"))
        except OSError as error:
            raise MailUnavailableError(f"{self._folder} takes no mail ({error.strerror})") from error
        return f"the development mailbox, {self._folder}"

    def close(self) -> None:
        """Nothing is kept open."""

    def _mailbox(self) -> mailbox.Maildir:
        # `create=True` fails where another connection makes it at the same moment.
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self._folder, *(self._folder / name for name in ("tmp", "new", "cur"))):
            folder.mkdir(mode=0o700, exist_ok=True)
        return mailbox.Maildir(self._folder, create=False)


def newest_mails(folder: Path, limit: int) -> list[StoredMail]:
    """The newest mails, newest first."""
    files = sorted((folder / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_read(path) for path in files[:limit]]


def find_mail(folder: Path, key: str) -> StoredMail | None:
    """One mail by its key; None where there is none."""
    # Compared with the names that are there, so that no key can point out of the folder.
    return next((_read(path) for path in (folder / "new").glob("*") if path.name == key), None)


def _read(path: Path) -> StoredMail:
    kept_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    return StoredMail(path.name, kept_at, message)
