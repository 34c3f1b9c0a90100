"""Outbox of all mails. A row is the promise; it is settled as sent, refused, dropped or unknown, and never forgotten before."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select, update

from campaign.domain.mail.claim import ClaimedMail
from campaign.domain.mail.kinds import MAIL_KINDS, SIGNATORY_MAIL_KINDS, MailKind, MailPriority
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import is_any_of, text_statement
from campaign.store.mail.claimed_mails import campaigner_mails, signatory_mails
from campaign.store.mail.signatory_mails import queue_ms
from campaign.store.tables import outbox

MAX_REASON_LENGTH = 200


class MailState(StrEnum):
    """State of a row. Every state but OWED is for good."""

    OWED = "owed"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    """Sent whole, repeated once, and never answered."""


_NOW = bindparam("now", type_=UtcDateTime())
_INSERT_CAMPAIGNER_MAIL = """INSERT INTO outbox (kind, mailbox_hash, dedupe_key, campaigner_id, campaign_id, invitation_id,
              facts, priority, state, attempts, due_at, created_at, settled_at, reason, queue_ms)"""
# Text for ON CONFLICT: what has a dedupe key is promised once for ever.
_ENQUEUE_TO_CAMPAIGNER = text_statement(
    f"""{_INSERT_CAMPAIGNER_MAIL}
        VALUES (:kind, '', :dedupe_key, :campaigner_id, :campaign_id, :invitation_id, :facts, :priority, 'owed', 0, :now, :now,
                NULL, '', :queue_ms)
        ON CONFLICT DO NOTHING""",
    _NOW,
)
_CAMPAIGNER_ID = "(SELECT id FROM campaigners WHERE email_key = :email_key AND disabled_at IS NULL)"
# Text: one statement, the same for every address. For an address of nobody the promise is dropped as it is made.
_ENQUEUE_LOGIN_LINK = text_statement(
    f"""{_INSERT_CAMPAIGNER_MAIL}
        VALUES (:kind, '', NULL, {_CAMPAIGNER_ID}, NULL, NULL, :facts, :priority,
                CASE WHEN {_CAMPAIGNER_ID} IS NULL THEN 'dropped' ELSE 'owed' END,
                0, :now, :now, CASE WHEN {_CAMPAIGNER_ID} IS NULL THEN :now END,
                CASE WHEN {_CAMPAIGNER_ID} IS NULL THEN 'nobody has this address' ELSE '' END, :queue_ms)""",
    _NOW,
)
_OWED = outbox.c.state == literal_column("'owed'")
_DUE = outbox.c.due_at <= bindparam("now")
# MATERIALIZED, so that no plan runs the locking subquery twice and claims more than it was told to.
_CLAIMED = (
    select(outbox.c.id)
    .where(_OWED, _DUE)
    .order_by(outbox.c.priority, outbox.c.queue_ms, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
    .cte("due")
    .prefix_with("MATERIALIZED")
)
_CLAIM = (
    update(outbox)
    .values(attempts=outbox.c.attempts + 1, due_at=bindparam("lease_until"))
    .where(outbox.c.id.in_(select(_CLAIMED.c.id)))
    .returning(outbox.c.id, outbox.c.signature_id, outbox.c.priority, outbox.c.queue_ms)
)
# As an expression, which no index is of: PostgreSQL would look for a row by the index of what is owed, all of it, where it has
# seen that small, and in a spike it is not.
_STILL_OWED = outbox.c.state.concat(literal_column("''")) == literal_column("'owed'")
# A result is recorded by the newest attempt alone: a worker that has lost its claim changes nothing.
_HELD = update(outbox).where(outbox.c.id == bindparam("mail_id"), outbox.c.attempts == bindparam("attempt"), _STILL_OWED)
_SETTLE = _HELD.values(
    state=bindparam("new_state"), settled_at=bindparam("now"), reason=bindparam("why"), network_key=None, domain_key=None
)
_MARK_SENT = (
    update(outbox)
    .where(is_any_of(outbox.c.id, "ids"), outbox.c.attempts == bindparam("attempt"), _STILL_OWED)
    .values(
        state=MailState.SENT.value, settled_at=bindparam("now"), reason="", network_key=None, domain_key=None,
    )
)  # fmt: skip
# What is put off takes its place among those promised when it is due again.
_POSTPONE = _HELD.values(due_at=bindparam("new_due_at"), queue_ms=bindparam("new_queue_ms"), reason=bindparam("why"))
_POSTPONE_UNKNOWN = _POSTPONE.values(unknown_at=bindparam("now"))
_EXTEND = _HELD.values(due_at=bindparam("new_due_at"))
_RELEASE = _HELD.values(due_at=bindparam("new_due_at"), attempts=outbox.c.attempts - 1)
# Mailings to many are let wait: they go at the pace that is left.
_OLDEST = select(func.min(outbox.c.created_at)).where(_OWED, outbox.c.priority < MailPriority.BULK.value)
_ANY_DUE: Select[Any] = select(literal_column("1")).select_from(outbox).where(_OWED, _DUE).limit(1)
_WAS_ENQUEUED: Select[Any] = (
    select(literal_column("1")).select_from(outbox).where(outbox.c.dedupe_key == bindparam("dedupe_key"))
)
# What has a dedupe key stays, so that it is not said again; what signatories were sent goes with their signatures.
_DELETE_SETTLED = outbox.delete().where(
    ~_OWED, outbox.c.dedupe_key.is_(None), outbox.c.signature_id.is_(None), outbox.c.created_at < bindparam("before")
)


def enqueue_campaigner_mail(
    connection: Connection,
    kind: MailKind,
    now: datetime,
    *,
    campaigner_id: int | None = None,
    campaign_id: int | None = None,
    invitation_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    dedupe_key: str | None = None,
    priority: MailPriority | None = None,
) -> bool:
    """Owe a mail to a campaigner, or to the address an invitation is for.

    `facts` are the values for its templates: numbers, times and words of our own; nothing personal. What has a
    `dedupe_key` is promised once for ever. False where it was before.
    """
    if kind in SIGNATORY_MAIL_KINDS:
        raise ValueError(f"{kind.value} is a mail to signatories")
    given = {
        "kind": kind.value, "dedupe_key": dedupe_key, "campaigner_id": campaigner_id, "campaign_id": campaign_id,
        "invitation_id": invitation_id, "facts": json.dumps(dict(facts or {})),
        "priority": (MAIL_KINDS[kind].priority if priority is None else priority).value, "now": now,
        "queue_ms": queue_ms(now),
    }  # fmt: skip
    return connection.execute(_ENQUEUE_TO_CAMPAIGNER, given).rowcount == 1


def enqueue_login_link(connection: Connection, email_key: str, next_path: str, now: datetime) -> None:
    """Owe the campaigner with this address a link to sign in with; it takes as long where there is none.

    `next_path` is the path of the desk that the link leads to.
    """
    given = {
        "kind": MailKind.SIGN_IN.value, "email_key": email_key, "facts": json.dumps({"next": next_path}),
        "priority": MAIL_KINDS[MailKind.SIGN_IN].priority.value, "now": now, "queue_ms": queue_ms(now),
    }  # fmt: skip
    connection.execute(_ENQUEUE_LOGIN_LINK, given)


def was_enqueued(connection: Connection, dedupe_key: str) -> bool:
    """Whether a mail with this key was promised before."""
    return connection.execute(_WAS_ENQUEUED, {"dedupe_key": dedupe_key}).one_or_none() is not None


def claim_mails(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[ClaimedMail]:
    """Claim up to `limit` due mails for one attempt each, the most urgent first.

    A claim lasts for `lease`: if no result is recorded by then, the mail is due again.
    """
    rows = connection.execute(_CLAIM, {"now": now, "lease_until": now + lease, "limit": limit}).all()
    to_signatories = {row.id: row.signature_id for row in rows if row.signature_id is not None}
    to_campaigners = [row.id for row in rows if row.signature_id is None]
    claimed: dict[int, ClaimedMail] = {}
    if to_signatories:
        claimed |= signatory_mails(connection, to_signatories)
    if to_campaigners:
        claimed |= campaigner_mails(connection, to_campaigners)
    return [claimed[row.id] for row in sorted(rows, key=lambda row: (row.priority, row.queue_ms, row.id))]


def mark_sent(connection: Connection, mails: Sequence[ClaimedMail], now: datetime) -> None:
    """Taken by the mail server: one statement for all that were claimed as often."""
    by_attempt: dict[int, list[int]] = {}
    for mail in mails:
        by_attempt.setdefault(mail.attempt, []).append(mail.id)
    for attempt, ids in by_attempt.items():
        connection.execute(_MARK_SENT, {"ids": ids, "attempt": attempt, "now": now})


def mark_refused(connection: Connection, mail: ClaimedMail, reason: str, now: datetime) -> None:
    """Refused by the mail server for good."""
    settle_mail(connection, mail, MailState.REFUSED, reason, now)


def mark_dropped(connection: Connection, mail: ClaimedMail, reason: str, now: datetime) -> None:
    """No longer owed."""
    settle_mail(connection, mail, MailState.DROPPED, reason, now)


def settle_mail(connection: Connection, mail: ClaimedMail, state: MailState, reason: str, now: datetime) -> None:
    """Record the result of a claim, for good."""
    connection.execute(_SETTLE, _of(mail) | {"new_state": state.value, "why": reason[:MAX_REASON_LENGTH], "now": now})


def postpone_mail(connection: Connection, mail: ClaimedMail, reason: str, due_at: datetime) -> None:
    """The attempt failed for now; try again at `due_at`."""
    given = {"new_due_at": due_at, "new_queue_ms": queue_ms(due_at), "why": reason[:MAX_REASON_LENGTH]}
    connection.execute(_POSTPONE, _of(mail) | given)


def postpone_unknown(connection: Connection, mail: ClaimedMail, reason: str, due_at: datetime, now: datetime) -> None:
    """The attempt was never answered; try again at `due_at`, and remember that this was so."""
    given = {
        "new_due_at": due_at, "new_queue_ms": queue_ms(due_at), "why": reason[:MAX_REASON_LENGTH], "now": now,
    }  # fmt: skip
    connection.execute(_POSTPONE_UNKNOWN, _of(mail) | given)


def extend_lease(connection: Connection, mail: ClaimedMail, until: datetime) -> None:
    """Keep a claim for longer."""
    connection.execute(_EXTEND, _of(mail) | {"new_due_at": until})


def release_mails(connection: Connection, mails: Sequence[ClaimedMail], due_at: datetime) -> None:
    """Give back claims that were not attempted; they do not count as attempts."""
    for mail in mails:
        connection.execute(_RELEASE, _of(mail) | {"new_due_at": due_at})


def has_due_mail(connection: Connection, now: datetime) -> bool:
    """Whether a mail is due."""
    return connection.execute(_ANY_DUE, {"now": now}).one_or_none() is not None


def oldest_owed_at(connection: Connection) -> datetime | None:
    """When the oldest mail still owed was promised; None where none is."""
    oldest: datetime | None = connection.execute(_OLDEST).scalar_one()
    return oldest


def delete_settled(connection: Connection, before: datetime) -> None:
    """Remove mails to campaigners that were settled and made before a time, but for what is said once for ever."""
    connection.execute(_DELETE_SETTLED, {"before": before})


def _of(mail: ClaimedMail) -> dict[str, Any]:
    return {"mail_id": mail.id, "attempt": mail.attempt}
