"""Events of SendGrid: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features.

    [{"email": "…", "timestamp": 1513299569, "event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 …",
      "sg_event_id": "…", "sg_message_id": "…", "mail": "…"}, …]

The headers X-Twilio-Email-Event-Webhook-Signature and -Timestamp: ECDSA (P-256, SHA-256) over timestamp and body as they came.
MAIL_WEBHOOK_SECRET is the public key it shows as its verification key.
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from campaign.domain.mail.delivery import Delivery, DeliveryEvent, bounce_of_status, find_status
from campaign.mail.events.event_request import (
    MAX_EVENTS_PER_REQUEST,
    EventMalformedError,
    EventRefusedError,
    EventRequest,
    words,
)


def read_events(request: EventRequest, secret: str) -> list[DeliveryEvent]:
    """Raises EventRefusedError or EventMalformedError."""
    timestamp = request.headers.get("x-twilio-email-event-webhook-timestamp", "")
    signature = request.headers.get("x-twilio-email-event-webhook-signature", "")
    try:
        key = load_der_public_key(base64.b64decode(secret))
        if not isinstance(key, EllipticCurvePublicKey):
            raise EventRefusedError
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + request.body, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        raise EventRefusedError from None
    request.require_fresh(timestamp)
    events = request.json()
    if not isinstance(events, list) or len(events) > MAX_EVENTS_PER_REQUEST:
        raise EventMalformedError
    return [found for event in events if (found := _event(event)) is not None]


def _event(event: object) -> DeliveryEvent | None:
    status = words(event, "status") or find_status(words(event, "reason"))
    match words(event, "event"):
        case "delivered":
            delivery = Delivery.DELIVERED
        case "spamreport":
            delivery = Delivery.COMPLAINT
        case "bounce":
            delivery = bounce_of_status(status, permanent=words(event, "type") != "blocked")
        case "dropped":
            delivery = Delivery.HARD_BOUNCE if words(event, "reason") == "Bounced Address" else Delivery.SOFT_BOUNCE
        case _:
            return None
    return DeliveryEvent(words(event, "mail"), delivery, words(event, "sg_event_id"), status)
