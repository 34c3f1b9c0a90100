"""Mailer: sends what the outbox owes, to signatories and to campaigners.

Rows are claimed in batches, each claim marked as an attempt before anything is sent. Each mail is sent on a connection of its
own, and results are stored eight at a time, or as soon as nothing waits: a worker that dies repeats seven mails at most, and
one for each connection. Where a provider's API takes several mails in one call, that call is what may be repeated. No database
connection is held while a mail server thinks.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.message import Message

import structlog

from campaign.domain.mail.claim import NOT_WRITTEN_TO, ClaimedMail, SignatoryMail
from campaign.domain.privacy.retention import CAMPAIGNER_MAIL_RETENTION
from campaign.jobs import DELIVER_MAIL
from campaign.mail.errors import (
    MailError,
    MailOutcomeUnknownError,
    MailSenderRefusedError,
    MailServerUnavailableError,
)
from campaign.mail.smtp_session import LONGEST_CONVERSATION_SECONDS
from campaign.mail.transport import Transport
from campaign.runtime import Runtime
from campaign.security.encryption import DecryptionError
from campaign.services.mail.suppression import suppressed_mails
from campaign.store.accounts import login_links
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.mail import deliveries, outbox, suppressions
from workers.mail_connections import MailConnections
from workers.mail_content import MailObsoleteError, compose_claimed
from workers.mail_domains import domain_takes_mail
from workers.mail_failures import MailFailures
from workers.mail_pace import MailPace
from workers.mail_results import MailResults

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""How long a claim lasts: what a worker killed at the worst moment delays its mails by."""
MIN_LEASE_LEFT_SECONDS = 30.0
"""No mail is begun with less of its lease left than this."""
EXTEND_LEASE_AFTER_SECONDS = 10.0
"""Seconds after which a conversation counts as slow: its claim is kept for as long as any conversation can last."""
CONVERSATION_LEASE = timedelta(seconds=LONGEST_CONVERSATION_SECONDS + 60)
"""The lease of a slow conversation."""
SLOW_SECONDS = 2.0
"""Seconds the last conversations of a batch are waited for. Then they go on by themselves, and the next batch begins."""
ADD_CONNECTION_SECONDS = 0.1
"""Seconds that mails wait before one more connection is put to work: a fast server needs one only."""
TIME_BUDGET_SECONDS = 15.0
"""Seconds after which a job ends and asks for another: a worker told to stop finishes its job first."""
STOP_SECONDS = 5.0
"""Seconds that a worker told to stop waits for conversations to end before it breaks them off."""
RATE_WAIT_SECONDS = 0.1
"""Seconds waited where `MAIL_PER_MINUTE` allows no mail yet."""
GATHER_SECONDS = 0.1
"""Seconds waited before each claim that is not sure to be a full batch, so that one claim and one job carry many mails."""
FIRST_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 0.5, 10.0
"""Seconds the server is left alone after it was unavailable: doubled each time."""
CLEAN_UP_INTERVAL_SECONDS = 3600.0
"""Seconds between two removals of what is older."""


