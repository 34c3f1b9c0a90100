"""Fields of a message, for APIs that take no MIME: what the one writer of messages wrote, taken apart again."""

from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from functools import lru_cache

_OWN_FIELDS = frozenset({"from", "to", "subject", "reply-to", "date", "mime-version", "content-type",
                         "content-transfer-encoding"})  # fmt: skip
"""Headers that have a field of their own, or that every provider writes itself."""


@dataclass(frozen=True, slots=True)
class MailFields:
    """A message in the fields that every provider's JSON has."""

    sender_name: str
    """Decoded; "" for none."""
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    reply_to: str
    """Address alone; "" for none."""
    headers: dict[str, str]
    """All others: Message-ID, Auto-Submitted, List-Unsubscribe and so on, on one line each."""
    reference: str
    """What provider events name the mail by: see `message_reference`."""


def mail_fields(message: Message, recipient: str) -> MailFields:
    """The fields of a message."""
    name, address = _address(str(message["From"]))
    _, reply_to = parseaddr(_one_line(message.get("Reply-To", "")))
    return MailFields(
        sender_name=name,
        sender=address,
        recipient=recipient,
        subject=_decoded(str(message["Subject"])),
        text=_body(message, "text/plain"),
        html=_body(message, "text/html"),
        reply_to=reply_to,
        headers={key: _one_line(value) for key, value in message.items() if key.lower() not in _OWN_FIELDS},
        reference=message_reference(message),
    )


def message_reference(message: Message) -> str:
    """The local part of a Message-ID, in the letters that tags of every provider may have: letters, digits, `_`, `-`."""
    return str(message["Message-ID"]).strip("<> ").partition("@")[0].replace(".", "_")


@lru_cache(maxsize=16)
def _address(header: str) -> tuple[str, str]:
    name, address = parseaddr(_one_line(header))
    return _decoded(name), address


def _decoded(text: str) -> str:
    return str(make_header(decode_header(_one_line(text))))


def _one_line(value: object) -> str:
    return " ".join(str(value).split())


def _body(message: Message, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == kind:
            raw = part.get_payload(decode=True)
            return raw.decode(part.get_content_charset("utf-8")) if isinstance(raw, bytes) else ""
    return ""
