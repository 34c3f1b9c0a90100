"""Signatures of one mailbox, over all campaigns: for its owner alone."""

from sqlalchemy import Connection, and_, bindparam, select

from campaign.domain.mail.mailbox_signatures import MailboxSignature
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


def list_of_mailbox(connection: Connection, email_key: str, limit: int) -> list[MailboxSignature]:
    """The newest signatures given with an address, in every state."""
    return rows_as(MailboxSignature, connection.execute(_OF_MAILBOX, {"email_key": email_key, "limit": limit}))