class Mailer:
    """Delivers mail for one worker process; remembers when its mail server wants to be left alone.

    Conversations outlast the job that began them. `runtime.close()` ends them: see `close`.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        gather_seconds: float = GATHER_SECONDS,
        stop_seconds: float = STOP_SECONDS,
        new_transport: Callable[[], Transport] | None = None,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._runtime = runtime
        self._is_stopping = is_stopping
        self._gather_seconds, self._stop_seconds = gather_seconds, stop_seconds
        self._backoff_until = 0.0
        self._backoff_seconds = FIRST_BACKOFF_SECONDS
        self._cleaned_up_at = float("-inf")
        self._connections = MailConnections(
            new_transport or runtime.new_transport, runtime.settings.mail_connections, self._attempt
        )
        self._failures = MailFailures(runtime)
        self._pace = MailPace(runtime, runtime.settings.mail_connections)
        self._results = MailResults(runtime, lambda reason: self._connections.fail(MailServerUnavailableError(reason)))
        runtime.close_first(self.close)

    def deliver(self) -> int:
        """Send what is due, until nothing is, the time budget is spent or the worker is to stop.

        Returns how many mails the server took.
        """
        sent_before = self._results.sent
        time.sleep(self._gather_seconds)
        self._runtime.mark_started(DELIVER_MAIL)
        try:
            if self._deliver_due(time.monotonic() + TIME_BUDGET_SECONDS):
                self._runtime.enqueue_once(DELIVER_MAIL)
        finally:
            self._results.store_taken()
            # From here on nobody looks after them until the next job.
            self._extend_leases(0.0)
        return self._results.sent - sent_before

    def close(self) -> None:
        """End every connection. A conversation that does not end soon is broken off, and its outcome stored as what it is."""
        self._release(self._connections.take_back())
        self._connections.close(self._stop_seconds)
        self._results.store_taken()

    def _deliver_due(self, ends_at: float) -> bool:
        """Work off batch after batch; whether more may be due."""
        full = True
        while time.monotonic() < ends_at and not self._is_stopping():
            if time.monotonic() < self._backoff_until:
                return False
            if self._connections.active >= self._connections.limit:
                self._connections.wait(1.0)
                self._extend_leases(EXTEND_LEASE_AFTER_SECONDS)
                continue
            if not full:
                time.sleep(self._gather_seconds)
            size = self._pace.claim_size()
            if not size:
                time.sleep(RATE_WAIT_SECONDS)
                continue
            claims = self._claim(size)
            self._pace.give_back(size - len(claims))
            if not claims:
                self._clean_up()
                return False
            full = len(claims) == size
            if full:
                # There is more than one batch: another worker, if there is one, may take part.
                self._runtime.enqueue_once(DELIVER_MAIL)
            self._send_batch(claims, ends_at)
        return True

    def _claim(self, size: int) -> list[ClaimedMail]:
        """Claim up to so many mails; those to suppressed mailboxes are dropped."""
        while True:
            with self._runtime.transaction() as connection:
                now = self._runtime.now()
                claims = outbox.claim_mails(connection, now, LEASE, size)
                dropped = suppressed_mails(self._runtime, connection, claims)
                for mail in claims:
                    if mail.id in dropped:
                        outbox.mark_dropped(connection, mail, NOT_WRITTEN_TO, now)
            left = [mail for mail in claims if mail.id not in dropped]
            if left or not claims:
                return left

    def _send_batch(self, claims: Sequence[ClaimedMail], ends_at: float) -> None:
        """Send a batch on as many connections as it takes; give back what the time or the server does not allow."""
        connections, began_at = self._connections, time.monotonic()
        begin_until = min(ends_at, began_at + LEASE.total_seconds() - MIN_LEASE_LEFT_SECONDS)
        connections.put(claims)
        emptied_at: float | None = None
        add_at = 0.0
        while True:
            if time.monotonic() >= add_at or not connections.active:
                connections.add()
                add_at = time.monotonic() + ADD_CONNECTION_SECONDS
            connections.wait(ADD_CONNECTION_SECONDS)
            self._results.store_taken()
            self._extend_leases(EXTEND_LEASE_AFTER_SECONDS)
            if failure := connections.take_failure():
                self._back_off(connections.take_back(), failure)
                return
            if connections.waiting:
                if time.monotonic() > begin_until or self._is_stopping():
                    self._release(connections.take_back())
                    return
            else:
                if emptied_at is None:
                    emptied_at = time.monotonic()
                    self._pace.note(len(claims), emptied_at - began_at)
                if not connections.active or time.monotonic() - emptied_at > SLOW_SECONDS or self._is_stopping():
                    return

    def _attempt(self, transport: Transport, mails: Sequence[ClaimedMail]) -> None:
        """Send the mails of one call and store what came of each.

        Raises MailServerUnavailableError where the server takes no more: what it did not take is given back.
        """
        prepared = [(mail, message) for mail in mails if (message := self._prepare(mail)) is not None]
        if not prepared:
            return
        results = self._send(transport, prepared)
        unavailable: MailServerUnavailableError | None = None
        for (mail, _), error in zip(prepared, results, strict=True):
            if isinstance(error, MailServerUnavailableError):
                self._release([mail])
                unavailable = error
            else:
                self._results.record(mail, error)
                if error is None:
                    self._backoff_seconds = FIRST_BACKOFF_SECONDS
                    self._failures.clear()
        if unavailable is not None or not self._connections.waiting:
            self._results.store_taken()
        if unavailable is not None:
            raise unavailable

    def _send(
        self, transport: Transport, prepared: Sequence[tuple[ClaimedMail, tuple[Message, str]]]
    ) -> Sequence[MailError | None]:
        """What each came to. An error of ours in the middle of it leaves open whether they were taken."""
        try:
            return transport.send_batch([message for _, message in prepared])
        except Exception as error:  # else they would be sent again every minute
            log.error("Sending mails failed", mails=[mail.id for mail, _ in prepared], exc_info=error)  # noqa: TRY400
            transport.abort()
            return [MailOutcomeUnknownError(type(error).__name__)] * len(prepared)

    def _prepare(self, mail: ClaimedMail) -> tuple[Message, str] | None:
        """The message of a claim and the address it goes to; None where it was settled without being sent."""
        if reason := mail.cancel_reason(self._runtime.now()):
            self._results.drop(mail, reason)
            return None
        if self._runtime.settings.check_mail_domains and isinstance(mail, SignatoryMail) and not domain_takes_mail(mail.email):
            self._results.refuse(mail, "the domain takes no mail")
            return None
        try:
            return compose_claimed(self._runtime, mail)
        except DecryptionError:
            why = "its address was sealed with a key that is gone"
        except MailObsoleteError as obsolete:
            why = str(obsolete)
        except StoreUnavailableError:
            raise
        except Exception as error:  # one that cannot be written holds up no other, and is not tried every minute
            log.error("A mail cannot be written", mail=mail.id, kind=mail.kind.value, exc_info=error)  # noqa: TRY400
            self._results.postpone(mail, f"it cannot be written: {type(error).__name__}")
            return None
        self._results.drop(mail, why)
        return None

    def _extend_leases(self, older_than_seconds: float) -> None:
        """Keep the claims of conversations that have lasted for so long."""
        for conversation in self._connections.unextended(older_than_seconds):
            mails = conversation.mails
            try:
                with self._runtime.transaction() as connection:
                    for mail in mails:
                        outbox.extend_lease(connection, mail, self._runtime.now() + CONVERSATION_LEASE)
            except StoreUnavailableError:
                log.warning("The claim of a slow mail could not be extended", mails=[mail.id for mail in mails])
                return
            conversation.lease_extended = True

    def _back_off(self, mails: Sequence[ClaimedMail], error: MailServerUnavailableError) -> None:
        """The server takes nothing now: give the claims back unattempted, and rest."""
        rest = max(self._backoff_seconds * self._jitter(), error.retry_after_seconds or 0.0)
        self._backoff_until = time.monotonic() + rest
        self._backoff_seconds = min(MAX_BACKOFF_SECONDS, self._backoff_seconds * 2)
        self._release(mails)
        self._failures.note(error)
        refused = isinstance(error, MailSenderRefusedError)
        (log.error if refused else log.warning)(
            "The mail server refuses our sender or account; nothing leaves until that is mended" if refused
            else "The mail server is unavailable; trying again soon",
            seconds=round(rest, 1), waiting=len(mails), reason=str(error),
        )  # fmt: skip

    def _release(self, mails: Sequence[ClaimedMail]) -> None:
        if mails:
            with self._runtime.transaction() as connection:
                outbox.release_mails(connection, mails, self._runtime.now())

    def _jitter(self) -> float:
        return self._runtime.rng.uniform(0.75, 1.25)

    def _clean_up(self) -> None:
        if time.monotonic() - self._cleaned_up_at < CLEAN_UP_INTERVAL_SECONDS:
            return
        self._cleaned_up_at = time.monotonic()
        before = self._runtime.now() - CAMPAIGNER_MAIL_RETENTION
        with self._runtime.transaction() as connection:
            outbox.delete_settled(connection, before)
            login_links.delete_expired_login_links(connection, before)
            deliveries.delete_old_events(connection, before)
            suppressions.delete_expired_suppressions(connection, self._runtime.now())
