"""Events of Resend: https://resend.com/docs/dashboard/webhooks/event-types, signed as https://docs.svix.com/receiving/verifying-payloads/how-manual.

    {"type": "email.bounced", "created_at": "…", "data": {"email_id": "…", "tags": {"mail": "…"},
     "headers": [{"name": "Message-ID", "value": "<…>"}], "bounce": {"type": "Permanent", "subType": "General"}}}

The headers svix-id, svix-timestamp and svix-signature: "v1," and the HMAC-SHA256, in base64, of id, timestamp and body joined
by dots; several signatures stand one after the other while a secret is changed. The secret begins with `whsec_`.
"""

import base64
import hmac
from datetime import timedelta

from campaign.domain.mail.delivery import Delivery, DeliveryEvent, find_status
from campaign.mail.events.event_request import EventRefusedError, EventRequest, dig, words

MAX_AGE = timedelta(minutes=5)
"""Each attempt is signed anew."""


def read_events(request: EventRequest, secret: str) -> list[DeliveryEvent]:
    """Raises EventRefusedError or EventMalformedError."""
    name, timestamp = request.headers.get("svix-id", ""), request.headers.get("svix-timestamp", "")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"))
    except ValueError:
        raise EventRefusedError from None
    signed = b".".join((name.encode(), timestamp.encode(), request.body))
    expected = base64.b64encode(hmac.digest(key, signed, "sha256"))
    given = [one.removeprefix("v1,").encode() for one in request.headers.get("svix-signature", "").split() if one[:3] == "v1,"]
    if not name or not any(hmac.compare_digest(one, expected) for one in given):
        raise EventRefusedError
    request.require_fresh(timestamp, MAX_AGE)
    event = request.json_object()
    match words(event, "type"):
        case "email.delivered":
            delivery = Delivery.DELIVERED
        case "email.complained":
            delivery = Delivery.COMPLAINT
        case "email.bounced":
            permanent = words(event, "data", "bounce", "type") == "Permanent"
            delivery = Delivery.HARD_BOUNCE if permanent else Delivery.SOFT_BOUNCE
        case _:
            return []
    status = find_status(words(event, "data", "bounce", "message"))
    return [DeliveryEvent(_reference(event), delivery, name, status)]


def _reference(event: dict[str, object]) -> str:
    if tag := words(event, "data", "tags", "mail"):
        return tag
    headers = dig(event, "data", "headers")
    return next((words(one, "value") for one in headers if words(one, "name").lower() == "message-id"), "") if isinstance(
        headers, list) else ""  # fmt: skip
