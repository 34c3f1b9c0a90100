"""What a mail says: one folder of templates for each kind, filled with what the claim knows."""

from datetime import datetime
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign.config import TEMPLATES
from campaign.domain.common import formatting
from campaign.domain.common.email_address import smtp_address
from campaign.domain.common.i18n import N_
from campaign.domain.mail.outbox_claim import OutboxClaim
from campaign.languages import BUNDLED_LANGUAGES, ENGLISH, load_catalogue
from campaign.security.tokens import SignatureRef, SignedTokens

VERIFY_SUBJECT = N_("Confirm your signature")
"""How the subject of the mail begins that everything hangs on: other pages say to look for it."""


@cache
def mail_templates(language: str) -> Environment:
    """The templates of all mails, with our words in one language."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES / "email"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    words = load_catalogue(language)
    templates.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    templates.globals.update(language=language, direction=formatting.text_direction(language))
    return templates


# "=_" cannot occur in a quoted-printable part, so no part need be searched for it (RFC 2045, 6.7 suggests it).
_BOUNDARY = "=_countersign"
_QUOTED_PRINTABLE = Charset("utf-8")
_QUOTED_PRINTABLE.body_encoding = QP


def compose_signature_mail(claim: OutboxClaim, links: SignedTokens, *, sender: str, site: str, now: datetime) -> Message:
    """The mail a claim asks for: text and HTML, one link to act on, nothing that tracks."""
    # A campaign may speak a language that we do not: then our part of the mail is in English.
    language = claim.language if claim.language in BUNDLED_LANGUAGES.codes else ENGLISH.code
    facts = _template_context(claim, links, language) | {"site": site, "open": now < claim.closes_at}
    return build_message(
        claim.email,
        _render(language, claim, "subject.txt", facts),
        (_render(language, claim, "body.txt", facts), _render(language, claim, "body.html", facts)),
        sender=sender, message_id=links.message_id(claim.id, sender_domain(sender)), date=claim.created_at,
    )  # fmt: skip


def build_message(
    email: str, subject: str, bodies: tuple[str, str], *, sender: str, message_id: str, date: datetime
) -> Message:
    """A mail of two bodies that say the same, as text and as HTML. `email` is the address as typed."""
    recipient = smtp_address(email)
    # Python's newer kind of message takes ten times as long to build; only it can write an address outside ASCII.
    message = MIMEMultipart(
        "alternative", boundary=_BOUNDARY, policy=policy.compat32 if recipient.isascii() else policy.SMTPUTF8
    )
    # The subject is one line whatever the campaign is called.
    subject = " ".join(subject.split())
    message["Subject"] = (
        subject if subject.isascii() or not recipient.isascii() else Header(subject, "utf-8", header_name="Subject").encode()
    )
    message["From"] = sender
    # Without a display name: one in an unexpected script is what spam filters look at first.
    message["To"] = recipient
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    for kind, text in zip(("plain", "html"), bodies, strict=True):
        message.attach(_part(kind, text))
    return message


@cache
def sender_domain(sender: str) -> str:
    """The domain of MAIL_FROM."""
    return parseaddr(sender)[1].rpartition("@")[2]


def _part(subtype: str, text: str) -> Message:
    part = MIMENonMultipart("text", subtype)
    del part["MIME-Version"]  # the whole mail says it once
    part.set_payload(f"{text}\n", _QUOTED_PRINTABLE)
    return part


def _render(language: str, claim: OutboxClaim, part: str, context: dict[str, Any]) -> str:
    return mail_templates(language).get_template(f"{claim.kind.value}/{part}").render(context)


def _template_context(claim: OutboxClaim, links: SignedTokens, language: str) -> dict[str, Any]:
    zone = ZoneInfo(claim.time_zone)
    return {
        "name": claim.name,
        "title": claim.title,
        "contact": claim.contact,
        "closes": formatting.format_deadline(claim.closes_at, zone, language),
        "verify_until": formatting.format_deadline(claim.verify_until, zone, language),
        "share_url": links.absolute_url(
            f"/c/{claim.slug}?via={links.share_code(SignatureRef(claim.signature_id, claim.link_key))}"
        ),
        "campaign_url": links.absolute_url(f"/c/{claim.slug}"),
        "verify_url": links.absolute_url(f"/v/{links.verify_token(claim.signature_id, claim.link_key, claim.edition)}"),
        "manage_url": links.absolute_url(f"/s/{links.manage_token(claim.signature_id, claim.link_key)}"),
    }
