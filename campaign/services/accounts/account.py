"""Account of a campaigner, as they change it: their name, the mails they want, the browsers they are signed in with."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from campaign.domain.accounts.actor import Actor
from campaign.domain.common.email_address import EmailAddress, read_email_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.mail.claim import CampaignerMail
from campaign.domain.mail.kinds import ADDRESS_CHANGE_LIFETIME, MailKind
from campaign.domain.signatures.names import read_name
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.security.encryption import DecryptionError
from campaign.store.accounts import accounts, audit_log, campaigners, login_links
from campaign.store.accounts.accounts import AddressTakenError
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.mail import outbox
from campaign.store.redis import rate_limit, sessions
from campaign.store.redis.sessions import Session

__all__ = [
    "AddressChange",
    "AddressTakenError",
    "change_name",
    "confirm_address_change",
    "decrypt_mail_address",
    "end_other_sessions",
    "end_session",
    "list_sessions",
    "read_address_change",
    "request_address_change",
    "set_language",
    "set_mail_preferences",
]

log = structlog.get_logger(__name__)

MAX_ADDRESS_REQUESTS, ADDRESS_REQUESTS_SECONDS = 5, 86_400
"""How often somebody may ask for another address in so many seconds."""


def change_name(runtime: Runtime, actor: Actor, campaigner: Campaigner, name: str) -> bool:
    """Be called otherwise. False where that is the name already. Raises InvalidInputError with a sentence about the name."""
    name, now = read_name(name), runtime.now()
    if name == campaigner.name:
        return False
    with runtime.transaction() as connection:
        accounts.rename(connection, campaigner.id, name)
        audit_log.record(connection, actor, "change name", now, subject=f"campaigner {campaigner.id}")
    return True


def set_mail_preferences(
    runtime: Runtime, actor: Actor, campaigner: Campaigner, *, milestone_mails: bool, daily_digest: bool
) -> None:
    """Choose the mails one gets, beside those with links and those about one's place in a team."""
    was = {"told": campaigner.wants_alerts, "digest": campaigner.wants_digest}
    became = {"told": milestone_mails, "digest": daily_digest}
    with runtime.transaction() as connection:
        accounts.set_mail_preferences(connection, campaigner.id, wants_alerts=milestone_mails, wants_digest=daily_digest)
        if was != became:
            subject = f"campaigner {campaigner.id}"
            audit_log.record(connection, actor, "change mails", runtime.now(), subject=subject, before=was, after=became)


def set_language(runtime: Runtime, actor: Actor, campaigner: Campaigner, language: str) -> bool:
    """Choose the language of the desk and of the mails to oneself, one that the desk speaks. False where it is that already."""
    if language == campaigner.language:
        return False
    with runtime.transaction() as connection:
        accounts.set_language(connection, campaigner.id, language)
        audit_log.record(
            connection, actor, "change language", runtime.now(), subject=f"campaigner {campaigner.id}",
            before={"language": campaigner.language}, after={"language": language},
        )  # fmt: skip
    return True


def list_sessions(runtime: Runtime, campaigner: Campaigner) -> list[Session]:
    """Where somebody is signed in, the one used last first. Raises RedisUnavailableError."""
    now = runtime.now()
    return runtime.call_redis(lambda redis: sessions.list_sessions(redis, runtime.tokens, campaigner.id, now))


def end_session(runtime: Runtime, actor: Actor, campaigner: Campaigner, session_id: str) -> bool:
    """Sign one browser out. False where it is none of theirs. Raises RedisUnavailableError."""
    if session_id not in {each.id for each in list_sessions(runtime, campaigner)}:
        return False
    runtime.call_redis(lambda redis: sessions.end_session(redis, campaigner.id, session_id))
    _audit_session_end(runtime, actor, campaigner)
    return True


def end_other_sessions(runtime: Runtime, actor: Actor, campaigner: Campaigner, keep_session: str) -> None:
    """Sign every browser out but one. Raises RedisUnavailableError."""
    runtime.call_redis(lambda redis: sessions.end_all_sessions(redis, campaigner.id, except_session=keep_session))
    _audit_session_end(runtime, actor, campaigner)


