"""Content of a claimed mail: what must be made or opened for it as it leaves, and its message."""

from dataclasses import replace
from email.message import Message

from campaign.config import site_name
from campaign.domain.common.email_address import smtp_address
from campaign.domain.mail.claim import CampaignerMail, ClaimedMail
from campaign.domain.mail.kinds import LOGIN_LINK_LIFETIME, MAIL_KINDS, MailKind
from campaign.mail.message import compose
from campaign.runtime import Runtime
from campaign.services.accounts import account
from campaign.store.mail import mailed_login_link


def compose_claimed(runtime: Runtime, mail: ClaimedMail) -> tuple[Message, str]:
    """The message of a claimed mail, and the address it goes to. Raises DecryptionError where that cannot be opened."""
    login_link = None
    if isinstance(mail, CampaignerMail) and mail.kind is MailKind.SIGN_IN:
        # Made only now: its time runs from when the mail leaves, and asking for it takes equally long for every address.
        with runtime.transaction() as connection:
            key, now = runtime.random_token(), runtime.now()
            login_link = mailed_login_link.login_link_of(connection, mail, key, now, LOGIN_LINK_LIFETIME)
    if isinstance(mail, CampaignerMail) and MAIL_KINDS[mail.kind].is_address_sealed:
        mail = replace(mail, email=account.decrypt_mail_address(runtime, mail))
    settings = runtime.settings
    message = compose(
        mail,
        runtime.tokens,
        sender=settings.sender,
        site=site_name(settings),
        now=runtime.now(),
        login_link=login_link,
        campaign_as_sender=settings.mail_from_name == "campaign",
    )
    return message, smtp_address(mail.email)
