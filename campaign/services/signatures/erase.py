"""Erasing what is personal in a signature, where its signatory asks for it: for ever, and without the count losing an entry."""

from typing import Any

from campaign.domain.accounts.actor import SITE, Actor
from campaign.domain.common.i18n import N_
from campaign.domain.common.reason import read_reason
from campaign.domain.signatures.filters import InvalidFiltersError, filters_from_json
from campaign.domain.signatures.signature import SignatureState
from campaign.jobs import ADVANCE_LEDGER, ERASE_PERSONAL_DATA
from campaign.runtime import Runtime
from campaign.security.tokens import SignatureRef
from campaign.store.accounts import audit_log
from campaign.store.signatures import erasure, saved_filters, timeline
from campaign.store.signatures.own_data import rows_of_signature
from campaign.store.signatures.saved_filters import SavedFilter
from campaign.store.signatures.signatures import Signature

MAX_REASON_CHARACTERS = 200
OWN_ERASURE_REASON = N_("asked for on the page of the signature")
"""Reason in the audit trail where its signatory did it."""


def erase_signature(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Erase a signature's details, its address in mails and in saved searches. False where it is not there, or erased.

    One that counts is withdrawn by it: the ledger takes it out of the total as it does any other. Raises InvalidInputError.
    """
    reason = read_reason(
        reason, MAX_REASON_CHARACTERS, missing=N_("Give the reason; it is kept in the audit trail. Name nobody in it.")
    )
    now = runtime.now()
    with runtime.transaction() as connection:
        erased = erasure.erase_signature(
            connection, campaign_id, signature_id, runtime.random_token(), runtime.random_link_key(), now
        )
        if erased is None:
            return False
        found = saved_filters.list_all_of_campaign(connection, campaign_id)
        saved_filters.delete_any(connection, [one.id for one in found if _filters_by_email(one, erased.email_key)])
        audit_log.record(
            connection, actor, "erase signature", now, campaign_id=campaign_id, subject=timeline.audit_subject(signature_id),
            after={"state": erased.state}, reason=reason,
        )  # fmt: skip
    runtime.enqueue_once(ADVANCE_LEDGER)
    return True


def erase_own_signature(runtime: Runtime, signature: Signature) -> bool:
    """Erase a signature at its owner's wish: one that counts is withdrawn by it. False where it is erased already, and where
    campaigners removed it: the address of such a one is kept, so that it is not given again."""
    if signature.state is SignatureState.INVALIDATED:
        return False
    return erase_signature(runtime, SITE, signature.campaign_id, signature.id, OWN_ERASURE_REASON)


def anonymise_own_signature(runtime: Runtime, signature: Signature) -> bool:
    """Have a verified signature erased at its owner's wish, and counted all the same. False where it is not verified.

    Done once the total is final: before that, a mailbox whose address is gone could sign again, and count twice.
    """
    now = runtime.now()
    with runtime.transaction() as connection:
        if not erasure.request_erasure(connection, signature.id, now):
            return False
        audit_log.record(
            connection, SITE, "request erasure", now, campaign_id=signature.campaign_id,
            subject=timeline.audit_subject(signature.id),
        )  # fmt: skip
    runtime.enqueue_once(ERASE_PERSONAL_DATA)
    return True


def was_erased(runtime: Runtime, own: SignatureRef) -> bool:
    """Whether the signature that a link led to was erased, and is not just gone."""
    with runtime.reading() as connection:
        return erasure.erased_at(connection, own.signature_id) is not None


def own_data(runtime: Runtime, signature: Signature) -> dict[str, list[dict[str, Any]]]:
    """All that is kept of a signature, for its owner: rows by table."""
    with runtime.reading() as connection:
        return rows_of_signature(connection, signature.id)


def _filters_by_email(saved: SavedFilter, email_key: str) -> bool:
    try:
        return filters_from_json(saved.filters).email_key == email_key
    except InvalidFiltersError:
        return False
