"""Correction of the name of a verified signature. The one that was signed stays beside it: the public log commits to that."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, update

from campaign.domain.signatures.search_keys import name_key, surname_key
from campaign.domain.signatures.signature import SignatureState
from campaign.store.tables import campaigns, signatures

_NEW_NAME = bindparam("new_name", type_=signatures.c.name.type)
_CORRECT_NAME = (
    update(signatures)
    .where(
        signatures.c.id == bindparam("signature_id"), signatures.c.state == SignatureState.VERIFIED,
        signatures.c.erased_at.is_(None), signatures.c.erasure_requested_at.is_(None),
        exists(campaigns.c.id).where(campaigns.c.id == signatures.c.campaign_id, campaigns.c.finalised_at.is_(None)),
    )
    .values(
        name=_NEW_NAME, name_key=bindparam("new_name_key"), surname_key=bindparam("new_surname_key"),
        # Corrected back, it is as it was signed.
        signed_name=func.nullif(func.coalesce(signatures.c.signed_name, signatures.c.name), _NEW_NAME),
        name_corrected_at=bindparam("now"),
    )
)  # fmt: skip


def correct_name(connection: Connection, signature_id: int, name: str, now: datetime) -> bool:
    """Give a verified signature another spelling of its name. False where it is none any more, or the total is final."""
    parameters = {
        "signature_id": signature_id, "new_name": name, "new_name_key": name_key(name), "new_surname_key": surname_key(name),
        "now": now,
    }  # fmt: skip
    return connection.execute(_CORRECT_NAME, parameters).rowcount == 1
