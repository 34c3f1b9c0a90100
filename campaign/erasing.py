"""Erasing what is personal in a signature, where its signatory asks for it: for ever, and without the count losing an entry."""

from campaign.domain.actor import Actor
from campaign.domain.filters import FiltersRefused, read_json
from campaign.domain.refusal import Refused
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.store import audit, erasure, saved_filters, story
from campaign.store.saved_filters import Saved

LONGEST_REASON = 200
"""Characters."""


def erase(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Erase a signature's details, its address in mails and in saved searches. False where it is not there, or erased.

    One that counts is withdrawn by it: the ledger takes it out of the total as it does any other. Raises Refused.
    """
    reason = " ".join(reason.split())
    if not reason or not reason.isprintable():
        raise Refused("Give the reason; it is kept in the audit trail. Name nobody in it.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason must be {LONGEST_REASON} characters or fewer.")
    now = runtime.now()
    with runtime.transaction() as connection:
        erased = erasure.erase(connection, campaign_id, signature_id, runtime.token(), runtime.link_key(), now)
        if erased is None:
            return False
        found = saved_filters.everybodys(connection, campaign_id)
        saved_filters.forget_any(connection, [one.id for one in found if _looks_for(one, erased.email_key)])
        audit.record(
            connection, actor, "erase signature", now, campaign_id=campaign_id, subject=story.subject(signature_id),
            became={"state": erased.state}, reason=reason,
        )  # fmt: skip
    runtime.hint(ADVANCE_LEDGER)
    return True


def _looks_for(saved: Saved, email_key: str) -> bool:
    try:
        return read_json(saved.filters).email_key == email_key
    except FiltersRefused:
        return False
