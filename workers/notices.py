"""Sending the notices that are owed to campaigners, as `workers.mail` sends what is owed to signatories.

They are few, so one is claimed at a time and each result is stored before the next goes out: a worker that dies repeats one
mail at most, with the same link.
"""

import time
from dataclasses import replace
from datetime import timedelta

import structlog

from campaign import account
from campaign.config import site_name
from campaign.domain.address import deliverable
from campaign.domain.notice import ENTRANCE_LASTS, Notice, NoticeKind
from campaign.jobs import DELIVER_NOTICES
from campaign.mail.notice import compose_notice
from campaign.mail.transport import MailRefused, MailUnavailable, ServerUnavailable
from campaign.runtime import Runtime
from campaign.sealing import Sealed
from campaign.store import entrances, notices
from workers.mail import FIRST_DELAY, GIVE_UP, LEASE, LONGEST_DELAY, SERVER_FIRST_REST, SERVER_LONGEST_REST

log = structlog.get_logger(__name__)

TURN = 5.0
"""Seconds after which a job ends and asks for another: other work of the desk waits in the same queue."""
KEPT = timedelta(days=30)
"""How long what was sent, and links that are over, are kept."""
TIDY_EVERY = 3600.0
"""Seconds between two removals of what is older."""


class NoticePostman:
    """Delivers notices for one worker process; remembers when its mail server wants to be left alone."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._rests_until = 0.0
        self._rest = SERVER_FIRST_REST
        self._tidied_at = float("-inf")

    def deliver(self) -> int:
        """Send what is due, until nothing is or the turn is over; returns how many notices the server took."""
        self._runtime.began(DELIVER_NOTICES)
        began, sent = time.monotonic(), 0
        while time.monotonic() - began < TURN:
            if time.monotonic() < self._rests_until:
                return sent
            with self._runtime.transaction() as connection:
                claimed = notices.claim(connection, self._runtime.now(), LEASE, 1)
            if not claimed:
                self._tidy()
                return sent
            sent += self._attempt(claimed[0])
        self._runtime.hint(DELIVER_NOTICES)
        return sent

    def _attempt(self, notice: Notice) -> bool:
        """Send one notice and store what came of it; whether the server took it."""
        reason = notice.no_longer_owed(self._runtime.now())
        if reason:
            self._settle(notice, "dropped", reason)
            return False
        try:
            self._send(notice)
        except Sealed:
            self._settle(notice, "dropped", "its address was sealed with a key that is gone")
            return False
        except MailRefused as error:
            self._settle(notice, "refused", str(error))
            log.info("A notice was refused for good", notice=notice.id, kind=notice.kind.value, reason=str(error))
            return False
        except ServerUnavailable as error:
            self._leave_alone(notice, str(error))
            return False
        except MailUnavailable as error:
            self._put_off(notice, str(error))
            return False
        self._settle(notice, "sent")
        self._rest = SERVER_FIRST_REST
        return True

    def _send(self, notice: Notice) -> None:
        settings, entrance = self._runtime.settings, None
        if notice.kind is NoticeKind.SIGN_IN:
            # Made only now: its time runs from when the mail leaves, and asking for it takes as long whoever asks.
            with self._runtime.transaction() as connection:
                key, now = self._runtime.token(), self._runtime.now()
                entrance = notices.entrance_of(connection, notice, key, now, ENTRANCE_LASTS)
        if notice.kind is NoticeKind.ADDRESS:
            notice = replace(notice, email=account.sealed_address(self._runtime, notice))
        message = compose_notice(
            notice, self._runtime.links, sender=settings.mail_from, site=site_name(settings), entrance=entrance
        )
        self._runtime.transport.send(message, deliverable(notice.email))

    def _settle(self, notice: Notice, state: str, reason: str = "") -> None:
        with self._runtime.single() as connection:
            notices.settle(connection, notice, state, self._runtime.now(), reason)

    def _put_off(self, notice: Notice, reason: str) -> None:
        now = self._runtime.now()
        if now - notice.created_at > GIVE_UP:
            self._settle(notice, "refused", f"given up: {reason}")
            return
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(notice.attempt - 1, 20)) * self._runtime.chance.uniform(0.75, 1.25)
        with self._runtime.single() as connection:
            notices.postpone(connection, notice, reason, now + timedelta(seconds=delay))
        log.info("A notice is put off", notice=notice.id, attempt=notice.attempt, reason=reason)

    def _leave_alone(self, notice: Notice, reason: str) -> None:
        """The server takes nothing now: give the claim back unattempted, and rest."""
        rest = self._rest * self._runtime.chance.uniform(0.75, 1.25)
        self._rests_until = time.monotonic() + rest
        self._rest = min(SERVER_LONGEST_REST, self._rest * 2)
        with self._runtime.transaction() as connection:
            notices.release(connection, [notice], self._runtime.now())
        log.warning("The mail server is unavailable; trying again soon", seconds=round(rest, 1), reason=reason)

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied_at < TIDY_EVERY:
            return
        self._tidied_at = time.monotonic()
        before = self._runtime.now() - KEPT
        with self._runtime.transaction() as connection:
            notices.forget(connection, before)
            entrances.forget(connection, before)
