"""Results of attempts at mails: what each came to. Mails that were taken are stored a few at a time, all else at once."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

import structlog
from sqlalchemy import Connection

from campaign.domain.mail.claim import ClaimedMail
from campaign.mail.errors import MailError, MailOutcomeUnknownError, MailRefusedError, MailUnavailableError
from campaign.mail.smtp_session import FINAL_DOT_SECONDS
from campaign.runtime import Runtime
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.mail import outbox
from campaign.store.mail.outbox import MailState

log = structlog.get_logger(__name__)

FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS = 5.0, 1800.0
"""Seconds between attempts at one mail: doubled each time, up to half an hour."""
UNKNOWN_RETRY_AFTER = timedelta(seconds=FINAL_DOT_SECONDS)
"""When a mail that was sent whole and never answered is sent once more: not before the server would have answered."""
GIVE_UP_AFTER = timedelta(days=5)
"""After which a mail that was only ever put off counts as refused (RFC 5321, 4.5.4.1 asks for four to five days)."""
MAX_DEFERRED_IN_A_ROW = 3
"""Mails put off one after the other that count as the server asking to be left alone (451, "slow down")."""
MAX_TOGETHER = 8
"""Mails taken by a server whose results may be stored by one statement: what a worker that is killed repeats, beside those that
its connections are busy with. One write for each cost as much as making the mail."""
STORE_ATTEMPTS = 5
"""Attempts, a second apart, to store a result: without it the mail would be sent again."""


class MailResults:
    """Stores results for one worker; counts the mails that were taken, and sees when a server asks to be left alone.

    `slow_down` is called with the reason where it does.
    """

    def __init__(self, runtime: Runtime, slow_down: Callable[[str], None]) -> None:
        self._runtime, self._slow_down = runtime, slow_down
        self._counts = Lock()
        self._storing = Lock()
        self._taken: list[ClaimedMail] = []
        """Taken by the server, and not stored yet."""
        self._deferred_in_a_row = 0
        self.sent = 0
        """Mails that servers have taken."""

    def record(self, mail: ClaimedMail, error: MailError | None) -> None:
        """Store what a mail came to: taken where there is no error."""
        match error:
            case None:
                # Nobody begins another mail while it is full and cannot be stored: that is the bound on what a crash repeats.
                with self._storing:
                    self._taken.append(mail)
                    if len(self._taken) >= MAX_TOGETHER:
                        self._store_taken()
                with self._counts:
                    self.sent += 1
                    self._deferred_in_a_row = 0
            case MailRefusedError():
                self.refuse(mail, str(error))
            case MailOutcomeUnknownError():
                self._note_unknown(mail, str(error))
            case MailUnavailableError():
                self._defer(mail, error)

    def store_taken(self) -> None:
        """Store what is known of mails that were taken, where there is any."""
        with self._storing:
            self._store_taken()

    def drop(self, mail: ClaimedMail, reason: str) -> None:
        """Store that a mail is owed no more."""
        self._store(lambda connection: outbox.mark_dropped(connection, mail, reason, self._runtime.now()))

    def refuse(self, mail: ClaimedMail, reason: str) -> None:
        """Store that a mail is refused for good."""
        self._store(lambda connection: outbox.mark_refused(connection, mail, reason, self._runtime.now()))
        log.info("A mail was refused for good", mail=mail.id, kind=mail.kind.value, reason=reason)

    def _note_unknown(self, mail: ClaimedMail, reason: str) -> None:
        """The server has the whole mail and said nothing: once more when it must have answered, and never a third time."""
        now = self._runtime.now()
        if mail.unknown_at is None:
            due_at = now + UNKNOWN_RETRY_AFTER
            self._store(lambda connection: outbox.postpone_unknown(connection, mail, reason, due_at, now))
        else:
            self._store(lambda connection: outbox.settle_mail(connection, mail, MailState.UNKNOWN, reason, now))
        log.warning("The mail server never said whether it took a mail", mail=mail.id, attempt=mail.attempt, reason=reason)

    def postpone(self, mail: ClaimedMail, reason: str, retry_after_seconds: float | None = None) -> bool:
        """Put a mail off, the longer the more often that was done. False where it is given up, and refused for good."""
        now = self._runtime.now()
        if now - mail.created_at > GIVE_UP_AFTER:
            self.refuse(mail, f"given up: {reason}")
            return False
        delay = min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** min(mail.attempt - 1, 20))
        delay = max(delay * self._runtime.rng.uniform(0.75, 1.25), retry_after_seconds or 0.0)
        self._store(lambda connection: outbox.postpone_mail(connection, mail, reason, now + timedelta(seconds=delay)))
        log.info("A mail is put off", mail=mail.id, attempt=mail.attempt, reason=reason)
        return True

    def _defer(self, mail: ClaimedMail, error: MailUnavailableError) -> None:
        reason = str(error)
        if not self.postpone(mail, reason, error.retry_after_seconds):
            return
        with self._counts:
            self._deferred_in_a_row += 1
            slow_down = self._deferred_in_a_row >= MAX_DEFERRED_IN_A_ROW
            if slow_down:
                self._deferred_in_a_row = 0
        if slow_down:
            self._slow_down(reason)

    def _store_taken(self) -> None:
        if self._taken:
            self._store(lambda connection: outbox.mark_sent(connection, self._taken, self._runtime.now()))
            # Where that raised they are kept, and stored with the next ones.
            self._taken = []

    def _store(self, record: Callable[[Connection], None]) -> None:
        """Store a result. A database that is away for a moment must not make a mail be sent twice."""
        for left in range(STORE_ATTEMPTS, 0, -1):
            try:
                with self._runtime.single_statement() as connection:
                    record(connection)
            except StoreUnavailableError:
                if left == 1:
                    raise
                time.sleep(1)
            else:
                return
