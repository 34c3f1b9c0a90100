"""Sending what the outbox owes.

Rows are claimed in batches, each claim marked as an attempt before anything is sent; each result is stored before the next
mail goes out, so a worker that dies repeats one mail at most. No database connection is held while a mail server thinks.
"""

import time
from datetime import timedelta

import structlog

from campaign.config import site_name
from campaign.domain.common.email_address import smtp_address
from campaign.domain.mail.outbox_claim import OutboxClaim
from campaign.domain.signatures.signature import MailKind, SignatureState
from campaign.jobs import DELIVER_MAIL
from campaign.mail.message import compose_signature_mail
from campaign.mail.transport import MailRefusedError, MailServerUnavailableError, MailUnavailableError
from campaign.runtime import Runtime
from campaign.store.mail import outbox
from workers.mail_domains import domain_takes_mail

log = structlog.get_logger(__name__)

BATCH_SIZE = 50
"""Mails claimed at once."""
LEASE = timedelta(seconds=60)
"""How long a claim lasts: what a worker killed at the worst moment delays its mails by."""
MIN_LEASE_LEFT = timedelta(seconds=50)
"""No mail is begun with less of its lease left than this: longer than the mail server may take over the four
answers a mail needs (SMTP_PATIENCE each)."""
TIME_BUDGET_SECONDS = 15.0
"""Seconds after which a job ends and asks for another: a worker told to stop finishes its job first."""
GATHER_SECONDS = 0.1
"""Seconds waited before each claim that is not sure to be a full batch, so that one claim and one job carry many mails."""
FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS = 5.0, 1800.0
"""Seconds between attempts at one mail: doubled each time, up to half an hour."""
GIVE_UP_AFTER = timedelta(days=5)
"""After which a mail that was only ever put off counts as refused (RFC 5321, 4.5.4.1 asks for four to five days)."""
FIRST_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 0.5, 10.0
"""Seconds the server is left alone after it was unavailable: doubled each time."""
MAX_DEFERRED_IN_A_ROW = 3
"""Mails put off one after the other that count as the server asking to be left alone (451, "slow down")."""

_REQUIRED_STATE = {
    MailKind.VERIFY: SignatureState.PENDING,
    MailKind.ALREADY_SIGNED: SignatureState.VERIFIED,
    MailKind.THANK_YOU: SignatureState.VERIFIED,
    MailKind.WITHDRAWN: SignatureState.WITHDRAWN,
    MailKind.REMOVED: SignatureState.INVALIDATED,
}


class Mailer:
    """Delivers mail for one worker process; remembers when its mail server wants to be left alone."""

    def __init__(self, runtime: Runtime, *, gather_seconds: float = GATHER_SECONDS) -> None:
        self._runtime = runtime
        self._gather_seconds = gather_seconds
        self._backoff_until = 0.0
        self._backoff_seconds = FIRST_BACKOFF_SECONDS

    def deliver(self) -> int:
        """Send what is due, until nothing is or the turn is over; returns how many mails the server took."""
        time.sleep(self._gather_seconds)
        self._runtime.mark_started(DELIVER_MAIL)
        began, sent, full = time.monotonic(), 0, True
        while time.monotonic() - began < TIME_BUDGET_SECONDS:
            if time.monotonic() < self._backoff_until:
                return sent
            if not full:
                time.sleep(self._gather_seconds)
            with self._runtime.transaction() as connection:
                claims = outbox.claim_mails(connection, self._runtime.now(), LEASE, BATCH_SIZE)
            if not claims:
                return sent
            full = len(claims) == BATCH_SIZE
            if full:
                # There is more than one batch: another worker, if there is one, may take part.
                self._runtime.enqueue_once(DELIVER_MAIL)
            sent += self._deliver(claims)
        self._runtime.enqueue_once(DELIVER_MAIL)
        return sent

    def _deliver(self, claims: list[OutboxClaim]) -> int:
        claimed_at, sent, put_off = self._runtime.now(), 0, 0
        for position, claim in enumerate(claims):
            if self._runtime.now() - claimed_at > LEASE - MIN_LEASE_LEFT:
                self._release(claims[position:])
                return sent
            try:
                sent += self._send(claim)
                put_off, self._backoff_seconds = 0, FIRST_BACKOFF_SECONDS
            except MailServerUnavailableError as error:
                self._back_off(claims[position:], str(error))
                return sent
            except MailUnavailableError as error:
                self._defer(claim, str(error))
                put_off += 1
                if put_off == MAX_DEFERRED_IN_A_ROW:
                    self._back_off(claims[position + 1 :], str(error))
                    return sent
        return sent

    def _send(self, claim: OutboxClaim) -> bool:
        """Send one mail and store what came of it. Raises MailUnavailable, then nothing is stored yet."""
        reason = self._drop_reason(claim)
        if reason:
            with self._runtime.single_statement() as connection:
                outbox.mark_dropped(connection, claim, reason, self._runtime.now())
            return False
        try:
            if self._runtime.settings.check_mail_domains and not domain_takes_mail(claim.email):
                raise MailRefusedError("the domain takes no mail")
            settings = self._runtime.settings
            message = compose_signature_mail(
                claim, self._runtime.tokens, sender=settings.mail_from, site=site_name(settings), now=self._runtime.now()
            )
            self._runtime.transport.send(message, smtp_address(claim.email))
        except MailRefusedError as error:
            with self._runtime.single_statement() as connection:
                outbox.mark_refused(connection, claim, str(error), self._runtime.now())
            log.info("A mail was refused for good", mail=claim.id, kind=claim.kind.value, reason=str(error))
            return False
        with self._runtime.single_statement() as connection:
            outbox.mark_sent(connection, claim, self._runtime.now())
        return True

    def _drop_reason(self, claim: OutboxClaim) -> str:
        if claim.state is not _REQUIRED_STATE[claim.kind]:
            return f"the signature is {claim.state.value}"
        if claim.kind is MailKind.VERIFY and self._runtime.now() >= claim.verify_until:
            return "the link would no longer verify"
        return ""

    def _defer(self, claim: OutboxClaim, reason: str) -> None:
        now = self._runtime.now()
        delay = min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** min(claim.attempt - 1, 20)) * self._runtime.rng.uniform(
            0.75, 1.25
        )
        with self._runtime.single_statement() as connection:
            if now - claim.created_at > GIVE_UP_AFTER:
                outbox.mark_refused(connection, claim, f"given up: {reason}", now)
            else:
                outbox.postpone_mail(connection, claim, reason, now + timedelta(seconds=delay))
        log.info("A mail is put off", mail=claim.id, attempt=claim.attempt, reason=reason)

    def _back_off(self, claims: list[OutboxClaim], reason: str) -> None:
        """The server takes nothing now: give the claims back unattempted, and rest."""
        rest = self._backoff_seconds * self._runtime.rng.uniform(0.75, 1.25)
        self._backoff_until = time.monotonic() + rest
        self._backoff_seconds = min(MAX_BACKOFF_SECONDS, self._backoff_seconds * 2)
        self._release(claims)
        log.warning(
            "The mail server is unavailable; trying again soon",
            seconds=round(rest, 1),
            waiting=len(claims),
            reason=reason,
        )

    def _release(self, claims: list[OutboxClaim]) -> None:
        with self._runtime.transaction() as connection:
            outbox.release_mails(connection, claims, self._runtime.now())
