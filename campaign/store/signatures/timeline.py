"""One signature and all that is known of it: its details, its mails, its entries in the ledger, and what was done to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.domain.signatures.signature import MailKind, SignatureState
from campaign.store.database.statements import statement

MAX_EVENTS = 100
"""Mails, entries and acts that are read of each; nobody has come near it."""


@dataclass(frozen=True, slots=True)
class SignatureDetails:
    """A signature as the desk sees it."""

    id: int
    state: SignatureState
    name: str
    email: str
    email_key: str
    country: str
    postcode: str
    area: str
    network: str
    source: str
    comment: str
    comment_hidden: str
    public: bool
    updates: bool
    updates_at: datetime | None
    language: str
    edition: int
    opened: int
    ordinal: int | None
    first_signed_at: datetime | None
    signed_at: datetime
    submitted_at: datetime
    verified_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    ended_class: str
    batch_id: int | None
    erased_at: datetime | None
    text_hash: str
    title: str
    """Of the text as it was signed."""
    kind: str
    """Online or on paper."""
    intake_id: int | None
    line: int | None
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
    """What somebody did to it at the desk."""

    act: str
    who: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignatureBatch:
    """The batch that invalidated it."""

    id: int
    who: str
    reason: str
    created_at: datetime


_DETAILS = statement(
    """SELECT s.id, s.state, s.name, s.email, s.email_key, s.country, s.postcode, s.area, s.network, s.source, s.comment,
           s.comment_hidden, s.public, s.updates, s.updates_at, s.language, s.edition, s.opened, s.ordinal, s.first_signed_at,
           s.signed_at, s.submitted_at, s.verified_at, s.ended_at, s.ended_reason, s.ended_class, s.batch_id, s.erased_at,
           s.text_hash, x.title, s.kind, s.intake_id, s.line,
           (SELECT max(v.number) FROM versions v WHERE v.campaign_id = s.campaign_id AND v.text_hash = s.text_hash) AS version
       FROM signatures s JOIN texts x ON x.campaign_id = s.campaign_id AND x.hash = s.text_hash
       WHERE s.campaign_id = :campaign_id AND s.id = :id"""
)
_MAILS = statement(
    """SELECT kind, state, attempts, due_at, created_at, settled_at, reason FROM outbox WHERE signature_id = :id
       ORDER BY id LIMIT :most"""
)
_LEDGER = statement(
    """SELECT sequence, event, change, total, at AS created_at FROM ledger
       WHERE campaign_id = :campaign_id AND signature_id = :id ORDER BY sequence LIMIT :most"""
)
_MODERATOR_ACTIONS = statement(
    """SELECT act, who, reason, created_at FROM audit WHERE campaign_id = :campaign_id AND subject = :subject
           AND act IN ('invalidate signature', 'restore signature', 'hide comment', 'show comment', 'erase signature')
       ORDER BY id LIMIT :most"""
)
_BATCH = statement(
    """SELECT b.id, coalesce(p.name, '') AS who, b.reason, b.created_at FROM batches b
       LEFT JOIN campaigners p ON p.id = b.campaigner_id WHERE b.id = :id AND b.campaign_id = :campaign_id"""
)


def audit_subject(signature_id: int) -> str:
    """What the audit trail calls one signature."""
    return str(signature_id)


def get_details(connection: Connection, campaign_id: int, signature_id: int) -> SignatureDetails | None:
    """A signature; None where the campaign has no such."""
    row = connection.execute(_DETAILS, {"campaign_id": campaign_id, "id": signature_id}).one_or_none()
    return None if row is None else SignatureDetails(**{**row._asdict(), "state": SignatureState(row.state)})


def list_mails(connection: Connection, signature_id: int) -> list[SignatureMail]:
    """The mails it was owed, the oldest first."""
    rows = connection.execute(_MAILS, {"id": signature_id, "most": MAX_EVENTS})
    return [SignatureMail(**{**row._asdict(), "kind": MailKind(row.kind)}) for row in rows]


def list_ledger_entries(connection: Connection, campaign_id: int, signature_id: int) -> list[SignatureLedgerEntry]:
    """Its entries in the ledger, in their order."""
    rows = connection.execute(_LEDGER, {"campaign_id": campaign_id, "id": signature_id, "most": MAX_EVENTS})
    return [SignatureLedgerEntry(row.sequence, row.event, row.change, row.total, row.created_at) for row in rows]


def list_moderator_actions(connection: Connection, campaign_id: int, signature_id: int) -> list[ModeratorAction]:
    """What was done to it by itself, in its order; batches are told of by themselves."""
    given: dict[str, Any] = {"campaign_id": campaign_id, "subject": audit_subject(signature_id), "most": MAX_EVENTS}
    return [ModeratorAction(*row) for row in connection.execute(_MODERATOR_ACTIONS, given)]


def get_batch(connection: Connection, campaign_id: int, batch_id: int) -> SignatureBatch | None:
    """A batch of the campaign."""
    row = connection.execute(_BATCH, {"campaign_id": campaign_id, "id": batch_id}).one_or_none()
    return None if row is None else SignatureBatch(*row)
