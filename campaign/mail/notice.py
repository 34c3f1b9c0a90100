"""What a mail to a campaigner says: one folder of templates for each kind. The desk speaks English, and so do these."""

from datetime import datetime
from email.message import Message
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from campaign.domain.common import formatting
from campaign.domain.mail.notice import LOGIN_LINK_LIFETIME, Notice
from campaign.languages import ENGLISH
from campaign.mail.message import build_message, mail_templates, sender_domain
from campaign.security.tokens import SignedTokens


def compose_notice(
    notice: Notice, links: SignedTokens, *, sender: str, site: str, login_link: tuple[int, str] | None = None
) -> Message:
    """The mail a notice asks for. `entrance` is the link to sign in with that it carries, by number and key.

    Its templates are given what `_facts` names, and what was promised with it as `facts`.
    """
    facts = _template_context(notice, links, login_link) | {"site": site}

    def render(part: str) -> str:
        return mail_templates(ENGLISH.code).get_template(f"{notice.kind.value}/{part}").render(facts)

    return build_message(
        notice.email,
        render("subject.txt"),
        (render("body.txt"), render("body.html")),
        sender=sender,
        message_id=links.notice_message_id(notice.id, sender_domain(sender)),
        date=notice.created_at,
    )


def _template_context(notice: Notice, links: SignedTokens, login_link: tuple[int, str] | None) -> dict[str, Any]:
    invited, zone = notice.invitation, ZoneInfo(notice.time_zone)

    def moment(at: str | datetime) -> str:
        """A time among the facts, in words and in the campaign's time zone."""
        return formatting.format_moment(datetime.fromisoformat(at) if isinstance(at, str) else at, zone)

    def day(at: str | datetime) -> str:
        return formatting.format_day(datetime.fromisoformat(at) if isinstance(at, str) else at, zone)

    wanted = {"next": notice.facts["next"]} if notice.facts.get("next") else {}
    return {
        "name": notice.name,
        "title": notice.title,
        "facts": notice.facts,
        "moment": moment,
        "day": day,
        "number": formatting.format_number,
        "desk_url": links.absolute_url(f"/desk/c/{notice.slug}/" if notice.slug else "/desk/"),
        "campaign_url": links.absolute_url(f"/c/{notice.slug}") if notice.slug else "",
        "account_url": links.absolute_url("/desk/account"),
        "minutes": int(LOGIN_LINK_LIFETIME.total_seconds() // 60),
        "sign_in_url": links.absolute_url("/desk/sign-in"),
        "login_url": links.absolute_url(f"/desk/enter/{links.login_token(*login_link)}{_query_string(wanted)}")
        if login_link
        else "",
        "invitation_url": links.absolute_url(f"/desk/invitation/{links.invitation_token(invited.id, invited.key)}")
        if invited
        else "",
        "invited": invited,
        "address_url": links.absolute_url(f"/desk/account/address/{notice.facts.get('sealed', '')}"),
    }


def _query_string(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""
