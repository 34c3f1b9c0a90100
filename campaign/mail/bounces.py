"""Bounces as mails: delivery status notifications (RFC 3464), feedback reports (RFC 5965), and the words of servers that write
neither: qmail, old Exchange, old Exim.

Which mail a bounce is about stands in the address it came to (VERP), or in the Message-ID of the mail that it returns. Both are
signed by us, so all that looks like one is a candidate, wherever it stands.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from campaign.domain.mail.delivery import Delivery, bounce_of_status, find_status

MAX_BOUNCE_BYTES = 262_144
"""Octets that are read of one mail; what is returned of ours has 20,000."""
MAX_CANDIDATES = 20
_REFERENCE = re.compile(r"(?<![0-9A-Za-z])(\d{1,18}[._][0-9a-f]{24})(?=@)")
_COPY_BEGINS = re.compile(
    r"^(-+ ?(Below this line is a copy of the message|This is a copy of|Original message|Returned message).*"
    r"|Original message headers:.*|Diagnostic information for administrators:.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_FAILED = re.compile(
    r"this is a permanent error|i've given up|could not be delivered|did not reach|delivery has failed|undeliverable|"
    r"undelivered mail|delivery failed|returned to sender|delivery status notification \(failure\)|"
    r"delivery to the following recipients? failed",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"will keep trying|has been delayed|delayed mail|still being retried|\(delay\)|warning message", re.IGNORECASE
)
_NO_MAILBOX = re.compile(
    r"no mailbox here by that name|user unknown|unknown user|no such (user|mailbox|recipient|address)|does ?n[o']t exist|"
    r"e-?mail account does not exist|recipientnotfound|mailbox not found|address rejected|invalid recipient|"
    r"isn't in our supervised|not a valid (user|mailbox|recipient)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """Bounce, as a mail in the mailbox of bounces tells it."""

    delivery: Delivery
    status: str
    """The enhanced status code; "" where there is none."""
    references: tuple[str, ...]
    """What may name the mail that it is about, the likelier first."""


def read_bounce(raw: bytes) -> Bounce | None:
    """What a mail says; None for one that is no bounce: an answer of somebody on holiday, a warning, a letter."""
    message = message_from_bytes(raw[:MAX_BOUNCE_BYTES])
    verdict = _of_report(message) if _status_blocks(message) else _of_words(message)
    return None if verdict is None else Bounce(*verdict, _references(message))


def _of_report(message: Message) -> tuple[Delivery, str] | None:
    """What a delivery status notification says; None where it is about a delay."""
    for block in _status_blocks(message):
        action = _header(block, "Action").lower()
        if action == "delivered":
            return Delivery.DELIVERED, ""
        if action == "failed":
            status, words = find_status(_header(block, "Status")), _header(block, "Diagnostic-Code")
            # Exchange and others write 5.0.0 and say the reason in the words beside it.
            if not status or status[2:] == "0.0":
                status = find_status(words.replace("#", " ")) or status
            if status[2:] in ("", "0.0") and _NO_MAILBOX.search(words):
                status = "5.1.1"
            return bounce_of_status(status), status
    return None


def _status_blocks(message: Message) -> list[Message]:
    """The blocks of a delivery status notification: one about the server, one about each recipient."""
    for part in message.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            return [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    return []


def _of_words(message: Message) -> tuple[Delivery, str] | None:
    """What a report of a complaint, or a bounce written for people, says."""
    if str(message.get_param("report-type", "")).lower() == "feedback-report":
        return Delivery.COMPLAINT, ""
    sender = f"{_header(message, 'From')} {_header(message, 'Return-Path')}".lower()
    if not re.search(r"mailer-daemon|postmaster|mail delivery|system administrator|<>|microsoftexchange", sender):
        return None
    text = _COPY_BEGINS.split(f"{_header(message, 'Subject')}\n{_text(message)}", maxsplit=1)[0]
    if not _FAILED.search(text) or (_NOT_YET.search(text) and not re.search(r"given up|permanent", text, re.IGNORECASE)):
        return None
    status = find_status(text.replace("#", " "))
    if not status and _NO_MAILBOX.search(text):
        status = "5.1.1"
    return bounce_of_status(status), status


def _references(message: Message) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        found += _REFERENCE.findall(_header(message, name))
    for name in ("In-Reply-To", "References"):
        found += _REFERENCE.findall(_header(message, name))
    for part in message.walk():
        found += _REFERENCE.findall(" ".join(str(value) for value in part.values()))
        if not part.is_multipart():
            found += _REFERENCE.findall(_decoded(part))
        if len(found) >= MAX_CANDIDATES:
            break
    return tuple(dict.fromkeys(found))[:MAX_CANDIDATES]


def _text(message: Message) -> str:
    """What it says to people: its first part of text, or all of it."""
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.is_multipart():
            return _decoded(part)
    return ""


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return str(part.get_payload())
    return raw.decode("utf-8", "replace")


def _header(message: Message, name: str) -> str:
    return " ".join(" ".join(str(value) for value in message.get_all(name, [])).split())
