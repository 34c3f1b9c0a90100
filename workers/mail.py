"""Sending what the outbox owes.

Rows are claimed in batches, each claim marked as an attempt before anything is sent; each result is stored before the next
mail goes out, so a worker that dies repeats one mail at most. No database connection is held while a mail server thinks.
"""

import time
from datetime import timedelta

import structlog

from campaign.config import site_name
from campaign.domain.address import deliverable
from campaign.domain.claim import Claim
from campaign.domain.signature import MailKind, SignatureState
from campaign.jobs import DELIVER_MAIL
from campaign.mail.message import compose
from campaign.mail.transport import MailRefused, MailUnavailable, ServerUnavailable
from campaign.runtime import Runtime
from campaign.store import outbox
from workers.domains import domain_takes_mail

log = structlog.get_logger(__name__)

BATCH = 50
"""Mails claimed at once."""
LEASE = timedelta(seconds=60)
"""How long a claim lasts: what a worker killed at the worst moment delays its mails by."""
SAFE_LEASE = timedelta(seconds=50)
"""No mail is begun with less of its lease left than this: longer than the mail server may take over the four
answers a mail needs (SMTP_PATIENCE each)."""
TURN = 15.0
"""Seconds after which a job ends and asks for another: a worker told to stop finishes its job first."""
GATHERING = 0.1
"""Seconds waited before each claim that is not sure to be a full batch, so that one claim and one job carry many mails."""
FIRST_DELAY, LONGEST_DELAY = 5.0, 1800.0
"""Seconds between attempts at one mail: doubled each time, up to half an hour."""
GIVE_UP = timedelta(days=5)
"""After which a mail that was only ever put off counts as refused (RFC 5321, 4.5.4.1 asks for four to five days)."""
SERVER_FIRST_REST, SERVER_LONGEST_REST = 0.5, 10.0
"""Seconds the server is left alone after it was unavailable: doubled each time."""
PATIENCE_IN_A_ROW = 3
"""Mails put off one after the other that count as the server asking to be left alone (451, "slow down")."""

_STILL_OWED = {
    MailKind.VERIFY: SignatureState.PENDING,
    MailKind.ALREADY_SIGNED: SignatureState.VERIFIED,
    MailKind.THANK_YOU: SignatureState.VERIFIED,
    MailKind.WITHDRAWN: SignatureState.WITHDRAWN,
    MailKind.REMOVED: SignatureState.INVALIDATED,
}


class Postman:
    """Delivers mail for one worker process; remembers when its mail server wants to be left alone."""

    def __init__(self, runtime: Runtime, *, gathering: float = GATHERING) -> None:
        self._runtime = runtime
        self._gathering = gathering
        self._rests_until = 0.0
        self._rest = SERVER_FIRST_REST

    def deliver(self) -> int:
        """Send what is due, until nothing is or the turn is over; returns how many mails the server took."""
        time.sleep(self._gathering)
        self._runtime.began(DELIVER_MAIL)
        began, sent, full = time.monotonic(), 0, True
        while time.monotonic() - began < TURN:
            if time.monotonic() < self._rests_until:
                return sent
            if not full:
                time.sleep(self._gathering)
            with self._runtime.transaction() as connection:
                claims = outbox.claim(connection, self._runtime.now(), LEASE, BATCH)
            if not claims:
                return sent
            full = len(claims) == BATCH
            if full:
                # There is more than one batch: another worker, if there is one, may take part.
                self._runtime.hint(DELIVER_MAIL)
            sent += self._deliver(claims)
        self._runtime.hint(DELIVER_MAIL)
        return sent

    def _deliver(self, claims: list[Claim]) -> int:
        claimed_at, sent, put_off = self._runtime.now(), 0, 0
        for position, claim in enumerate(claims):
            if self._runtime.now() - claimed_at > LEASE - SAFE_LEASE:
                self._release(claims[position:])
                return sent
            try:
                sent += self._send(claim)
                put_off, self._rest = 0, SERVER_FIRST_REST
            except ServerUnavailable as error:
                self._leave_alone(claims[position:], str(error))
                return sent
            except MailUnavailable as error:
                self._put_off(claim, str(error))
                put_off += 1
                if put_off == PATIENCE_IN_A_ROW:
                    self._leave_alone(claims[position + 1 :], str(error))
                    return sent
        return sent

    def _send(self, claim: Claim) -> bool:
        """Send one mail and store what came of it. Raises MailUnavailable, then nothing is stored yet."""
        reason = self._not_owed(claim)
        if reason:
            with self._runtime.single() as connection:
                outbox.dropped(connection, claim, reason, self._runtime.now())
            return False
        try:
            if self._runtime.settings.check_mail_domains and not domain_takes_mail(claim.email):
                raise MailRefused("the domain takes no mail")
            settings = self._runtime.settings
            message = compose(
                claim, self._runtime.links, sender=settings.mail_from, site=site_name(settings), now=self._runtime.now()
            )
            self._runtime.transport.send(message, deliverable(claim.email))
        except MailRefused as error:
            with self._runtime.single() as connection:
                outbox.refused(connection, claim, str(error), self._runtime.now())
            log.info("A mail was refused for good", mail=claim.id, kind=claim.kind.value, reason=str(error))
            return False
        with self._runtime.single() as connection:
            outbox.sent(connection, claim, self._runtime.now())
        return True

    def _not_owed(self, claim: Claim) -> str:
        if claim.state is not _STILL_OWED[claim.kind]:
            return f"the signature is {claim.state.value}"
        if claim.kind is MailKind.VERIFY and self._runtime.now() >= claim.verify_until:
            return "the link would no longer verify"
        return ""

    def _put_off(self, claim: Claim, reason: str) -> None:
        now = self._runtime.now()
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(claim.attempt - 1, 20)) * self._runtime.chance.uniform(0.75, 1.25)
        with self._runtime.single() as connection:
            if now - claim.created_at > GIVE_UP:
                outbox.refused(connection, claim, f"given up: {reason}", now)
            else:
                outbox.postpone(connection, claim, reason, now + timedelta(seconds=delay))
        log.info("A mail is put off", mail=claim.id, attempt=claim.attempt, reason=reason)

    def _leave_alone(self, claims: list[Claim], reason: str) -> None:
        """The server takes nothing now: give the claims back unattempted, and rest."""
        rest = self._rest * self._runtime.chance.uniform(0.75, 1.25)
        self._rests_until = time.monotonic() + rest
        self._rest = min(SERVER_LONGEST_REST, self._rest * 2)
        self._release(claims)
        log.warning(
            "The mail server is unavailable; trying again soon",
            seconds=round(rest, 1),
            waiting=len(claims),
            reason=reason,
        )

    def _release(self, claims: list[Claim]) -> None:
        with self._runtime.transaction() as connection:
            outbox.release(connection, claims, self._runtime.now())
