"""Mail with all that one mailbox has signed: asked for on the page of one of its signatures, written when it leaves."""

from campaign.domain.mail.kinds import MailKind
from campaign.domain.mail.mailbox_signatures import MailboxSignatures
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.store.mail import signatory_mails
from campaign.store.signatures import of_mailbox
from campaign.store.signatures.signatures import Signature

MAX_LISTED = 40
"""Signatures in one mail, which stays below what mail programs cut off."""


def request_list(runtime: Runtime, signature: Signature) -> None:
    """Owe the mailbox of a signature the list of all its signatures, within the limits of a mailbox; asked for again before it
    has left, it is the same mail. What it says goes to the mailbox alone, never to who asks."""
    with runtime.transaction() as connection:
        signatory_mails.enqueue_mail(
            connection, MailKind.MY_SIGNATURES, signature.id, runtime.tokens.mailbox_hashes(signature.email_key)[0],
            runtime.now(), runtime.mailbox_limit,
        )  # fmt: skip
    runtime.enqueue_once(DELIVER_MAIL)


def list_signatures(runtime: Runtime, email_key: str) -> MailboxSignatures:
    """The newest signatures of a mailbox, up to MAX_LISTED."""
    with runtime.reading() as connection:
        # One more than is listed says whether there are more.
        found = of_mailbox.list_of_mailbox(connection, email_key, MAX_LISTED + 1)
    return MailboxSignatures(tuple(found[:MAX_LISTED]), are_all=len(found) <= MAX_LISTED)
