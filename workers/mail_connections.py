"""Connections for mail: threads, each with a connection of its own, that work off one queue of claimed mails."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from campaign.domain.mail.claim import ClaimedMail
from campaign.mail.errors import MailServerBusyError, MailServerUnavailableError
from campaign.mail.transport import Transport

log = structlog.get_logger(__name__)

LIMIT_SECONDS = 600.0
"""How long fewer connections are opened after the server has refused one; then one more is tried."""

MAX_CONNECT_WAIT_SECONDS = 1.0
"""Seconds that connections which are still being opened are waited for when all are closed."""


@dataclass(eq=False)
class Conversation:
    """One connection in the hands of a thread, and the mails that are being sent on it: one, or those of one call."""

    transport: Transport
    thread: threading.Thread | None = None
    is_open: bool = False
    mails: Sequence[ClaimedMail] = ()
    began_at: float = 0.0
    lease_extended: bool = False


class MailConnections:
    """At most `maximum` connections at once. A slow one holds up the mails that are on it, and no other.

    `send` sends the mails of one call on a connection, one where it takes no more, and records what came of each. It raises
    MailServerUnavailableError, or MailServerBusyError, where it has given mails back because the connection takes no more.
    """

    def __init__(
        self, new_transport: Callable[[], Transport], maximum: int, send: Callable[[Transport, Sequence[ClaimedMail]], None]
    ) -> None:
        self._new_transport, self._maximum, self._send = new_transport, maximum, send
        self._changed = threading.Condition()
        self._changes = self._seen_changes = 0
        self._waiting: deque[ClaimedMail] = deque()
        self._open: list[Conversation] = []
        self._idle: list[Transport] = []
        self._limit, self._limited_at = maximum, 0.0
        self._failure: MailServerUnavailableError | None = None
        self._stopped = False

    @property
    def limit(self) -> int:
        """How many connections may be open now: the maximum, or what the server has been seen to allow."""
        if self._limit < self._maximum and time.monotonic() - self._limited_at > LIMIT_SECONDS:
            self._limit, self._limited_at = self._limit + 1, time.monotonic()
        return self._limit

    @property
    def waiting(self) -> int:
        """Mails that no connection has begun with."""
        return len(self._waiting)

    @property
    def active(self) -> int:
        """Connections in the hands of a thread."""
        return len(self._open)

    def put(self, mails: Sequence[ClaimedMail]) -> None:
        """Add mails to the queue."""
        with self._changed:
            self._waiting.extend(mails)

    def take_back(self) -> list[ClaimedMail]:
        """Empty the queue: the mails that no connection has begun with."""
        with self._changed:
            left = list(self._waiting)
            self._waiting.clear()
        return left

    def take_failure(self) -> MailServerUnavailableError | None:
        """Why the server takes nothing at present, once; None where it does."""
        failure, self._failure = self._failure, None
        return failure

    def fail(self, error: MailServerUnavailableError) -> None:
        """Note that the server takes nothing at present."""
        with self._changed:
            self._failure = error
            self._notify()

    def add(self) -> None:
        """Put one more connection to work, where one more is allowed and there is a mail for it."""
        with self._changed:
            without_mail = sum(not each.mails for each in self._open)
            if self._stopped or len(self._waiting) <= without_mail or len(self._open) >= self.limit:
                return
            conversation = Conversation(self._idle.pop() if self._idle else self._new_transport())
            conversation.thread = threading.Thread(target=self._run, args=(conversation,), name="mail", daemon=True)
            self._open.append(conversation)
            conversation.thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the queue to be empty, a connection to be free, or so many seconds; not at all where that has happened since
        the last wait ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._changes != self._seen_changes, seconds)
            self._seen_changes = self._changes

    def unextended(self, older_than_seconds: float) -> list[Conversation]:
        """Conversations about a mail that have lasted for so long, and whose lease was not extended."""
        now = time.monotonic()
        with self._changed:
            return [
                each
                for each in self._open
                if each.mails and not each.lease_extended and now - each.began_at >= older_than_seconds
            ]

    def close(self, grace_seconds: float) -> None:
        """Let conversations end for so long, break off those that last longer, and close every connection."""
        with self._changed:
            self._stopped = True
        self._join(grace_seconds)
        with self._changed:
            left = list(self._open)
        for each in left:
            each.transport.abort()
        # What was broken off is recorded by its own thread.
        self._join(grace_seconds / 2 if left else 0.0)
        while self._idle:
            self._idle.pop().close()

    def _join(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with self._changed:
            self._changed.wait_for(lambda: not any(each.mails for each in self._open), until - time.monotonic())
            # Those that are still connecting have no mail: they are waited for, so that none is opened later, but not for long.
            self._changed.wait_for(lambda: not self._open, min(MAX_CONNECT_WAIT_SECONDS, until - time.monotonic()))

    def _notify(self) -> None:
        """Wake who waits; called with the lock held."""
        self._changes += 1
        self._changed.notify_all()

    def _run(self, conversation: Conversation) -> None:
        transport = conversation.transport
        keep = False
        try:
            keep = self._work(conversation)
        except MailServerUnavailableError as error:
            self._note_refused_connection(conversation, error)
        except Exception as error:  # the mail is due again when its lease ends
            log.error("A mail could not be sent", mails=[mail.id for mail in conversation.mails], exc_info=error)  # noqa: TRY400
            if not conversation.mails:
                # No connection comes about: without a rest the next would be tried at once, and so on.
                self.fail(MailServerUnavailableError(type(error).__name__))
        if not keep:
            with contextlib.suppress(Exception):
                transport.close()
        with self._changed:
            self._open.remove(conversation)
            if keep:
                self._idle.append(transport)
            self._notify()

    def _work(self, conversation: Conversation) -> bool:
        """Send until nothing waits; whether the connection is good for more."""
        while True:
            if not self._waiting:
                return not self._stopped
            # Connected before a mail is taken, so that a server which is slow to greet holds up no mail of ours.
            conversation.transport.open()
            with self._changed:
                conversation.is_open = True
                if self._stopped or not self._waiting or sum(each.is_open for each in self._open) > self._limit:
                    return not self._stopped
                conversation.lease_extended = False
                conversation.began_at = time.monotonic()
                # Shared out, so that no connection waits while another has a long call to make.
                share = -(-len(self._waiting) // max(1, min(self._limit, len(self._open))))
                count = max(1, min(conversation.transport.max_batch, share))
                conversation.mails = [self._waiting.popleft() for _ in range(count)]
            self._send(conversation.transport, conversation.mails)
            with self._changed:
                conversation.mails = ()
                if not self._waiting:
                    self._notify()

    def _note_refused_connection(self, conversation: Conversation, error: MailServerUnavailableError) -> None:
        with self._changed:
            others = sum(each.is_open for each in self._open if each is not conversation) + len(self._idle)
            refused = isinstance(error, MailServerBusyError) or not conversation.is_open
            if others and refused:
                self._limit, self._limited_at = max(1, min(self._limit, others)), time.monotonic()
                log.info("The mail server takes fewer connections", connections=self._limit, reason=str(error))
            if not (others and refused) or error.retry_after_seconds is not None:
                self._failure = error
