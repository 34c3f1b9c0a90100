"""Events of Postmark: https://postmarkapp.com/developer/webhooks/bounce-webhook, …/delivery-webhook, …/spam-complaint-webhook.

    {"RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "TypeCode": 1, "MessageID": "…", "Metadata": {"mail": "…"},
     "Details": "smtp;550 5.1.1 …", "BouncedAt": "2026-11-23T15:00:00Z"}
    {"RecordType": "Delivery", "MessageID": "…", "Recipient": "…", "DeliveredAt": "…", "Details": "…", "Metadata": {…}}
    {"RecordType": "SpamComplaint", "ID": 42, "Type": "SpamComplaint", "TypeCode": 512, …}

They are not signed: basic authentication in the address of the webhook, `https://countersign:SECRET@…`.
"""

from campaign.domain.mail.delivery import Delivery, DeliveryEvent, find_status
from campaign.mail.events.event_request import EventRequest, words

_BOUNCES = {
    "HardBounce": Delivery.HARD_BOUNCE, "BadEmailAddress": Delivery.HARD_BOUNCE,
    "SpamComplaint": Delivery.COMPLAINT, "SpamNotification": Delivery.SOFT_BOUNCE,
    "SoftBounce": Delivery.SOFT_BOUNCE, "Blocked": Delivery.SOFT_BOUNCE, "VirusNotification": Delivery.SOFT_BOUNCE,
    "DMARCPolicy": Delivery.SOFT_BOUNCE, "ManuallyDeactivated": Delivery.SOFT_BOUNCE,
}  # fmt: skip
"""Not among them: what only delays a mail (Transient, DnsError) or answers it (AutoResponder)."""


def read_events(request: EventRequest, secret: str) -> list[DeliveryEvent]:
    """Raises EventRefusedError or EventMalformedError."""
    request.require_password(secret)
    event = request.json_object()
    kind = words(event, "RecordType")
    delivery = Delivery.DELIVERED if kind == "Delivery" else Delivery.COMPLAINT if kind == "SpamComplaint" else None
    if kind == "Bounce":
        delivery = _BOUNCES.get(words(event, "Type"))
    if delivery is None:
        return []
    name = f"{kind}:{words(event, 'ID')}:{words(event, 'MessageID')}"
    return [DeliveryEvent(words(event, "Metadata", "mail"), delivery, name, find_status(words(event, "Details")))]
