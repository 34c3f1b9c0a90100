"""Signatures of one mailbox, in one campaign and over all: for its owner alone."""

from sqlalchemy import Connection, and_, bindparam, select

from campaign.domain.mail.mailbox_signatures import MailboxSignature
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import campaigns, signatures, texts

# From the campaigns, of which there are few, so that the unique index of campaign and address finds each signature.
_OF_MAILBOX = (
    select(*columns_of(MailboxSignature, signatures, title=texts.c.title, time_zone=campaigns.c.time_zone))
    .select_from(campaigns)
    .join(signatures, and_(signatures.c.campaign_id == campaigns.c.id, signatures.c.email_key == bindparam("email_key")))
    .join(texts, and_(texts.c.campaign_id == signatures.c.campaign_id, texts.c.hash == signatures.c.text_hash))
    .where(signatures.c.erased_at.is_(None))
    .order_by(signatures.c.signed_at.desc(), signatures.c.id.desc())
    .limit(bindparam("limit"))
)
_PENDING = select(signatures.c.id).where(
    signatures.c.campaign_id == bindparam("campaign_id"),
    signatures.c.email_key == bindparam("email_key"),
    signatures.c.state == SignatureState.PENDING,
)


def list_of_mailbox(connection: Connection, email_key: str, limit: int) -> list[MailboxSignature]:
    """The newest signatures given with an address, in every state."""
    return rows_as(MailboxSignature, connection.execute(_OF_MAILBOX, {"email_key": email_key, "limit": limit}))


def find_pending(connection: Connection, campaign_id: int, email_key: str) -> int | None:
    """The number of the pending signature of a campaign with an address; None where there is none."""
    found: int | None = connection.execute(_PENDING, {"campaign_id": campaign_id, "email_key": email_key}).scalar_one_or_none()
    return found
