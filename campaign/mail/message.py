"""Message of a mail: one folder of templates for each kind, filled with what the claim knows."""

from datetime import datetime
from email.header import Header
from email.message import Message
from email.policy import Compat32
from email.utils import format_datetime
from functools import lru_cache

from campaign.domain.common.email_address import read_email_address, smtp_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.mail.claim import ClaimedMail, SignatoryMail
from campaign.domain.mail.sender import Sender, looks_encoded
from campaign.mail.content import MailContent, UpdateContent
from campaign.mail.context import template_context, template_language, unsubscribe_url
from campaign.mail.rendering import render_parts
from campaign.mail.wire_format import BOUNDARY, quoted_printable
from campaign.security.tokens import SignedTokens

VERIFY_SUBJECT = N_("Confirm your signature")
"""How the subject of the mail begins that everything hangs on: other pages say to look for it."""


_MAX_LINE_LENGTH = 76


def compose(
    mail: ClaimedMail,
    links: SignedTokens,
    *,
    sender: Sender,
    site: str,
    now: datetime,
    content: MailContent | None = None,
    from_name: str = "site",
) -> Message:
    """The message of a claimed mail: text and HTML, one link to act on, nothing that tracks. Answers go to the campaign.

    `from_name` is whose name the sender has in mails to signatories: `MAIL_FROM_NAME`.
    A mail that brings an update can be unsubscribed from by one request (RFC 8058).
    """
    language = template_language(mail)
    context = template_context(mail, links, now, content) | {"site": site}
    subject, text, html = render_parts(mail.kind, language, context)
    message = build_message(
        mail.email,
        subject,
        (text, html),
        sender=sender.named_after(from_name, mail.title, mail.organiser) if isinstance(mail, SignatoryMail) else sender,
        message_id=links.message_id(mail.id, sender.domain),
        date=mail.created_at,
        reply_to=_reply_address(mail.contact) if isinstance(mail, SignatoryMail) else "",
    )
    if isinstance(content, UpdateContent) and not content.is_test and isinstance(mail, SignatoryMail):
        message["List-Unsubscribe"] = f"<{unsubscribe_url(mail, links)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


@lru_cache(maxsize=256)
def _reply_address(contact: str) -> str:
    """The address of a campaign's contact; "" where it is none, or is outside ASCII, which not every server takes."""
    try:
        address = smtp_address(read_email_address(contact).typed)
    except InvalidInputError:
        return ""
    return address if address.isascii() else ""


def build_message(
    email: str, subject: str, bodies: tuple[str, str], *, sender: Sender, message_id: str, date: datetime, reply_to: str = ""
) -> Message:
    """A mail of two bodies that say the same, as text and as HTML. `email` is the address as typed."""
    recipient = smtp_address(email)
    # Python's newer kind of message takes ten times as long to build, and leaves commas in names unquoted under SMTPUTF8.
    message = Message(_PLAIN_HEADERS if recipient.isascii() else _UTF8_ADDRESSES)
    message["Content-Type"] = f'multipart/alternative; boundary="{BOUNDARY}"'
    message["MIME-Version"] = "1.0"
    # The subject is one line whatever the campaign is called.
    subject = " ".join(subject.split())
    plain = subject.isascii() and not looks_encoded(subject)
    message["Subject"] = subject if plain else Header(subject, "utf-8", header_name="Subject").encode()
    message["From"] = sender.header
    if reply_to:
        message["Reply-To"] = reply_to
    # Without a display name: one in an unexpected script is what spam filters look at first.
    message["To"] = recipient
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    for kind, text in zip(("plain", "html"), bodies, strict=True):
        message.attach(_part(kind, text))
    return message


class _PlainHeaders(Compat32):
    """Headers as they are. What is ASCII and fits on a line needs no folding, which is a fifth of what a mail costs."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header."""
        line = f"{name}: {value}"
        if type(value) is str and len(line) <= _MAX_LINE_LENGTH and line.isascii() and line.isprintable():
            return f"{line}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


class _Utf8Addresses(_PlainHeaders):
    """The same, and an address outside ASCII as UTF-8 (RFC 6532)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header."""
        return super().fold_binary(name, value) if value.isascii() else f"{name}: {value}{self.linesep}".encode()


_PLAIN_HEADERS, _UTF8_ADDRESSES = _PlainHeaders(), _Utf8Addresses()


def _part(subtype: str, text: str) -> Message:
    part = Message(_PLAIN_HEADERS)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quoted_printable(f"{text}\n"))
    return part
