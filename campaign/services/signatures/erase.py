"""Erasing what is personal in a signature, where its signatory asks for it: for ever, and without the count losing an entry."""

from campaign.domain.accounts.actor import Actor
from campaign.domain.common.reason import read_reason
from campaign.domain.signatures.filters import InvalidFiltersError, filters_from_json
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.signatures import erasure, saved_filters, timeline
from campaign.store.signatures.saved_filters import SavedFilter

MAX_REASON_CHARACTERS = 200


def erase_signature(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Erase a signature's details, its address in mails and in saved searches. False where it is not there, or erased.

    One that counts is withdrawn by it: the ledger takes it out of the total as it does any other. Raises Refused.
    """
    reason = read_reason(
        reason, MAX_REASON_CHARACTERS, missing="Give the reason; it is kept in the audit trail. Name nobody in it."
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


def _filters_by_email(saved: SavedFilter, email_key: str) -> bool:
    try:
        return filters_from_json(saved.filters).email_key == email_key
    except InvalidFiltersError:
        return False
