"""Supporters as the public side reads them: the newest supporters, comments, and how many came by one link."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, literal, select, text

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.signatures.comments import MAY_BE_SHOWN
from campaign.store.tables import ledger, signatures


@dataclass(frozen=True, slots=True)
class PublicSignature:
    """Signature whose signatory chose to be public, as far as it may be shown."""

    name: str
    country: str
    postcode: str
    comment: str
    verified_at: datetime


_IS_VERIFIED = signatures.c.state == SignatureState.VERIFIED
_REFERRALS = select(func.count()).select_from(
    select(literal(1).label("one"))
    .where(
        signatures.c.campaign_id == bindparam("campaign_id"),
        signatures.c.referral_code == bindparam("referral_code"),
        text("referral_code <> ''"),  # in the words of its partial index
        _IS_VERIFIED,
        signatures.c.id != bindparam("excluded_signature_id"),
    )
    .limit(bindparam("limit"))
    .subquery("brought")
)
# Found by way of the ledger, whose key is in the order of counting: no index of its own that each signature would have to keep.
_COUNTED = (
    select(ledger.c.signature_id, func.max(ledger.c.sequence).label("sequence"))
    .where(
        ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.sequence > bindparam("after_sequence"), ledger.c.change == 1
    )
    .group_by(ledger.c.signature_id)
    .subquery("counted")
)
_SUPPORTERS = (
    select(*columns_of(PublicSignature, signatures))
    .join_from(_COUNTED, signatures, signatures.c.id == _COUNTED.c.signature_id)
    .where(signatures.c.campaign_id == bindparam("campaign_id"), _IS_VERIFIED, signatures.c.public)
    .order_by(_COUNTED.c.sequence.desc())
    .limit(bindparam("limit"))
)
_PUBLISHED_COMMENTS = (
    select(*columns_of(PublicSignature, signatures))
    .where(
        signatures.c.campaign_id == bindparam("campaign_id"),
        text("comment_published_at IS NOT NULL"),  # in the words of its partial index
        *MAY_BE_SHOWN,
    )
    .order_by(signatures.c.comment_published_at.desc())
    .limit(bindparam("limit"))
)


def count_referrals(
    connection: Connection, campaign_id: int, referral_code: str, excluded_signature_id: int, limit: int
) -> int:
    """How many verified signatures came by a personal link, up to `limit`, not counting one: its owner's own."""
    parameters = {
        "campaign_id": campaign_id, "referral_code": referral_code, "excluded_signature_id": excluded_signature_id,
        "limit": limit,
    }  # fmt: skip
    return int(connection.execute(_REFERRALS, parameters).scalar_one())


def newest_supporters(connection: Connection, campaign_id: int, after_sequence: int, limit: int) -> list[PublicSignature]:
    """The newest verified signatures whose signatories chose to be public, counted after an entry of the ledger, newest first.

    A signature that was counted twice is there once, where it was counted last.
    """
    parameters = {"campaign_id": campaign_id, "after_sequence": after_sequence, "limit": limit}
    return rows_as(PublicSignature, connection.execute(_SUPPORTERS, parameters))


def published_comments(connection: Connection, campaign_id: int, limit: int) -> list[PublicSignature]:
    """Signatures whose comments campaigners have put on the campaign's page and whose signatories let them be shown."""
    return rows_as(PublicSignature, connection.execute(_PUBLISHED_COMMENTS, {"campaign_id": campaign_id, "limit": limit}))
