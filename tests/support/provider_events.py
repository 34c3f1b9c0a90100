"""Events as providers post them: their documented JSON, signed in their documented ways."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

KINDS = ("delivered", "soft", "hard", "complaint")
PASSWORD = "a-password-of-enough-letters"
_SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
_WHSEC = base64.b64encode(b"0123456789abcdef01234567").decode()
TOPIC = "arn:aws:sns:eu-west-2:123456789012:mail"
_SNS_KEY = rsa.generate_private_key(65537, 2048)
CERTIFICATE_URL = "https://sns.eu-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE_URL = "https://sns.eu-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=y"


@dataclass
class Posted:
    """A request."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class EventSource:
    """A provider: its MAIL_URL, the secret of its events, and how it writes and signs one."""

    mail_url: str
    secret: str
    event: Callable[[str, str, str, datetime], Any]
    """Of a kind, a mail's reference, an event's number, and a moment."""
    sign: Callable[[bytes, str, datetime], Posted]
    signed_times: bool = True


def post_of(source: EventSource, kind: str, reference: str, number: str, at: datetime) -> Posted:
    return source.sign(json.dumps(source.event(kind, reference, number, at)).encode(), number, at)


def _basic(body: bytes, number: str, at: datetime) -> Posted:
    return Posted(body, {"Authorization": f"Basic {base64.b64encode(f'countersign:{PASSWORD}'.encode()).decode()}"})


def _bearer(body: bytes, number: str, at: datetime) -> Posted:
    return Posted(body, {"Authorization": f"Bearer {PASSWORD}"})


def _postmark(kind: str, reference: str, number: str, at: datetime) -> Any:
    bounce = {"soft": "SoftBounce", "hard": "HardBounce", "complaint": "SpamComplaint"}.get(kind)
    record = {"delivered": "Delivery", "complaint": "SpamComplaint"}.get(kind, "Bounce")
    return {"RecordType": record, "MessageID": number, "Email": "ada@example.org", "Metadata": {"mail": reference},
            "Details": "smtp;550 5.1.1 no such user ada@example.org"} | (
                {"ID": 42, "Type": bounce} if bounce else {})  # fmt: skip


def _mailgun(kind: str, reference: str, number: str, at: datetime) -> Any:
    event: dict[str, Any] = {"id": number, "user-variables": {"mail": reference}, "recipient": "ada@example.org"}
    event |= {"event": {"delivered": "delivered", "complaint": "complained"}.get(kind, "failed")}
    if event["event"] == "failed":
        code = "5.1.1" if kind == "hard" else "5.7.1"
        event |= {"severity": "permanent", "reason": "bounce", "delivery-status": {"code": 550, "message": f"550 {code} no"}}
    return {"event-data": event}


