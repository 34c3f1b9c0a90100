"""Corrections: other details given for a pending signature, each with the edition that one verification mail speaks of.

They are kept until one edition is verified, the signature ends, or the campaign does, so that each link verifies what its own
mail was about, whatever is given meanwhile. None is kept without a mail, so the limits on mails bound them too.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, delete, select

from campaign.domain.places.postcode_areas import postcode_area
from campaign.domain.signatures.search_keys import name_key, surname_key
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, rows_as, text_statement
from campaign.store.signatures.sign_sql import VERIFY_CORRECTED_SQL
from campaign.store.signatures.signatures import CHANGED_COLUMNS, ChangedSignature
from campaign.store.tables import corrections, signatures, texts


@dataclass(frozen=True, slots=True)
class Correction:
    """Details of one edition."""

    edition: int
    text_hash: str
    title: str
    """Of the text that it signs."""
    name: str
    email: str
    country: str
    postcode: str
    comment: str
    public: bool
    updates: bool
    updates_wording: str
    updates_at: datetime | None
    source: str
    language: str
    referral_code: str
    browser_hash: str
    network: str
    created_at: datetime
    declaration: int = 0


_GIVEN_COLUMNS = (
    "text_hash", "name", "email", "country", "postcode", "comment", "public", "updates", "updates_wording", "source",
    "language", "referral_code", "browser_hash", "network", "declaration",
)  # fmt: skip
INSERT_CORRECTION_SQL = (
    f"""INSERT INTO corrections (signature_id, edition, updates_at, created_at, {", ".join(_GIVEN_COLUMNS)})"""
)
CORRECTION_VALUES_SQL = f"CASE WHEN :updates THEN :now END, :now, {', '.join(f':{name}' for name in _GIVEN_COLUMNS)}"
"""What follows the number of the signature and the edition, by the parameters of signing."""

# Text, as the statement of signing that it is a part of on PostgreSQL.
_KEEP = text_statement(
    f"{INSERT_CORRECTION_SQL} SELECT :signature_id, :edition, {CORRECTION_VALUES_SQL} WHERE :is_kept ON CONFLICT DO NOTHING",
    bindparam("now", type_=UtcDateTime()),
    bindparam("is_kept", type_=Boolean()),
)
_OF_SIGNATURE = corrections.c.signature_id == bindparam("of_signature")
_LIST = (
    select(*columns_of(Correction, corrections, title=texts.c.title))
    .join(signatures, signatures.c.id == corrections.c.signature_id)
    .join(texts, (texts.c.campaign_id == signatures.c.campaign_id) & (texts.c.hash == corrections.c.text_hash))
    .where(_OF_SIGNATURE)
    .order_by(corrections.c.edition)
)
_GET = _LIST.where(corrections.c.edition == bindparam("of_edition"))
_DELETE = delete(corrections).where(_OF_SIGNATURE)
_DELETE_OF_CAMPAIGN = delete(corrections).where(
    corrections.c.signature_id.in_(select(signatures.c.id).where(signatures.c.campaign_id == bindparam("of_campaign")))
)
_VERIFY = text_statement(
    VERIFY_CORRECTED_SQL,
    bindparam("now", type_=UtcDateTime()),
    bindparam("updates_at", type_=UtcDateTime()),
    columns=CHANGED_COLUMNS,
)


def keep_correction(
    connection: Connection, signature_id: int, edition: int, sign_parameters: dict[str, Any], *, is_kept: bool
) -> None:
    """Keep the details of a submission, given as the parameters of signing; where not, it takes as long."""
    connection.execute(_KEEP, sign_parameters | {"signature_id": signature_id, "edition": edition, "is_kept": is_kept})


def get_correction(connection: Connection, signature_id: int, edition: int) -> Correction | None:
    """The details of one edition; None where none are kept, or it is that of the signature itself."""
    row = connection.execute(_GET, {"of_signature": signature_id, "of_edition": edition}).one_or_none()
    return None if row is None else Correction(**row._asdict())


def list_corrections(connection: Connection, signature_id: int) -> list[Correction]:
    """All that are kept of a signature, the oldest first."""
    return rows_as(Correction, connection.execute(_LIST, {"of_signature": signature_id}))


def delete_corrections(connection: Connection, signature_id: int) -> None:
    """Delete those of one signature."""
    connection.execute(_DELETE, {"of_signature": signature_id})


def delete_corrections_of_campaign(connection: Connection, campaign_id: int) -> None:
    """Delete those of all signatures of a campaign."""
    connection.execute(_DELETE_OF_CAMPAIGN, {"of_campaign": campaign_id})


def verify_corrected_only(
    connection: Connection, signature_id: int, link_key: str, correction: Correction, now: datetime
) -> ChangedSignature | None:
    """VERIFY with the details of a correction, where the signature is pending and the grace is not over.
    No mail is owed."""
    given = asdict(correction) | {
        "id": signature_id, "link_key": link_key, "now": now, "name_key": name_key(correction.name),
        "surname_key": surname_key(correction.name), "area": postcode_area(correction.postcode, correction.country),
    }  # fmt: skip
    row = connection.execute(_VERIFY, given).one_or_none()
    return None if row is None else ChangedSignature(row.id, row.slug, row.mailbox_hash)
