"""Template context of a mail: the values its templates are given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from campaign.domain.campaigns import recipient_name
from campaign.domain.campaigns.image import image_path, organiser_picture_size
from campaign.domain.common import formatting
from campaign.domain.mail.claim import CampaignerMail, ClaimedMail, SignatoryMail
from campaign.domain.mail.kinds import LOGIN_LINK_LIFETIME, MailKind
from campaign.domain.mail.mailbox_signatures import MailboxSignature, MailboxSignatures
from campaign.domain.privacy.retention import INVITATION_RETENTION
from campaign.domain.site.alarm import ALARM_RULES, AlarmKind, alarm_sentence
from campaign.languages import BUNDLED_LANGUAGES, ENGLISH
from campaign.mail.content import LoginLink, MailContent, ThanksContent, UpdateContent
from campaign.security.tokens import SignatureRef, SignedTokens

MAX_PICTURE_WIDTH_PIXELS = 540
"""Of an update's picture in a mail: the width of its text. Twice as many are loaded where there are."""


@dataclass(frozen=True, slots=True)
class MailPicture:
    """A picture that a mail shows, had from the campaign's own address: the same for everybody, so that it tells of nobody."""

    src: str
    width: int
    height: int
    alt: str = ""


def template_language(mail: ClaimedMail) -> str:
    """The language of our words in a mail: that of a signatory, or of a campaigner's account; what goes to somebody else
    names it among its facts.

    A campaign may speak a language that we do not: then our part of the mail is in English.
    """
    match mail:
        case SignatoryMail():
            language = mail.language
        case CampaignerMail():
            language = mail.facts.get("language") or mail.language
        case _:
            language = ENGLISH.code
    return language if language in BUNDLED_LANGUAGES.codes else ENGLISH.code


def template_context(mail: ClaimedMail, links: SignedTokens, now: datetime, content: MailContent | None) -> dict[str, Any]:
    """The values for the templates of a mail's kind, which says what content it has."""
    match mail:
        case SignatoryMail():
            return _signatory_context(mail, links, now) | _content_context(mail, links, content)
        case CampaignerMail():
            return _campaigner_context(mail, links, content if isinstance(content, LoginLink) else None)
    raise TypeError(type(mail).__name__)


def _content_context(mail: SignatoryMail, links: SignedTokens, content: MailContent | None) -> dict[str, Any]:
    match content:
        case UpdateContent():
            return _update_context(mail, links, content)
        case MailboxSignatures():
            return _listed_context(mail, links, content)
        case ThanksContent() | None:
            return {"thanks": content}
    raise TypeError(type(content).__name__)


def _signatory_context(mail: SignatoryMail, links: SignedTokens, now: datetime) -> dict[str, Any]:
    zone, language = ZoneInfo(mail.time_zone), template_language(mail)
    own = SignatureRef(mail.signature_id, mail.link_key)
    share = {"via": links.share_code(own)} | _language_query(mail)
    return {
        "name": mail.name,
        "title": mail.title,
        "contact": mail.contact,
        "organiser": mail.organiser,
        "logo": _logo(mail, links),
        "open": now < mail.closes_at,
        "closes": formatting.format_deadline(mail.closes_at, zone, language),
        "verify_until": formatting.format_deadline(mail.verify_until, zone, language),
        "share_url": links.absolute_url(f"/c/{mail.slug}?{urlencode(share)}"),
        "campaign_url": links.absolute_url(_in_mail_language(f"/c/{mail.slug}", mail)),
        "verify_url": links.absolute_url(f"/v/{links.verify_token(mail.signature_id, mail.link_key, mail.edition)}"),
        "manage_url": links.absolute_url(f"/s/{links.manage_token(mail.signature_id, mail.link_key)}"),
    }


def _logo(mail: SignatoryMail, links: SignedTokens) -> MailPicture | None:
    picture = mail.organiser_picture
    if picture is None:
        return None
    address = links.absolute_url(image_path(f"/c/{mail.slug}", picture, picture.sizes[0][0], "jpg"))
    return MailPicture(address, *organiser_picture_size(picture))


def _update_picture(mail: SignatoryMail, links: SignedTokens) -> MailPicture | None:
    shown = mail.update.picture if mail.update else None
    if shown is None:
        return None
    width, height = shown.picture.sizes[-1]
    scale = min(1.0, MAX_PICTURE_WIDTH_PIXELS / width)
    address = links.absolute_url(image_path(f"/c/{mail.slug}", shown.picture, width, "jpg"))
    return MailPicture(address, round(width * scale), max(1, round(height * scale)), shown.alts[0][1] if shown.alts else "")


