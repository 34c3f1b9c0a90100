"""Events of Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks.

    {"signature": {"timestamp": "1529006854", "token": "50 characters", "signature": "hex"},
     "event-data": {"event": "failed", "severity": "permanent", "reason": "bounce", "id": "…", "user-variables": {"mail": "…"},
                    "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "…"}}}

The signature is the HMAC-SHA256 of timestamp and token with the webhook signing key. It covers nothing else, so each token is
taken once.
"""

import hmac

from campaign.domain.mail.delivery import Delivery, DeliveryEvent, bounce_of_status, find_status
from campaign.mail.events.event_request import EventRefusedError, EventRequest, dig, words


def read_events(request: EventRequest, secret: str) -> list[DeliveryEvent]:
    """Raises EventRefusedError or EventMalformedError."""
    whole = request.json_object()
    timestamp, token = words(whole, "signature", "timestamp"), words(whole, "signature", "token")
    expected = hmac.digest(secret.encode(), f"{timestamp}{token}".encode(), "sha256").hex()
    if not token or not hmac.compare_digest(words(whole, "signature", "signature").encode(), expected.encode()):
        raise EventRefusedError
    request.require_fresh(timestamp)
    event = dig(whole, "event-data")
    status = words(event, "delivery-status", "enhanced-code") or find_status(words(event, "delivery-status", "message"))
    match words(event, "event"):
        case "delivered":
            delivery = Delivery.DELIVERED
        case "complained":
            delivery = Delivery.COMPLAINT
        case "failed" if words(event, "severity") == "permanent":
            known = words(event, "reason") == "suppress-bounce"
            delivery = Delivery.HARD_BOUNCE if known else bounce_of_status(status)
        case "rejected":
            delivery = Delivery.SOFT_BOUNCE
        case _:
            return []
    return [DeliveryEvent(words(event, "user-variables", "mail"), delivery, token, status)]
