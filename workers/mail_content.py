"""Content of a claimed mail: what must be made or opened for it as it leaves, and its message."""

from dataclasses import replace
from email.message import Message
from functools import lru_cache

from campaign.config import site_name
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.email_address import smtp_address
from campaign.domain.mail.claim import CampaignerMail, ClaimedMail, MailedUpdate, SignatoryMail
from campaign.domain.mail.kinds import LOGIN_LINK_LIFETIME, MAIL_KINDS, MailKind
from campaign.domain.signatures.signature import SignatureState
from campaign.mail.content import LoginLink, MailContent, ThanksContent, UpdateContent
from campaign.mail.message import compose
from campaign.rendering.markdown import mail_text
from campaign.rendering.markdown_html import render_markdown
from campaign.runtime import Runtime
from campaign.services.accounts import account
from campaign.services.mail import my_signatures
from campaign.store.campaigns import campaigns
from campaign.store.mail import mailed_login_link
from campaign.store.updates import updates


class MailObsoleteError(Exception):
    """Mail whose content is not there any more; `str()` says so."""


def compose_claimed(runtime: Runtime, mail: ClaimedMail) -> tuple[Message, str]:
    """The message of a claimed mail, and the address it goes to. Raises DecryptionError where that cannot be opened, and
    MailObsoleteError."""
    if isinstance(mail, CampaignerMail) and MAIL_KINDS[mail.kind].is_address_sealed:
        mail = replace(mail, email=account.decrypt_mail_address(runtime, mail))
    mail, content = _with_content(runtime, mail)
    settings = runtime.settings
    message = compose(
        mail,
        runtime.tokens,
        sender=settings.sender,
        site=site_name(settings),
        now=runtime.now(),
        content=content,
        from_name=settings.mail_from_name,
    )
    return message, smtp_address(mail.email)


def _with_content(runtime: Runtime, mail: ClaimedMail) -> tuple[ClaimedMail, MailContent | None]:
    """A mail and its content. What campaigners try out is the mail that a signatory would get."""
    content: MailContent | None = None
    match mail:
        case CampaignerMail(kind=MailKind.SIGN_IN):
            content = _new_login_link(runtime, mail)
        case CampaignerMail(kind=MailKind.UPDATE_TEST):
            mail = _as_recipient(runtime, mail)
            content = _update_content(mail, is_test=True)
        case CampaignerMail(kind=MailKind.THANK_YOU_TEST):
            mail = _thanks_for_campaigner(runtime, mail)
            content = replace(_rendered_thanks(mail.thank_you), is_test=True)
        case SignatoryMail(kind=MailKind.MY_SIGNATURES):
            content = my_signatures.list_signatures(runtime, mail.email_key)
        case SignatoryMail() if mail.update is not None:
            content = _update_content(mail)
        case SignatoryMail() if mail.thank_you:
            content = _rendered_thanks(mail.thank_you)
    return mail, content


def _new_login_link(runtime: Runtime, mail: CampaignerMail) -> LoginLink:
    """Made only now: its time runs from when the mail leaves, and asking for it takes equally long for every address."""
    with runtime.transaction() as connection:
        key, now = runtime.random_token(), runtime.now()
        made = mailed_login_link.login_link_of(connection, mail, key, now, LOGIN_LINK_LIFETIME)
    return LoginLink(*made)


def _update_content(mail: SignatoryMail, *, is_test: bool = False) -> UpdateContent:
    if mail.update is None:
        raise LookupError("this mail brings no update")
    body, answer = mail.update.text.body, mail.update.text.answer
    return UpdateContent(
        render_markdown(body, top_heading=2),
        mail_text(body),
        render_markdown(answer, top_heading=3),
        mail_text(answer),
        is_test,
    )


@lru_cache(maxsize=64)
def _rendered_thanks(markdown: str) -> ThanksContent:
    """The same words are in the mail of each who signs."""
    return ThanksContent(render_markdown(markdown, top_heading=2), mail_text(markdown))


def _as_recipient(runtime: Runtime, mail: CampaignerMail) -> SignatoryMail:
    """The mail of an update that a signatory would get, to the campaigner who writes it."""
    with runtime.reading() as connection:
        update = updates.get_by_id(connection, int(mail.facts["update"]))
        if update is None:
            raise MailObsoleteError("the update is deleted")
        campaign = campaigns.get_by_id(connection, update.campaign_id)
    own = _mail_of_campaigner(mail, campaign, MailKind.UPDATE, campaign.language, runtime)
    return replace(own, update=MailedUpdate(update.id, update.number or 0, update.text, update.mailing, update.picture))


def _thanks_for_campaigner(runtime: Runtime, mail: CampaignerMail) -> SignatoryMail:
    """The mail of thanks that a signatory would get, to the campaigner who writes its words."""
    with runtime.reading() as connection:
        campaign = campaigns.get_by_slug(connection, mail.slug)
    if campaign is None:
        raise MailObsoleteError("the campaign has another address now")
    version = campaign.in_language(str(mail.facts.get("language", "")))
    own = _mail_of_campaigner(mail, campaign, MailKind.THANK_YOU, version.language, runtime)
    return replace(own, thank_you=version.page_texts.thank_you)


def _mail_of_campaigner(
    mail: CampaignerMail, campaign: Campaign, kind: MailKind, language: str, runtime: Runtime
) -> SignatoryMail:  # fmt: skip
    """A mail as a signatory would get it, with the name and address of a campaigner."""
    return SignatoryMail(
        id=mail.id, attempt=mail.attempt, kind=kind, created_at=mail.created_at, name=mail.name, email=mail.email,
        slug=campaign.slug, title=campaign.in_language(language).text.title, organiser=campaign.appearance.organiser,
        time_zone=campaign.time_zone, unknown_at=mail.unknown_at, signature_id=0,
        state=SignatureState.VERIFIED, link_key="", email_key="", edition=0, contact=campaign.contact,
        closes_at=campaign.window.closes_at, verify_until=campaign.window.verify_until, language=language,
        campaign_language=campaign.language, updates=True, updates_at=runtime.now(),
        organiser_picture=campaign.appearance.organiser_picture,
    )  # fmt: skip