def _language_query(mail: SignatoryMail) -> dict[str, str]:
    """What leads to the campaign in the signatory's language, where that is not the campaign's own."""
    return {} if mail.language == mail.campaign_language else {"lang": mail.language}


def _in_mail_language(path: str, mail: SignatoryMail) -> str:
    query = _language_query(mail)
    return f"{path}?{urlencode(query)}" if query else path


def unsubscribe_url(mail: SignatoryMail, links: SignedTokens) -> str:
    """The address by which the recipient of an update wants no more of them."""
    if mail.update is None:
        raise ValueError("only updates can be unsubscribed from")
    token = links.unsubscribe_token(mail.signature_id, mail.link_key, mail.update.id)
    return links.absolute_url(f"/u/{token}")


def _update_context(mail: SignatoryMail, links: SignedTokens, content: UpdateContent) -> dict[str, Any]:
    if mail.update is None:
        raise ValueError("a mail of this kind brings an update")
    zone, language, said = ZoneInfo(mail.time_zone), template_language(mail), mail.update.text
    path = f"/c/{mail.slug}/updates"
    return {
        "content": content,
        "update": said,
        "picture": None if content.is_test and not mail.update.number else _update_picture(mail, links),
        "handed_to": recipient_name.within_sentence(said.recipient, language),
        "answered_by": recipient_name.beginning_sentence(said.recipient, language),
        "happened": formatting.format_calendar_day(said.happened_on, language) if said.happened_on else "",
        "asked": formatting.format_day(mail.updates_at, zone, language) if mail.updates_at else "",
        "update_url": links.absolute_url(_in_mail_language(path if content.is_test else f"{path}/{mail.update.number}", mail)),
        "unsubscribe_url": links.absolute_url(path) if content.is_test else unsubscribe_url(mail, links),
    }


def _listed_context(mail: SignatoryMail, links: SignedTokens, listed: MailboxSignatures) -> dict[str, Any]:
    language = template_language(mail)

    def day(each: MailboxSignature) -> str:
        return formatting.format_day(each.verified_at or each.signed_at, ZoneInfo(each.time_zone), language)

    return {
        "listed": [
            {
                "title": each.title, "state": each.state.value, "day": day(each),
                "url": links.absolute_url(f"/s/{links.manage_token(each.id, each.link_key)}"),
            }
            for each in listed.signatures
        ],
        "are_all": listed.are_all,
    }  # fmt: skip


def _campaigner_context(mail: CampaignerMail, links: SignedTokens, login_link: LoginLink | None) -> dict[str, Any]:
    invited, zone, language = mail.invitation, ZoneInfo(mail.time_zone), template_language(mail)

    def moment(at: str | datetime) -> str:
        """A time among the facts, in words and in the campaign's time zone."""
        return formatting.format_moment(datetime.fromisoformat(at) if isinstance(at, str) else at, zone, language)

    def day(at: str | datetime) -> str:
        return formatting.format_day(datetime.fromisoformat(at) if isinstance(at, str) else at, zone, language)

    alarm: dict[str, Any] = {}
    if mail.kind is MailKind.ALARM:
        kind = AlarmKind(mail.facts["alarm"])
        sentence, rules = alarm_sentence(kind, mail.facts["numbers"]), ALARM_RULES[kind]
        alarm = {"title": rules.title, "sentence": sentence, "advice": rules.advice}

    next_page = f"?{urlencode({'next': mail.facts['next']})}" if mail.facts.get("next") else ""
    return {
        "name": mail.name,
        "title": mail.title,
        "facts": mail.facts,
        "moment": moment,
        "day": day,
        "number": lambda value: formatting.format_number(value, language),
        "desk_url": links.absolute_url(f"/desk/c/{mail.slug}/" if mail.slug else "/desk/"),
        "campaign_url": links.absolute_url(f"/c/{mail.slug}") if mail.slug else "",
        "account_url": links.absolute_url("/desk/account"),
        "minutes": int(LOGIN_LINK_LIFETIME.total_seconds() // 60),
        "sign_in_url": links.absolute_url("/desk/sign-in"),
        "login_url": links.absolute_url(f"/desk/enter/{links.login_token(*login_link)}{next_page}") if login_link else "",
        "invitation_url": links.absolute_url(f"/desk/invitation/{links.invitation_token(invited.id, invited.key)}")
        if invited
        else "",
        "invited": invited,
        "address_deleted_at": invited.expires_at + INVITATION_RETENTION if invited else None,
        "alarm": alarm,
        "site_url": links.absolute_url("/desk/site/"),
        "address_url": links.absolute_url(f"/desk/account/address/{mail.facts.get('sealed', '')}"),
    }
