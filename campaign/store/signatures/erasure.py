"""Erasure of all that is personal in one signature. Its row stays: the ledger counted it, and totals are made of it.

Kept are its number, when it was signed and verified, the text, and what totals are by: country, source, the domain of the mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Connection, bindparam, delete, select, update

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import text_statement
from campaign.store.log import append as log_append
from campaign.store.signatures.corrections import delete_corrections
from campaign.store.tables import corrections, outbox, signatures


@dataclass(frozen=True, slots=True)
class ErasedSignature:
    """Signature as it was before it was erased."""

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
           name = 'erased', signed_name = NULL, name_corrected_at = NULL,
           name_key = '', surname_key = '', email = '', email_key = :email_key, mailbox_hash = '',
           postcode = '', area = '', counted_area = CASE WHEN counted_as = 'verified' THEN counted_area ELSE '' END,
           place_id = NULL, counted_place_id = CASE WHEN counted_as = 'verified' THEN counted_place_id END,
           network = '', comment = '', comment_hidden = '', comment_public = false,
           comment_published_at = NULL, public = false, updates = false,
           updates_wording = '', updates_at = NULL, browser_hash = '', referral_code = '', ended_reason = '',
           declaration = 0, counted_declaration = CASE WHEN counted_as = 'verified' THEN counted_declaration ELSE 0 END,
           link_key = :link_key, edition = edition + 1, edition_floor = edition + 1, erased_at = :now
       WHERE campaign_id = :campaign_id AND id = :id AND erased_at IS NULL RETURNING state""",
    bindparam("now", type_=UtcDateTime()),
    columns=(signatures.c.state,),
)
# The same, and the signature goes on counting. So what totals are made of stays where it is counted: area, place, country,
# source and declaration. A withdrawn or invalidated one keeps no area, and no mail domain where that of its campaign is no
# longer kept.
_ANONYMISE = text_statement(
    """UPDATE signatures SET
           name = 'erased', signed_name = NULL, name_corrected_at = NULL,
           name_key = '', surname_key = '', email = '', email_key = 'erased/' || CAST(id AS VARCHAR(20)),
           mailbox_hash = '', domain = CASE WHEN :with_domain THEN '' ELSE domain END, postcode = '',
           area = CASE WHEN state = 'verified' THEN area ELSE '' END,
           counted_area = CASE WHEN counted_as = 'verified' THEN counted_area ELSE '' END,
           place_id = CASE WHEN state = 'verified' THEN place_id END,
           counted_place_id = CASE WHEN counted_as = 'verified' THEN counted_place_id END,
           declaration = CASE WHEN state = 'verified' THEN declaration ELSE 0 END,
           counted_declaration = CASE WHEN counted_as = 'verified' THEN counted_declaration ELSE 0 END,
           network = '', comment = '', comment_hidden = '', comment_public = false,
           comment_published_at = NULL, public = false, updates = false,
           updates_wording = '', updates_at = NULL, browser_hash = '', referral_code = '', ended_reason = '',
           link_key = '', line = NULL, edition = edition + 1, edition_floor = edition + 1,
           erased_at = coalesce(erased_at, :now)
       WHERE id IN :ids""",
    bindparam("now", type_=UtcDateTime()),
    bindparam("with_domain", type_=Boolean()),
    bindparam("ids", expanding=True),
)
_DELETE_MAILS = delete(outbox).where(outbox.c.signature_id.in_(bindparam("ids", expanding=True)))
_DELETE_CORRECTIONS = delete(corrections).where(corrections.c.signature_id.in_(bindparam("ids", expanding=True)))
# At once goes what nothing needs; the address stays until nobody can sign any more, so that one mailbox counts once.
_REQUEST = (
    update(signatures)
    .where(
        signatures.c.id == bindparam("signature_id"), signatures.c.state == SignatureState.VERIFIED,
        signatures.c.erasure_requested_at.is_(None), signatures.c.erased_at.is_(None),
    )
    .values(
        erasure_requested_at=bindparam("now"), comment="", comment_public=False, comment_published_at=None, public=False,
        updates=False, updates_wording="", updates_at=None, network="",
    )
)  # fmt: skip
_ERASED_AT = select(signatures.c.erased_at).where(signatures.c.id == bindparam("id"))
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


def anonymise_signatures(connection: Connection, signature_ids: Sequence[int], now: datetime, *, with_domain: bool) -> int:
    """Erase what is personal in some signatures, which go on counting as they do; returns how many rows about mails went too.

    `with_domain` also the domain of their mail, which the funnel is kept by. Those erased before lose what they still had.
    """
    ids = list(signature_ids)
    if not ids:
        return 0
    connection.execute(_ANONYMISE, {"ids": ids, "now": now, "with_domain": with_domain})
    mails = connection.execute(_DELETE_MAILS, {"ids": ids}).rowcount
    connection.execute(_DELETE_CORRECTIONS, {"ids": ids})
    log_append.erase_salts(connection, ids)
    return mails


def erased_at(connection: Connection, signature_id: int) -> datetime | None:
    """When a signature was erased, for a link that led to it; None where it was not, or its row is gone."""
    at: datetime | None = connection.execute(_ERASED_AT, {"id": signature_id}).scalar_one_or_none()
    return at


def request_erasure(connection: Connection, signature_id: int, now: datetime) -> bool:
    """Note that a verified signature is to be erased, and to count, once the total is final. False where it was, or is none."""
    return connection.execute(_REQUEST, {"signature_id": signature_id, "now": now}).rowcount == 1
