"""Bounces of plain SMTP, fetched from the mailbox that BOUNCE_URL names and taken in like the events of a provider."""

import hashlib

import structlog

from campaign.domain.mail.delivery import DeliveryEvent
from campaign.domain.mail.mail_url import read_bounce_url
from campaign.jobs import COLLECT_BOUNCES
from campaign.mail.bounce_mailbox import BounceMailbox, BounceMailboxError
from campaign.mail.bounces import Bounce, read_bounce
from campaign.runtime import Runtime
from campaign.runtime.steps import TimeBudget, run_steps
from campaign.security.tokens import InvalidTokenError
from campaign.services.mail import delivery_events

log = structlog.get_logger(__name__)

SOURCE = "bounces"
TIME_BUDGET_SECONDS = 60.0
"""Seconds after which a visit ends; the next one goes on."""


def has_bounce_mailbox(runtime: Runtime) -> bool:
    """Whether there is a mailbox to look into."""
    return bool(runtime.settings.bounce_url.get_secret_value())


def collect_bounces(runtime: Runtime) -> int:
    """Take in the unread bounces; returns how many told something new. A mailbox that cannot be read is logged."""
    if not has_bounce_mailbox(runtime):
        return 0
    changed = 0

    def take_in(number: str) -> None:
        nonlocal changed
        event = _event(runtime, mailbox.fetch(number))
        if event is None:
            mailbox.mark_read(number)
        else:
            # Stored first: a visit that breaks off here takes the same bounce in again, and that changes nothing.
            changed += delivery_events.take_in_events(runtime, SOURCE, [event])
            mailbox.remove(number)

    try:
        with BounceMailbox(read_bounce_url(runtime.settings.bounce_url.get_secret_value())) as mailbox:
            run_steps(runtime, COLLECT_BOUNCES, take_in, mailbox.unread(), TimeBudget(TIME_BUDGET_SECONDS))
            mailbox.expunge()
    except BounceMailboxError as error:
        log.warning("The mailbox of bounces cannot be read; trying again soon", reason=str(error))
    return changed


def _event(runtime: Runtime, raw: bytes) -> DeliveryEvent | None:
    bounce = read_bounce(raw)
    reference = None if bounce is None else _own_reference(runtime, bounce)
    if bounce is None or reference is None:
        return None
    return DeliveryEvent(reference, bounce.delivery, hashlib.sha256(raw).hexdigest(), bounce.status)


def _own_reference(runtime: Runtime, bounce: Bounce) -> str | None:
    for candidate in bounce.references:
        try:
            runtime.tokens.read_message_reference(candidate)
        except InvalidTokenError:
            continue
        return candidate
    return None
