"""The outbox: mail owed. A row is the promise; it is settled as sent, refused or dropped, and never forgotten before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaign.domain.mail.outbox_claim import OutboxClaim
from campaign.domain.signatures.signature import MailKind, SignatureState
from campaign.store.database.statements import statement, supports_row_locks

# Mails that anybody who knows an address can cause. Only these are bounded: the others answer an act that needed a link
# from the mailbox itself.
_LIMITED_KINDS = (MailKind.VERIFY, MailKind.ALREADY_SIGNED, MailKind.REMOVED)
_LIMITED_KINDS_SQL = ", ".join(f"'{kind}'" for kind in _LIMITED_KINDS)

MAIL_PRIORITY = {
    MailKind.VERIFY: 0,
    MailKind.ALREADY_SIGNED: 1,
    MailKind.REMOVED: 1,
    MailKind.THANK_YOU: 1,
    MailKind.WITHDRAWN: 1,
}
"""Lower goes first: somebody waits for a verification mail."""


@dataclass(frozen=True, slots=True)
class MailboxLimit:
    """How many provoked mails one mailbox may get, in which time."""

    max_mails: int
    window: timedelta


INSERT_MAIL = "INSERT INTO outbox (signature_id, kind, mailbox, priority, state, attempts, due_at, created_at, reason)"
"""What every promise begins with; the columns of a SELECT follow."""
WITHIN_MAILBOX_LIMIT = f"""(SELECT count(*) FROM outbox WHERE mailbox = :mailbox AND created_at > :since
               AND kind IN ({_LIMITED_KINDS_SQL})) < :most"""
"""Whether the mailbox may get one more provoked mail."""

# A promise not yet kept counts once, however often it is asked for: the unique index on what is owed says so.
_ENQUEUE, _ENQUEUE_LIMITED = (
    statement(
        f"""{INSERT_MAIL}
            SELECT :signature_id, CAST(:kind AS VARCHAR(20)), CAST(:mailbox AS VARCHAR(32)), :priority, 'owed', 0, :now,
                   :now, '' WHERE {condition} ON CONFLICT DO NOTHING"""
    )
    for condition in ("true", WITHIN_MAILBOX_LIMIT)
)
# MATERIALIZED, so that no plan runs the locking subquery twice and claims more than it was told to.
_CLAIM, _CLAIM_LOCKED = (
    statement(
        f"""WITH due AS MATERIALIZED (
                SELECT id FROM outbox WHERE state = 'owed' AND due_at <= :now ORDER BY priority, due_at, id LIMIT :most {lock})
            UPDATE outbox SET attempts = attempts + 1, due_at = :due_at WHERE id IN (SELECT id FROM due)
            RETURNING id"""
    )
    for lock in ("", "FOR UPDATE SKIP LOCKED")
)
_CLAIMED = statement(
    """SELECT o.id, o.attempts AS attempt, o.kind, o.signature_id, s.state, s.link_key, s.edition, s.name, s.email,
              c.slug, x.title, c.contact, c.time_zone, c.closes_at, c.verify_until, o.created_at,
              s.language
       FROM outbox o JOIN signatures s ON s.id = o.signature_id JOIN campaigns c ON c.id = s.campaign_id
       JOIN texts x ON x.campaign_id = s.campaign_id AND x.hash = s.text_hash
       WHERE o.id IN :ids ORDER BY o.priority, o.id""",
    list_parameters=("ids",),
)
_SETTLE = statement(
    """UPDATE outbox SET state = :state, settled_at = :now, reason = :reason
       WHERE id = :id AND attempts = :attempt AND state = 'owed'"""
)
_POSTPONE = statement(
    "UPDATE outbox SET due_at = :due_at, reason = :reason WHERE id = :id AND attempts = :attempt AND state = 'owed'"
)
_RELEASE = statement(
    """UPDATE outbox SET due_at = :due_at, attempts = attempts - 1 WHERE id = :id AND attempts = :attempt AND state = 'owed'"""
)
_OLDEST = statement("SELECT min(created_at) AS created_at FROM outbox WHERE state = 'owed'")
_ANY_DUE = statement("SELECT 1 FROM outbox WHERE state = 'owed' AND due_at <= :now LIMIT 1")


def enqueue_mail(
    connection: Connection, kind: MailKind, signature_id: int, mailbox: str, now: datetime, mailbox_limit: MailboxLimit
) -> bool:
    """Owe a mail. False where the same one is owed already, or the mailbox has had its share of provoked mails."""
    given = {
        "signature_id": signature_id,
        "kind": kind.value,
        "mailbox": mailbox,
        "priority": MAIL_PRIORITY[kind],
        "now": now,
    }
    if kind in _LIMITED_KINDS:
        given |= {"since": now - mailbox_limit.window, "most": mailbox_limit.max_mails}
        return connection.execute(_ENQUEUE_LIMITED, given).rowcount == 1
    return connection.execute(_ENQUEUE, given).rowcount == 1


def claim_mails(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[OutboxClaim]:
    """Claim up to `most` due mails for one attempt each, the most urgent first.

    A claim lasts for `lease`: if no result is recorded by then, the mail is due again.
    """
    sql = _CLAIM_LOCKED if supports_row_locks(connection) else _CLAIM
    ids = connection.execute(sql, {"now": now, "due_at": now + lease, "most": limit}).scalars().all()
    return _claims(connection, ids)


def mark_sent(connection: Connection, claim: OutboxClaim, now: datetime) -> None:
    """The mail server has taken it."""
    _settle(connection, claim, "sent", "", now)


def mark_refused(connection: Connection, claim: OutboxClaim, reason: str, now: datetime) -> None:
    """The mail server refused it for good."""
    _settle(connection, claim, "refused", reason, now)


def mark_dropped(connection: Connection, claim: OutboxClaim, reason: str, now: datetime) -> None:
    """It is no longer owed: the signature has moved on."""
    _settle(connection, claim, "dropped", reason, now)


def postpone_mail(connection: Connection, claim: OutboxClaim, reason: str, due_at: datetime) -> None:
    """The attempt failed for now; try again at `due_at`."""
    given = {"id": claim.id, "attempt": claim.attempt, "due_at": due_at, "reason": reason[:200]}
    connection.execute(_POSTPONE, given)


def release_mails(connection: Connection, claims: Sequence[OutboxClaim], due_at: datetime) -> None:
    """Give back claims that were not attempted; they do not count as attempts."""
    for claim in claims:
        connection.execute(_RELEASE, {"id": claim.id, "attempt": claim.attempt, "due_at": due_at})


def has_due_mail(connection: Connection, now: datetime) -> bool:
    """Whether a mail is due."""
    return connection.execute(_ANY_DUE, {"now": now}).one_or_none() is not None


def oldest_owed_at(connection: Connection) -> datetime | None:
    """When the oldest mail still owed was promised; None where none is."""
    row = connection.execute(_OLDEST).one()
    return row.created_at  # type: ignore[no-any-return]


def _settle(connection: Connection, claim: OutboxClaim, state: str, reason: str, now: datetime) -> None:
    given = {"id": claim.id, "attempt": claim.attempt, "state": state, "reason": reason[:200], "now": now}
    connection.execute(_SETTLE, given)


def _claims(connection: Connection, ids: Sequence[int]) -> list[OutboxClaim]:
    if not ids:
        return []
    rows = connection.execute(_CLAIMED, {"ids": ids})
    return [OutboxClaim(**{**row._asdict(), "kind": MailKind(row.kind), "state": SignatureState(row.state)}) for row in rows]
