"""Timeline of one signature: its details, its mails, its entries in the ledger, and what was done to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MailKind
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.signatures.signature_list import ListedSignature
from campaign.store.tables import audit_log, batches, campaigners, ledger, outbox, signatures, text_versions, texts

MAX_EVENTS = 100
"""Mails, entries and actions that are read of each; far more than any signature has."""


@dataclass(frozen=True, slots=True)
class SignatureDetails(ListedSignature):
    """A signature as the desk sees it on its own page."""

    email_key: str
    updates: bool
    updates_at: datetime | None
    language: str
    edition: int
    link_opened: int
    ordinal: int | None
    first_signed_at: datetime | None
    submitted_at: datetime
    ended_at: datetime | None
    ended_reason: str
    text_hash: str
    title: str
    """Of the text as it was signed."""
    kind: str
    """Online or on paper."""
    intake_id: int | None
    line: int | None
    signed_name: str | None
    """The name as it was signed, where its signatory has corrected it since."""
    name_corrected_at: datetime | None
    held_at: datetime | None
    """Since when a flag keeps it from being counted; None where none does."""
    version: int | None
    """Which version of the text that was, in the language it was signed in."""


@dataclass(frozen=True, slots=True)
class SignatureMail:
    """One mail it was owed."""

    kind: MailKind
    state: str
    attempts: int
    due_at: datetime
    created_at: datetime
    settled_at: datetime | None
    reason: str
    """What the server said, or why it was not sent. It can hold the address."""
    delivery: Delivery
    """What was told of it later."""
    delivery_at: datetime | None
    delivery_status: str


@dataclass(frozen=True, slots=True)
class SignatureLedgerEntry:
    """One entry of the ledger."""

    sequence: int
    event: str
    change: int
    total: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ModeratorAction:
    """Action of a campaigner on it at the desk."""

    action: str
    campaigner_id: int | None
    actor_name: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignatureBatch:
    """The batch that invalidated it."""

    id: int
    campaigner_name: str
    reason: str
    created_at: datetime


_VERSION = (
    select(func.max(text_versions.c.number))
    .where(
        text_versions.c.campaign_id == signatures.c.campaign_id,
        text_versions.c.text_hash == signatures.c.text_hash,
    )
    .scalar_subquery()
)
_DETAILS = (
    select(*columns_of(SignatureDetails, signatures, title=texts.c.title, version=_VERSION))
    .join(texts, (texts.c.campaign_id == signatures.c.campaign_id) & (texts.c.hash == signatures.c.text_hash))
    .where(signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.id == bindparam("signature_id"))
)
_MAILS = (
    select(*columns_of(SignatureMail, outbox))
    .where(outbox.c.signature_id == bindparam("signature_id"))
    .order_by(outbox.c.id)
    .limit(MAX_EVENTS)
)
_LEDGER = (
    select(*columns_of(SignatureLedgerEntry, ledger))
    .where(ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.signature_id == bindparam("signature_id"))
    .order_by(ledger.c.sequence)
    .limit(MAX_EVENTS)
)
_ACTIONS_ON_SIGNATURES = (
    "invalidate signature", "restore signature", "publish comment", "unpublish comment", "hide comment", "show comment",
    "erase signature",
)  # fmt: skip
_MODERATOR_ACTIONS = (
    select(*columns_of(ModeratorAction, audit_log))
    .where(
        audit_log.c.campaign_id == bindparam("campaign_id"),
        audit_log.c.subject == bindparam("subject"),
        audit_log.c.action.in_(_ACTIONS_ON_SIGNATURES),
    )
    .order_by(audit_log.c.id)
    .limit(MAX_EVENTS)
)
_BATCH = (
    select(*columns_of(SignatureBatch, batches, campaigner_name=func.coalesce(campaigners.c.name, "")))
    .select_from(batches.outerjoin(campaigners, campaigners.c.id == batches.c.campaigner_id))
    .where(batches.c.id == bindparam("id"), batches.c.campaign_id == bindparam("campaign_id"))
)


def audit_subject(signature_id: int) -> str:
    """What the audit trail calls one signature."""
    return str(signature_id)


def get_details(connection: Connection, campaign_id: int, signature_id: int) -> SignatureDetails | None:
    """A signature; None where the campaign has no such."""
    row = connection.execute(_DETAILS, {"campaign_id": campaign_id, "signature_id": signature_id}).one_or_none()
    return None if row is None else SignatureDetails(**row._asdict())


def list_mails(connection: Connection, signature_id: int) -> list[SignatureMail]:
    """The mails it was owed, the oldest first."""
    return rows_as(SignatureMail, connection.execute(_MAILS, {"signature_id": signature_id}))


def list_ledger_entries(connection: Connection, campaign_id: int, signature_id: int) -> list[SignatureLedgerEntry]:
    """Its entries in the ledger, in their order."""
    parameters = {"campaign_id": campaign_id, "signature_id": signature_id}
    return rows_as(SignatureLedgerEntry, connection.execute(_LEDGER, parameters))


def list_moderator_actions(connection: Connection, campaign_id: int, signature_id: int) -> list[ModeratorAction]:
    """What was done to it by itself, in its order; batches are told of by themselves."""
    parameters = {"campaign_id": campaign_id, "subject": audit_subject(signature_id)}
    return rows_as(ModeratorAction, connection.execute(_MODERATOR_ACTIONS, parameters))


def get_batch(connection: Connection, campaign_id: int, batch_id: int) -> SignatureBatch | None:
    """A batch of the campaign."""
    row = connection.execute(_BATCH, {"campaign_id": campaign_id, "id": batch_id}).one_or_none()
    return None if row is None else SignatureBatch(**row._asdict())