def _sign_mailgun(body: bytes, number: str, at: datetime) -> Posted:
    timestamp, token = str(int(at.timestamp())), hashlib.sha256(number.encode()).hexdigest()[:50]
    signature = hmac.new(b"signing-key-0123", f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    whole = json.loads(body) | {"signature": {"timestamp": timestamp, "token": token, "signature": signature}}
    return Posted(json.dumps(whole).encode(), {"Content-Type": "application/json"})


def _sendgrid(kind: str, reference: str, number: str, at: datetime) -> Any:
    one = {"email": "ada@example.org", "timestamp": int(at.timestamp()), "sg_event_id": number, "mail": reference}
    more = {"delivered": {"event": "delivered"}, "complaint": {"event": "spamreport"},
            "hard": {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no"},
            "soft": {"event": "bounce", "type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 no"}}[kind]  # fmt: skip
    return [one | more, {"event": "processed", "mail": reference, "sg_event_id": f"{number}p"}]


def _sign_sendgrid(body: bytes, number: str, at: datetime) -> Posted:
    timestamp = str(int(at.timestamp()))
    signature = _SENDGRID_KEY.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    name = "X-Twilio-Email-Event-Webhook-"
    return Posted(body, {f"{name}Signature": base64.b64encode(signature).decode(), f"{name}Timestamp": timestamp})


def _brevo(kind: str, reference: str, number: str, at: datetime) -> Any:
    event = {"delivered": "delivered", "soft": "soft_bounce", "hard": "hard_bounce", "complaint": "spam"}[kind]
    return {"event": event, "email": "ada@example.org", "id": 1, "message-id": number, "X-Mailin-custom": reference,
            "ts_epoch": int(at.timestamp() * 1000), "reason": "550 5.1.1 no"}  # fmt: skip


def _resend(kind: str, reference: str, number: str, at: datetime) -> Any:
    event = {"delivered": "email.delivered", "complaint": "email.complained"}.get(kind, "email.bounced")
    bounce = {"bounce": {"type": "Permanent" if kind == "hard" else "Transient", "message": "550 5.1.1"}}
    # With and without tags, since accounts of long ago have none in their events.
    data = {"tags": {"mail": reference}} if kind != "hard" else {
        "headers": [{"name": "Message-ID", "value": f"<{reference.replace('_', '.')}@example.org>"}]}  # fmt: skip
    return {"type": event, "data": data | (bounce if event == "email.bounced" else {})}


def _sign_resend(body: bytes, number: str, at: datetime) -> Posted:
    timestamp = str(int(at.timestamp()))
    signed = f"{number}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(base64.b64decode(_WHSEC), signed, "sha256")).decode()
    return Posted(body, {"svix-id": number, "svix-timestamp": timestamp, "svix-signature": f"v1,AAAA v1,{signature}"})


def _ses(kind: str, reference: str, number: str, at: datetime) -> Any:
    event: dict[str, Any] = {"mail": {"tags": {"mail": [reference]}, "destination": ["ada@example.org"]}}
    match kind:
        case "delivered" | "complaint":
            event["eventType"] = {"delivered": "Delivery", "complaint": "Complaint"}[kind]
        case _:
            kind_of = "Permanent" if kind == "hard" else "Transient"
            event |= {"eventType": "Bounce", "bounce": {"bounceType": kind_of, "bounceSubType": "General",
                                                        "bouncedRecipients": [{"status": "5.1.1"}]}}  # fmt: skip
    return event


def sign_sns(
    body: bytes, number: str, at: datetime, version: str = "1", topic: str = TOPIC, kind: str = "Notification"
) -> Posted:
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    envelope = {"Type": kind, "MessageId": number, "TopicArn": topic, "Message": body.decode(), "Timestamp": moment}
    names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    if kind == "SubscriptionConfirmation":
        envelope |= {"SubscribeURL": SUBSCRIBE_URL, "Token": "y"}
        names = sorted([*names, "SubscribeURL", "Token"])
    signed = "".join(f"{name}\n{envelope[name]}\n" for name in names).encode()
    signature = _SNS_KEY.sign(signed, padding.PKCS1v15(), SHA1() if version == "1" else SHA256())
    envelope |= {
        "SignatureVersion": version,
        "Signature": base64.b64encode(signature).decode(),
        "SigningCertURL": CERTIFICATE_URL,
    }
    return Posted(json.dumps(envelope).encode(), {"x-amz-sns-message-type": kind})


def sns_certificate() -> bytes:
    """The certificate of the key that signs here."""
    return _certificate_of(_SNS_KEY)


def elliptic_certificate() -> bytes:
    """A certificate of a kind of key that Amazon does not sign events by."""
    return _certificate_of(_SENDGRID_KEY)


def _certificate_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=900))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


_SENDGRID_SECRET = base64.b64encode(
    _SENDGRID_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
EVENT_SOURCES = {
    "postmark": EventSource("postmark://k", PASSWORD, _postmark, _basic, signed_times=False),
    "mailgun": EventSource("mailgun://k@mg.example.org", "signing-key-0123", _mailgun, _sign_mailgun),
    "sendgrid": EventSource("sendgrid://k", _SENDGRID_SECRET, _sendgrid, _sign_sendgrid),
    "brevo": EventSource("brevo://k", PASSWORD, _brevo, _bearer, signed_times=False),
    "resend": EventSource("smtp://resend:k@smtp.resend.com:587?starttls=1", f"whsec_{_WHSEC}", _resend, _sign_resend),
    "ses": EventSource("ses://k:s@eu-west-2", TOPIC, _ses, sign_sns),
}