def _audit_session_end(runtime: Runtime, actor: Actor, campaigner: Campaigner) -> None:
    with runtime.transaction() as connection:
        audit_log.record(connection, actor, "end session", runtime.now(), subject=f"campaigner {campaigner.id}")


@dataclass(frozen=True, slots=True)
class AddressChange:
    """An address somebody wants as theirs, as the link that was mailed to it says."""

    address: EmailAddress
    previous_email_key: str
    """The key of the one they had: once that has changed, the link is over."""
    expires_at: datetime


def request_address_change(runtime: Runtime, campaigner: Campaigner, email: str) -> None:
    """Have a link mailed to an address that a campaigner wants as theirs.

    Where it is another campaigner's nothing is mailed, and nothing tells so. Raises InvalidInputError with a sentence about it.
    """
    address, now = read_email_address(email), runtime.now()
    if address.typed == campaigner.email:
        raise InvalidInputError("That is your address already.")
    name = runtime.tokens.rate_limit_hash(f"campaigner {campaigner.id}")
    if not runtime.call_redis(
        lambda redis: rate_limit.count_attempt(redis, "address", name, MAX_ADDRESS_REQUESTS, ADDRESS_REQUESTS_SECONDS)
    ):
        raise InvalidInputError("You have asked for many addresses today. Go on tomorrow.")
    until = (now + ADDRESS_CHANGE_LIFETIME).isoformat()
    sealed = runtime.text_cipher.encrypt(campaigner.id, f"{address.typed} {until} {campaigner.email_key}")
    with runtime.transaction() as connection:
        other = campaigners.get_by_email_key(connection, address.key)
        if other is None or other.id == campaigner.id:
            facts = {"what": "confirm", "sealed": sealed}
            outbox.enqueue_campaigner_mail(connection, MailKind.ADDRESS, now, campaigner_id=campaigner.id, facts=facts)
    runtime.enqueue_once(DELIVER_MAIL)


def read_address_change(runtime: Runtime, campaigner: Campaigner, token: str) -> AddressChange | None:
    """What a link to a new address says; None where it is not this campaigner's, or over. It changes nothing."""
    try:
        typed, until, before = runtime.text_cipher.decrypt(campaigner.id, token).split(" ")
        found = AddressChange(read_email_address(typed), before, datetime.fromisoformat(until))
    except (DecryptionError, ValueError):
        log.info("A link was refused: not signed by this site", kind="new address")
        return None
    if found.previous_email_key != campaigner.email_key or runtime.now() >= found.expires_at:
        log.info("A link was refused: over, or used before", kind="new address")
        return None
    return found


def confirm_address_change(runtime: Runtime, actor: Actor, campaigner: Campaigner, token: str) -> bool:
    """Make the address in a link the campaigner's; the old one is told. False where the link is over.

    Raises AddressTakenError.
    """
    found, now = read_address_change(runtime, campaigner, token), runtime.now()
    if found is None:
        return False
    old = runtime.text_cipher.encrypt(campaigner.id, f"{campaigner.email} - -")
    with runtime.transaction() as connection:
        accounts.set_email(connection, campaigner.id, found.address.typed, found.address.key)
        # Links that were mailed to the old address sign nobody in any more.
        login_links.revoke_login_links(connection, campaigner.id, now)
        facts = {"what": "changed", "sealed": old}
        outbox.enqueue_campaigner_mail(connection, MailKind.ADDRESS, now, campaigner_id=campaigner.id, facts=facts)
        audit_log.record(connection, actor, "change address", now, subject=f"campaigner {campaigner.id}")
    runtime.enqueue_once(DELIVER_MAIL)
    return True


def decrypt_mail_address(runtime: Runtime, mail: CampaignerMail) -> str:
    """The address of a mail that does not go to the one on file. Raises DecryptionError where the key is gone."""
    return runtime.text_cipher.decrypt(mail.campaigner_id or 0, str(mail.facts.get("sealed"))).partition(" ")[0]
