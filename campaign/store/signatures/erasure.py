"""Erasure of all that is personal in one signature. Its row stays: the ledger counted it, and totals are made of it.

Kept are its number, when it was signed and verified, the text, and what totals are by: country, source, the domain of the mail.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import text_statement
from campaign.store.log import append as log_append
from campaign.store.signatures.corrections import delete_corrections
from campaign.store.tables import signatures


@dataclass(frozen=True, slots=True)
class ErasedSignature:
    """What an erased signature was."""

    state: SignatureState
    """After erasing it."""
    email_key: str
    """Its address before: only for finding what else is kept of the same person."""


_EMAIL_KEY_OF = select(signatures.c.email_key).where(
    signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.id == bindparam("id"), signatures.c.erased_at.is_(None)
)
# Text, as the two below: what becomes of each column is read in one glance, and four of them depend on what they were.
# The address and the key of its links become random: it can be signed with again, and no link leads here any more.
_ERASE = text_statement(
    """UPDATE signatures SET
           state = CASE WHEN state IN ('pending', 'verified') THEN 'withdrawn' ELSE state END,
           ended_at = CASE WHEN ended_at IS NULL THEN :now ELSE ended_at END,
           name = 'erased', name_key = '', surname_key = '', email = '', email_key = :email_key, mailbox_hash = '',
           postcode = '', area = '', counted_area = CASE WHEN counted_as = 'verified' THEN counted_area ELSE '' END,
           place_id = NULL, counted_place_id = CASE WHEN counted_as = 'verified' THEN counted_place_id END,
           network = '', comment = '', comment_hidden = '', public = false, updates = false,
           updates_wording = '', updates_at = NULL, browser_hash = '', referral_code = '', ended_reason = '',
           link_key = :link_key, edition = edition + 1, edition_floor = edition + 1, erased_at = :now
       WHERE campaign_id = :campaign_id AND id = :id AND erased_at IS NULL RETURNING state""",
    bindparam("now", type_=UtcDateTime()),
    columns=(signatures.c.state,),
)
_ERASE_MAILS = text_statement(
    """UPDATE outbox SET mailbox_hash = '', reason = '', settled_at = CASE WHEN state = 'owed' THEN :now ELSE settled_at END,
           state = CASE WHEN state = 'owed' THEN 'dropped' ELSE state END
       WHERE signature_id = :id""",
    bindparam("now", type_=UtcDateTime()),
)


def erase_signature(
    connection: Connection, campaign_id: int, signature_id: int, random_key: str, link_key: str, now: datetime
) -> ErasedSignature | None:
    """Erase one; None where the campaign has no such, or it is erased. `random_key` and `link_key` are random.

    One that has not ended is withdrawn by it, and no longer counts.
    """
    parameters = {"campaign_id": campaign_id, "id": signature_id}
    # The row is locked by the update before what was read is used.
    email_key = connection.execute(_EMAIL_KEY_OF, parameters).scalar_one_or_none()
    more = {"email_key": f"erased {random_key}", "link_key": link_key, "now": now}
    state = connection.execute(_ERASE, {**parameters, **more}).scalar_one_or_none()
    if email_key is None or state is None:
        return None
    connection.execute(_ERASE_MAILS, {"id": signature_id, "now": now})
    log_append.erase_salts(connection, [signature_id])
    delete_corrections(connection, signature_id)
    return ErasedSignature(state, email_key)
