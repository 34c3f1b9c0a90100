"""Suppression of a mailbox by its owner: "never write to me again", and how it is taken back.

Only a link mailed to the mailbox leads to either. What the public pages answer never depends on it, so nobody else learns of
it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from campaign.domain.mail.claim import NOT_WRITTEN_TO, ClaimedMail, SignatoryMail
from campaign.domain.mail.delivery import LIFT_MAIL_INTERVAL, SuppressionReason
from campaign.domain.mail.kinds import MAIL_KINDS, MailKind
from campaign.domain.signatures.signature import SignatureState
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.store.mail import signatory_mails, suppressions
from campaign.store.signatures import of_mailbox
from campaign.store.signatures.signatures import Signature

if TYPE_CHECKING:
    from sqlalchemy import Connection


def suppress_own_mailbox(runtime: Runtime, signature: Signature) -> None:
    """Write nothing to the mailbox of a signature any more, whatever campaign it is about; what is owed is dropped."""
    now, hashes = runtime.now(), runtime.tokens.mailbox_hashes(signature.email_key)
    with runtime.transaction() as connection:
        suppressions.suppress(connection, hashes[0], SuppressionReason.REQUEST, now)
        suppressions.drop_owed_mails(connection, hashes, NOT_WRITTEN_TO, now)


def lift_own_suppression(runtime: Runtime, signature: Signature) -> None:
    """Write to the mailbox of a signature again. Where it is still to be verified, its mail is owed anew."""
    now, hashes = runtime.now(), runtime.tokens.mailbox_hashes(signature.email_key)
    with runtime.transaction() as connection:
        suppressions.lift_suppression(connection, hashes)
        if signature.state is SignatureState.PENDING:
            signatory_mails.enqueue_mail(
                connection,
                MailKind.VERIFY,
                signature.id,
                hashes[0],
                now,
                runtime.mailbox_limit,
                edition=signature.details_edition,
            )
    runtime.enqueue_once(DELIVER_MAIL)


def is_own_mailbox_suppressed(runtime: Runtime, signature: Signature) -> bool:
    """Whether nothing is written to the mailbox of a signature, for the page that only its owner sees."""
    with runtime.reading() as connection:
        hashes = runtime.tokens.mailbox_hashes(signature.email_key)
        return bool(suppressions.suppressed_mailboxes(connection, hashes, runtime.now()))


def request_lift(runtime: Runtime, campaign_id: int, email_key: str) -> None:
    """Mail the owner of a suppressed mailbox a link by which they can lift it, once in LIFT_MAIL_INTERVAL at most.

    Anybody can ask, for an address that has just signed; nobody learns whether it was suppressed.
    """
    now, hashes = runtime.now(), runtime.tokens.mailbox_hashes(email_key)
    with runtime.transaction() as connection:
        signature_id = of_mailbox.find_pending(connection, campaign_id, email_key)
        if signature_id is None or not suppressions.mark_lift_mailed(connection, hashes, now - LIFT_MAIL_INTERVAL, now):
            return
        signatory_mails.enqueue_mail(connection, MailKind.LIFT_SUPPRESSION, signature_id, hashes[0], now, runtime.mailbox_limit)
    runtime.enqueue_once(DELIVER_MAIL)


def suppressed_mails(runtime: Runtime, connection: "Connection", mails: Sequence[ClaimedMail]) -> set[int]:
    """The numbers of those claimed mails to signatories that are not to be sent, since their mailbox is suppressed."""
    hashes = {
        mail.id: runtime.tokens.mailbox_hashes(mail.email_key)
        for mail in mails
        if isinstance(mail, SignatoryMail) and not MAIL_KINDS[mail.kind].ignores_suppression
    }
    all_hashes = {one for several in hashes.values() for one in several}
    found = suppressions.suppressed_mailboxes(connection, all_hashes, runtime.now())
    for present, *older in hashes.values():
        if present not in found:
            for one in older:
                if one in found:
                    # The key it was noted by may be taken off SECRET_KEY_FALLBACKS one day.
                    suppressions.copy_suppression(connection, one, present)
    return {mail_id for mail_id, several in hashes.items() if any(one in found for one in several)}
