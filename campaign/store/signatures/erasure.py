"""Erasing all that is personal in one signature. Its row stays: the ledger counted it, and totals are made of it.

Kept are its number, when it was signed and verified, the text, and what totals are by: country, source, the domain of the mail.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement


@dataclass(frozen=True, slots=True)
class ErasedSignature:
    """What an erased signature was."""

    state: str
    """After erasing it."""
    email_key: str
    """Whose it was: only for finding what else is kept of them."""


_EMAIL_KEY_OF = statement(
    "SELECT email_key FROM signatures WHERE campaign_id = :campaign_id AND id = :id AND erased_at IS NULL"
)
# The address and the key of its links become random: it can be signed with again, and no link leads here any more.
_ERASE = statement(
    """UPDATE signatures SET
           state = CASE WHEN state IN ('pending', 'verified') THEN 'withdrawn' ELSE state END,
           ended_at = CASE WHEN ended_at IS NULL THEN :now ELSE ended_at END,
           name = 'erased', name_key = '', surname_key = '', email = '', email_key = :email_key, mailbox = '',
           postcode = '', area = '', counted_area = CASE WHEN counted_as = 'verified' THEN counted_area ELSE '' END,
           place_id = NULL, counted_place_id = CASE WHEN counted_as = 'verified' THEN counted_place_id END,
           network = '', comment = '', comment_hidden = '', public = :nothing, updates = :nothing,
           updates_wording = '', updates_at = NULL, browser = '', brought_by = '', ended_reason = '',
           link_key = :link_key, edition = edition + 1, edition_floor = edition + 1, erased_at = :now
       WHERE campaign_id = :campaign_id AND id = :id AND erased_at IS NULL RETURNING state"""
)
_ERASE_MAILS = statement(
    """UPDATE outbox SET mailbox = '', reason = '', settled_at = CASE WHEN state = 'owed' THEN :now ELSE settled_at END,
           state = CASE WHEN state = 'owed' THEN 'dropped' ELSE state END
       WHERE signature_id = :id"""
)


def erase_signature(
    connection: Connection, campaign_id: int, signature_id: int, random_key: str, link_key: str, now: datetime
) -> ErasedSignature | None:
    """Erase one; None where the campaign has no such, or it is erased. `chance` and `link_key` are random.

    One that has not ended is withdrawn by it, and no longer counts.
    """
    given = {"campaign_id": campaign_id, "id": signature_id}
    # The row is locked by the update before what was read is used.
    whose = connection.execute(_EMAIL_KEY_OF, given).scalar_one_or_none()
    more = {"email_key": f"erased {random_key}", "link_key": link_key, "nothing": False, "now": now}
    state = connection.execute(_ERASE, {**given, **more}).scalar_one_or_none()
    if whose is None or state is None:
        return None
    connection.execute(_ERASE_MAILS, {"id": signature_id, "now": now})
    return ErasedSignature(state, whose)
