"""Delivery events: what bounces and providers tell about mails, taken in once each.

They settle the mail's row and keep mailboxes from getting more; they never verify, un-verify or delete a signature.
"""

import hashlib
from collections.abc import Iterable

from campaign.domain.mail.delivery import HARD_BOUNCE_SUPPRESSION, Delivery, DeliveryEvent, SuppressionReason
from campaign.runtime import Runtime
from campaign.security.tokens import InvalidTokenError
from campaign.store.mail import deliveries, suppressions

_MAX_EVENTS_PER_TRANSACTION = 200


def take_in_events(runtime: Runtime, source: str, events: Iterable[DeliveryEvent]) -> int:
    """Take events in; returns how many told something new. Those of mails that are not ours are passed over.

    `source` is the provider, or the mailbox of bounces. Raises StoreUnavailableError.
    """
    pending = [(mail_id, event) for event in events if (mail_id := _mail_id(runtime, event)) is not None]
    # In one order, so that two requests about the same mails never wait for each other.
    pending.sort(key=lambda one: one[0])
    changed = 0
    for begin in range(0, len(pending), _MAX_EVENTS_PER_TRANSACTION):
        now = runtime.now()
        with runtime.transaction() as connection:
            for mail_id, event in pending[begin : begin + _MAX_EVENTS_PER_TRANSACTION]:
                name = _event_name(source, mail_id, event)
                if not deliveries.record_event(connection, name, now):
                    continue
                mailbox = deliveries.set_delivery(connection, mail_id, event.delivery, event.status, now)
                changed += mailbox is not None
                if not mailbox:
                    continue
                if event.delivery is Delivery.COMPLAINT:
                    suppressions.suppress(connection, mailbox, SuppressionReason.COMPLAINT, now)
                elif event.delivery is Delivery.HARD_BOUNCE:
                    until = now + HARD_BOUNCE_SUPPRESSION
                    suppressions.suppress(connection, mailbox, SuppressionReason.HARD_BOUNCE, now, until)
    return changed


def _event_name(source: str, mail_id: int, event: DeliveryEvent) -> str:
    """What an event is taken in under. By its own number alone: Mailgun signs nothing but that, so a request which was seen
    once must not be good for another mail, or another fate of the same one."""
    own = event.event_id or f"{mail_id}\n{event.delivery}"
    return hashlib.sha256(f"{source}\n{own}".encode()).hexdigest()


def _mail_id(runtime: Runtime, event: DeliveryEvent) -> int | None:
    try:
        return runtime.tokens.read_message_reference(event.reference)
    except InvalidTokenError:
        return None
