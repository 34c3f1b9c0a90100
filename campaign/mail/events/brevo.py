"""Events of Brevo: https://developers.brevo.com/docs/transactional-webhooks.

    {"event": "hard_bounce", "email": "…", "id": 26224, "message-id": "<…>", "ts_event": 1604933654, "ts_epoch": 1604933654000,
     "X-Mailin-custom": "…", "reason": "550 5.1.1 …"}

They are not signed: basic authentication in the address of the webhook, or a token, which comes as `Authorization: Bearer`.
They have no number either: message, kind and moment tell one from another.
"""

from campaign.domain.mail.delivery import Delivery, DeliveryEvent, find_status
from campaign.mail.events.event_request import EventRequest, words

_DELIVERIES = {
    "delivered": Delivery.DELIVERED, "hard_bounce": Delivery.HARD_BOUNCE, "invalid_email": Delivery.HARD_BOUNCE,
    "soft_bounce": Delivery.SOFT_BOUNCE, "blocked": Delivery.SOFT_BOUNCE, "error": Delivery.SOFT_BOUNCE,
    "spam": Delivery.COMPLAINT,
}  # fmt: skip


def read_events(request: EventRequest, secret: str) -> list[DeliveryEvent]:
    """Raises EventRefusedError or EventMalformedError."""
    request.require_password(secret)
    event = request.json_object()
    kind = words(event, "event")
    delivery = _DELIVERIES.get(kind)
    if delivery is None:
        return []
    name = f"{kind}:{words(event, 'message-id')}:{words(event, 'ts_epoch') or words(event, 'ts_event')}"
    return [DeliveryEvent(words(event, "X-Mailin-custom"), delivery, name, find_status(words(event, "reason")))]
