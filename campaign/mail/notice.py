"""What a mail to a campaigner says: one folder of templates for each kind. The desk speaks English, and so do these."""

from datetime import datetime
from email.message import Message
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from campaign.domain import wording
from campaign.domain.notice import ENTRANCE_LASTS, Notice
from campaign.languages import ENGLISH
from campaign.links import Links
from campaign.mail.message import put_together, sender_domain, templates_in


def compose_notice(notice: Notice, links: Links, *, sender: str, site: str, entrance: tuple[int, str] | None = None) -> Message:
    """The mail a notice asks for. `entrance` is the link to sign in with that it carries, by number and key.

    Its templates are given what `_facts` names, and what was promised with it as `facts`.
    """
    facts = _facts(notice, links, entrance) | {"site": site}

    def render(part: str) -> str:
        return templates_in(ENGLISH.code).get_template(f"{notice.kind.value}/{part}").render(facts)

    return put_together(
        notice.email, render("subject.txt"), (render("body.txt"), render("body.html")), sender=sender,
        message_id=links.notice_message_id(notice.id, sender_domain(sender)), promised_at=notice.created_at,
    )  # fmt: skip


def _facts(notice: Notice, links: Links, entrance: tuple[int, str] | None) -> dict[str, Any]:
    invited, zone = notice.invited, ZoneInfo(notice.time_zone)

    def moment(at: str | datetime) -> str:
        """A time among the facts, in words and in the campaign's time zone."""
        return wording.moment(datetime.fromisoformat(at) if isinstance(at, str) else at, zone)

    def day(at: str | datetime) -> str:
        return wording.day(datetime.fromisoformat(at) if isinstance(at, str) else at, zone)

    wanted = {"next": notice.facts["next"]} if notice.facts.get("next") else {}
    return {
        "name": notice.name,
        "title": notice.title,
        "facts": notice.facts,
        "moment": moment,
        "day": day,
        "number": wording.number,
        "desk_url": links.url(f"/desk/c/{notice.slug}/" if notice.slug else "/desk/"),
        "campaign_url": links.url(f"/c/{notice.slug}") if notice.slug else "",
        "account_url": links.url("/desk/account"),
        "minutes": int(ENTRANCE_LASTS.total_seconds() // 60),
        "sign_in_url": links.url("/desk/sign-in"),
        "enter_url": links.url(f"/desk/enter/{links.entrance_token(*entrance)}{_query(wanted)}") if entrance else "",
        "invitation_url": links.url(f"/desk/invitation/{links.invitation_token(invited.id, invited.key)}") if invited else "",
        "invited": invited,
        "address_url": links.url(f"/desk/account/address/{notice.facts.get('sealed', '')}"),
    }


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""
