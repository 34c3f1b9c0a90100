"""Events of Amazon SES through SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html,
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.

    {"Type": "Notification", "MessageId": "…", "TopicArn": "arn:aws:sns:eu-west-2:1234:mail", "Message": "{…}",
     "Timestamp": "2026-11-23T15:00:00.000Z", "SignatureVersion": "1", "Signature": "base64", "SigningCertURL": "https://…"}
    Message: {"eventType": "Bounce", "mail": {"tags": {"mail": ["…"]}, "headers": [{"name": "Message-ID", "value": "<…>"}]},
              "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [{"status": "5.1.1"}]}}

RSA over named fields (SHA-1 in version 1, SHA-256 in 2), with a certificate of amazonaws.com. Anybody may have a topic of their
own, so ours is MAIL_WEBHOOK_SECRET: its ARN. A subscription to it is confirmed by fetching the address in the request.
"""

import base64
import json
import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cachetools import LRUCache
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from campaign.domain.mail.delivery import Delivery, DeliveryEvent, bounce_of_status
from campaign.mail.events.event_request import (
    EventMalformedError,
    EventRefusedError,
    EventRequest,
    EventSourceUnavailableError,
    dig,
    words,
)

_HOST = r"https://sns\.{region}\.amazonaws\.com(\.cn)?"
_NOTIFICATION_FIELDS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION_FIELDS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")

Fetch = Callable[[str], bytes]
"""What an address answers. Raises EventSourceUnavailableError."""


class SnsReader:
    """Reads events of one topic. Certificates are kept; one is fetched at a time."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._certificates: LRUCache[str, RSAPublicKey] = LRUCache(4)
        self._fetching = threading.Lock()

    def read_events(self, request: EventRequest, topic: str) -> list[DeliveryEvent]:
        """Raises EventRefusedError, EventMalformedError or EventSourceUnavailableError."""
        envelope = request.json_object()
        region = topic.split(":")[3] if topic.count(":") == 5 else ""
        if not region or words(envelope, "TopicArn") != topic:
            raise EventRefusedError
        try:
            signed_at = datetime.fromisoformat(words(envelope, "Timestamp")).timestamp()
        except ValueError:
            raise EventRefusedError from None
        request.require_fresh(signed_at)
        self._verify(envelope, region)
        kind = words(envelope, "Type")
        if kind == "SubscriptionConfirmation":
            address = words(envelope, "SubscribeURL")
            if not re.fullmatch(_HOST.format(region=re.escape(region)) + r"/\?Action=ConfirmSubscription&[!-~]+", address):
                raise EventRefusedError
            self._fetch(address)
        if kind != "Notification":
            return []
        try:
            event = json.loads(words(envelope, "Message"))
        except (ValueError, RecursionError):
            # Amazon says in words that a topic was set up well.
            return []
        return _events(event, words(envelope, "MessageId"))

    def _verify(self, envelope: dict[str, Any], region: str) -> None:
        fields = _NOTIFICATION_FIELDS if words(envelope, "Type") == "Notification" else _CONFIRMATION_FIELDS
        signed = "".join(f"{name}\n{words(envelope, name)}\n" for name in fields if isinstance(envelope.get(name), str))
        algorithm = {"1": SHA1(), "2": SHA256()}.get(words(envelope, "SignatureVersion"))  # noqa: S303 - Amazon's choice
        address = words(envelope, "SigningCertURL")
        pattern = _HOST.format(region=re.escape(region)) + r"/SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem"
        if algorithm is None or not re.fullmatch(pattern, address):
            raise EventRefusedError
        try:
            signature = base64.b64decode(words(envelope, "Signature"), validate=True)
            self._certificate(address).verify(signature, signed.encode(), PKCS1v15(), algorithm)
        except (InvalidSignature, ValueError):
            raise EventRefusedError from None

    def _certificate(self, address: str) -> RSAPublicKey:
        if (known := self._certificates.get(address)) is not None:
            return known
        # Made-up addresses must not tie up one thread after the other.
        if not self._fetching.acquire(blocking=False):
            raise EventSourceUnavailableError
        try:
            key = load_pem_x509_certificate(self._fetch(address)).public_key()
            if not isinstance(key, RSAPublicKey):
                raise EventRefusedError
            self._certificates[address] = key
        except ValueError:
            raise EventRefusedError from None
        finally:
            self._fetching.release()
        return key


def _events(event: object, name: str) -> list[DeliveryEvent]:
    if not isinstance(event, dict):
        raise EventMalformedError
    status = words(event, "bounce", "bouncedRecipients", 0, "status")
    match words(event, "eventType") or words(event, "notificationType"):
        case "Delivery":
            delivery = Delivery.DELIVERED
        case "Complaint":
            delivery = Delivery.COMPLAINT
        case "Bounce":
            permanent = words(event, "bounce", "bounceType") == "Permanent"
            known = words(event, "bounce", "bounceSubType") in ("General", "NoEmail", "Suppressed", "OnAccountSuppressionList")
            delivery = bounce_of_status(status or ("5.1.1" if known else ""), permanent=permanent)
        case "Reject":
            delivery = Delivery.SOFT_BOUNCE
        case _:
            return []
    headers = dig(event, "mail", "headers")
    written = next((words(one, "value") for one in headers if words(one, "name").lower() == "message-id"), "") if isinstance(
        headers, list) else ""  # fmt: skip
    return [DeliveryEvent(words(event, "mail", "tags", "mail", 0) or written, delivery, name, status)]
