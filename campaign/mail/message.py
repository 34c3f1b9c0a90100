"""What a mail says: one folder of templates for each kind, filled with what the claim knows."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign.domain import wording
from campaign.domain.claim import Claim
from campaign.domain.signature import MailKind
from campaign.links import Links
from campaign.paths import TEMPLATES

_templates = Environment(
    loader=FileSystemLoader(TEMPLATES / "email"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def compose(claim: Claim, links: Links, *, sender: str, site: str, now: datetime) -> EmailMessage:
    """The mail a claim asks for: text and HTML, one link to act on, nothing that tracks."""
    facts = _facts(claim, links) | {"site": site, "open": now < claim.closes_at}
    message = EmailMessage()
    # The subject is one line whatever the campaign is called.
    message["Subject"] = " ".join(_render(claim.kind, "subject.txt", facts).split())
    message["From"] = sender
    message["To"] = _recipient(claim)
    message["Date"] = format_datetime(claim.created_at)
    message["Message-ID"] = links.message_id(claim.id, sender.rsplit("@", 1)[-1].rstrip(">"))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_render(claim.kind, "body.txt", facts), cte="quoted-printable")
    message.add_alternative(_render(claim.kind, "body.html", facts), subtype="html", cte="quoted-printable")
    return message


def _recipient(claim: Claim) -> Address:
    local, _, domain = claim.email.rpartition("@")
    # The name is left out: a display name in an unexpected script is what spam filters look at first.
    return Address(username=local, domain=domain)


def _render(kind: MailKind, part: str, facts: dict[str, Any]) -> str:
    return _templates.get_template(f"{kind.value}/{part}").render(facts)


def _facts(claim: Claim, links: Links) -> dict[str, Any]:
    zone = ZoneInfo(claim.time_zone)
    return {
        "name": claim.name,
        "title": claim.title,
        "contact": claim.contact,
        "closes": wording.moment(claim.closes_at, zone),
        "verify_until": wording.moment(claim.verify_until, zone),
        "campaign_url": links.url(f"/c/{claim.slug}"),
        "verify_url": links.url(f"/v/{links.verify_token(claim.signature_id, claim.edition)}"),
        "manage_url": links.url(f"/s/{links.manage_token(claim.signature_id)}"),
    }
