"""Sending the notices that are owed to campaigners, as `workers.mail` sends what is owed to signatories.

They are few, so one is claimed at a time and each result is stored before the next goes out: a worker that dies repeats one
mail at most, with the same link.
"""

import time
from dataclasses import replace
from datetime import timedelta

import structlog

from campaign.config import site_name
from campaign.domain.common.email_address import smtp_address
from campaign.domain.mail.notice import LOGIN_LINK_LIFETIME, Notice, NoticeKind
from campaign.jobs import DELIVER_NOTICES
from campaign.mail.notice import compose_notice
from campaign.mail.transport import MailRefusedError, MailServerUnavailableError, MailUnavailableError
from campaign.runtime import Runtime
from campaign.security.encryption import DecryptionError
from campaign.services.accounts import account
from campaign.store.accounts import login_links
from campaign.store.mail import campaigner_outbox
from workers.mail import (
    FIRST_BACKOFF_SECONDS,
    FIRST_RETRY_SECONDS,
    GIVE_UP_AFTER,
    LEASE,
    MAX_BACKOFF_SECONDS,
    MAX_RETRY_SECONDS,
)

log = structlog.get_logger(__name__)

TIME_BUDGET_SECONDS = 5.0
"""Seconds after which a job ends and asks for another: other work of the desk waits in the same queue."""
RETENTION = timedelta(days=30)
"""How long what was sent, and links that are over, are kept."""
CLEAN_UP_INTERVAL_SECONDS = 3600.0
"""Seconds between two removals of what is older."""


class NoticeMailer:
    """Delivers notices for one worker process; remembers when its mail server wants to be left alone."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._backoff_until = 0.0
        self._backoff_seconds = FIRST_BACKOFF_SECONDS
        self._cleaned_up_at = float("-inf")

    def deliver(self) -> int:
        """Send what is due, until nothing is or the turn is over; returns how many notices the server took."""
        self._runtime.mark_started(DELIVER_NOTICES)
        began, sent = time.monotonic(), 0
        while time.monotonic() - began < TIME_BUDGET_SECONDS:
            if time.monotonic() < self._backoff_until:
                return sent
            with self._runtime.transaction() as connection:
                claimed = campaigner_outbox.claim_notices(connection, self._runtime.now(), LEASE, 1)
            if not claimed:
                self._clean_up()
                return sent
            sent += self._attempt(claimed[0])
        self._runtime.enqueue_once(DELIVER_NOTICES)
        return sent

    def _attempt(self, notice: Notice) -> bool:
        """Send one notice and store what came of it; whether the server took it."""
        reason = notice.cancel_reason(self._runtime.now())
        if reason:
            self._settle(notice, "dropped", reason)
            return False
        try:
            self._send(notice)
        except DecryptionError:
            self._settle(notice, "dropped", "its address was sealed with a key that is gone")
            return False
        except MailRefusedError as error:
            self._settle(notice, "refused", str(error))
            log.info("A notice was refused for good", notice=notice.id, kind=notice.kind.value, reason=str(error))
            return False
        except MailServerUnavailableError as error:
            self._back_off(notice, str(error))
            return False
        except MailUnavailableError as error:
            self._defer(notice, str(error))
            return False
        self._settle(notice, "sent")
        self._backoff_seconds = FIRST_BACKOFF_SECONDS
        return True

    def _send(self, notice: Notice) -> None:
        settings, entrance = self._runtime.settings, None
        if notice.kind is NoticeKind.SIGN_IN:
            # Made only now: its time runs from when the mail leaves, and asking for it takes as long whoever asks.
            with self._runtime.transaction() as connection:
                key, now = self._runtime.random_token(), self._runtime.now()
                entrance = campaigner_outbox.login_link_of(connection, notice, key, now, LOGIN_LINK_LIFETIME)
        if notice.kind is NoticeKind.ADDRESS:
            notice = replace(notice, email=account.decrypt_notice_address(self._runtime, notice))
        message = compose_notice(
            notice, self._runtime.tokens, sender=settings.mail_from, site=site_name(settings), login_link=entrance
        )
        self._runtime.transport.send(message, smtp_address(notice.email))

    def _settle(self, notice: Notice, state: str, reason: str = "") -> None:
        with self._runtime.single_statement() as connection:
            campaigner_outbox.settle_notice(connection, notice, state, self._runtime.now(), reason)

    def _defer(self, notice: Notice, reason: str) -> None:
        now = self._runtime.now()
        if now - notice.created_at > GIVE_UP_AFTER:
            self._settle(notice, "refused", f"given up: {reason}")
            return
        delay = min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** min(notice.attempt - 1, 20)) * self._runtime.rng.uniform(
            0.75, 1.25
        )
        with self._runtime.single_statement() as connection:
            campaigner_outbox.postpone_notice(connection, notice, reason, now + timedelta(seconds=delay))
        log.info("A notice is put off", notice=notice.id, attempt=notice.attempt, reason=reason)

    def _back_off(self, notice: Notice, reason: str) -> None:
        """The server takes nothing now: give the claim back unattempted, and rest."""
        rest = self._backoff_seconds * self._runtime.rng.uniform(0.75, 1.25)
        self._backoff_until = time.monotonic() + rest
        self._backoff_seconds = min(MAX_BACKOFF_SECONDS, self._backoff_seconds * 2)
        with self._runtime.transaction() as connection:
            campaigner_outbox.release_notices(connection, [notice], self._runtime.now())
        log.warning("The mail server is unavailable; trying again soon", seconds=round(rest, 1), reason=reason)

    def _clean_up(self) -> None:
        if time.monotonic() - self._cleaned_up_at < CLEAN_UP_INTERVAL_SECONDS:
            return
        self._cleaned_up_at = time.monotonic()
        before = self._runtime.now() - RETENTION
        with self._runtime.transaction() as connection:
            campaigner_outbox.delete_settled(connection, before)
            login_links.delete_expired_login_links(connection, before)
