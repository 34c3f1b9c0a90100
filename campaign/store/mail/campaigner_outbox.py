"""The outbox of mails to campaigners. A row is the promise; it is settled as sent, refused or dropped."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from campaign.domain.accounts.role import Role
from campaign.domain.mail.notice import DEFAULT_PRIORITY, PRIORITY, InvitationFacts, Notice, NoticeKind
from campaign.store.accounts import login_links
from campaign.store.database.statements import statement, supports_row_locks

_COLUMNS = """(kind, once, campaigner_id, campaign_id, invitation_id, facts, priority, state, attempts, due_at, created_at,
              settled_at, reason)"""
_ENQUEUE = statement(
    f"""INSERT INTO notices {_COLUMNS}
        VALUES (:kind, :once, :campaigner_id, :campaign_id, :invitation_id, :facts, :priority, 'owed', 0, :now, :now, NULL, '')
        ON CONFLICT DO NOTHING"""
)
# One statement, whoever asks: for an address of nobody the promise is dropped as it is made.
_CAMPAIGNER_ID = "(SELECT id FROM campaigners WHERE email_key = :email_key AND disabled_at IS NULL)"
_ENQUEUE_LOGIN_LINK = statement(
    f"""INSERT INTO notices {_COLUMNS}
        VALUES (:kind, NULL, {_CAMPAIGNER_ID}, NULL, NULL, :facts, :priority, CASE WHEN {_CAMPAIGNER_ID} IS NULL THEN
            'dropped' ELSE 'owed' END,
                0, :now, :now, CASE WHEN {_CAMPAIGNER_ID} IS NULL THEN :now END,
                CASE WHEN {_CAMPAIGNER_ID} IS NULL THEN 'nobody has this address' ELSE '' END)"""
)
# MATERIALIZED, so that no plan runs the locking subquery twice and claims more than it was told to.
_CLAIM, _CLAIM_LOCKED = (
    statement(
        f"""WITH due AS MATERIALIZED (
                SELECT id FROM notices WHERE state = 'owed' AND due_at <= :now ORDER BY priority, due_at, id LIMIT :most {lock})
            UPDATE notices SET attempts = attempts + 1, due_at = :due_at WHERE id IN (SELECT id FROM due)
            RETURNING id"""
    )
    for lock in ("", "FOR UPDATE SKIP LOCKED")
)
_CLAIMED = statement(
    """SELECT n.id, n.attempts AS attempt, n.kind, n.facts, n.created_at, n.campaigner_id, p.name, p.email, p.wants_alerts,
              p.wants_digest,
              p.disabled_at, c.slug, x.title, c.time_zone, n.invitation_id, i.key, i.email AS invited_email, i.role,
              i.expires_at, i.accepted_at, i.revoked_at, b.name AS inviter
       FROM notices n LEFT JOIN campaigners p ON p.id = n.campaigner_id
       LEFT JOIN campaigns c ON c.id = n.campaign_id LEFT JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash
       LEFT JOIN invitations i ON i.id = n.invitation_id LEFT JOIN campaigners b ON b.id = i.invited_by
       WHERE n.id IN :ids ORDER BY n.priority, n.id""",
    list_parameters=("ids",),
)
_SETTLE = statement(
    """UPDATE notices SET state = :state, settled_at = :now, reason = :reason
       WHERE id = :id AND attempts = :attempt AND state = 'owed'"""
)
_POSTPONE = statement(
    "UPDATE notices SET due_at = :due_at, reason = :reason WHERE id = :id AND attempts = :attempt AND state = 'owed'"
)
_RELEASE = statement(
    "UPDATE notices SET due_at = :due_at, attempts = attempts - 1 WHERE id = :id AND attempts = :attempt AND state = 'owed'"
)
_ANY_DUE = statement("SELECT 1 FROM notices WHERE state = 'owed' AND due_at <= :now LIMIT 1")
_WAS_ENQUEUED = statement("SELECT 1 FROM notices WHERE once = :once")
_LOGIN_LINK = statement(
    """SELECT e.id, e.key FROM notices n JOIN login_links e ON e.id = n.entrance_id
       WHERE n.id = :id AND e.used_at IS NULL AND e.expires_at > :now"""
)
_SET_LOGIN_LINK = statement("UPDATE notices SET entrance_id = :entrance_id WHERE id = :id")
# What is said once stays, so that it is not said again.
_DELETE_SETTLED = statement("DELETE FROM notices WHERE state <> 'owed' AND once IS NULL AND created_at < :before")


def enqueue_notice(
    connection: Connection,
    kind: str,
    now: datetime,
    *,
    campaigner_id: int | None = None,
    campaign_id: int | None = None,
    invitation_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    dedupe_key: str | None = None,
    priority: int | None = None,
) -> bool:
    """Owe a notice of a NoticeKind, to a campaigner or to whom an invitation is for.

    `facts` are what its templates tell: numbers, times and words of our own; nothing personal. What has a name in `once` is
    promised once for ever. False where it was before.
    """
    named = NoticeKind(kind)
    given = {
        "kind": named.value, "once": dedupe_key, "campaigner_id": campaigner_id, "campaign_id": campaign_id,
        "invitation_id": invitation_id, "facts": json.dumps(dict(facts or {})),
        "priority": PRIORITY.get(named, DEFAULT_PRIORITY) if priority is None else priority, "now": now,
    }  # fmt: skip
    return connection.execute(_ENQUEUE, given).rowcount == 1


def enqueue_login_link(connection: Connection, email_key: str, next_path: str, now: datetime) -> None:
    """Owe a link to sign in with to whoever has this address, if anybody has; either way it takes as long.

    `wanted` is the path of the desk they want to come to.
    """
    given = {
        "kind": NoticeKind.SIGN_IN.value, "email_key": email_key, "facts": json.dumps({"next": next_path}),
        "priority": PRIORITY[NoticeKind.SIGN_IN], "now": now,
    }  # fmt: skip
    connection.execute(_ENQUEUE_LOGIN_LINK, given)


def was_enqueued(connection: Connection, dedupe_key: str) -> bool:
    """Whether what has this name in `once` was promised before."""
    return connection.execute(_WAS_ENQUEUED, {"once": dedupe_key}).one_or_none() is not None


def claim_notices(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[Notice]:
    """Claim up to `most` due notices for one attempt each, the most urgent first.

    A claim lasts for `lease`: if no result is recorded by then, the notice is due again.
    """
    sql = _CLAIM_LOCKED if supports_row_locks(connection) else _CLAIM
    ids = connection.execute(sql, {"now": now, "due_at": now + lease, "most": limit}).scalars().all()
    return [_notice_from_row(row) for row in connection.execute(_CLAIMED, {"ids": ids})] if ids else []


def login_link_of(connection: Connection, notice: Notice, key: str, now: datetime, lifetime: timedelta) -> tuple[int, str]:
    """The link a notice carries, by number and key: that of an earlier attempt while it is good, else a new one with `key`."""
    row = connection.execute(_LOGIN_LINK, {"id": notice.id, "now": now}).one_or_none()
    if row is not None:
        return row.id, row.key
    if notice.campaigner_id is None:
        raise LookupError("a link to sign in with is for a campaigner")
    entrance_id = login_links.add_login_link(connection, key, notice.campaigner_id, now, now + lifetime)
    connection.execute(_SET_LOGIN_LINK, {"id": notice.id, "entrance_id": entrance_id})
    return entrance_id, key


def settle_notice(connection: Connection, notice: Notice, state: str, now: datetime, reason: str = "") -> None:
    """What came of it: `sent`, `refused` for good, or `dropped` because it is no longer owed."""
    given = {"id": notice.id, "attempt": notice.attempt, "state": state, "reason": reason[:200], "now": now}
    connection.execute(_SETTLE, given)


def postpone_notice(connection: Connection, notice: Notice, reason: str, due_at: datetime) -> None:
    """The attempt failed for now; try again at `due_at`."""
    given = {"id": notice.id, "attempt": notice.attempt, "due_at": due_at, "reason": reason[:200]}
    connection.execute(_POSTPONE, given)


def release_notices(connection: Connection, claims: Sequence[Notice], due_at: datetime) -> None:
    """Give back claims that were not attempted; they do not count as attempts."""
    for notice in claims:
        connection.execute(_RELEASE, {"id": notice.id, "attempt": notice.attempt, "due_at": due_at})


def has_due_notice(connection: Connection, now: datetime) -> bool:
    """Whether a notice is due."""
    return connection.execute(_ANY_DUE, {"now": now}).one_or_none() is not None


def delete_settled(connection: Connection, before: datetime) -> None:
    """Remove what was settled and made before a time, but for what is said once for ever."""
    connection.execute(_DELETE_SETTLED, {"before": before})


def _notice_from_row(row: Row[Any]) -> Notice:
    invited = None
    if row.invitation_id is not None:
        invited = InvitationFacts(
            row.invitation_id, row.key, row.invited_email, Role(row.role) if row.role else None, row.inviter or "",
            row.expires_at, is_open=row.accepted_at is None and row.revoked_at is None,
        )  # fmt: skip
    return Notice(
        id=row.id, attempt=row.attempt, kind=NoticeKind(row.kind), facts=row.facts, created_at=row.created_at,
        campaigner_id=row.campaigner_id, name=row.name or "", email=invited.email if invited else row.email or "",
        wants_alerts=bool(row.wants_alerts), wants_digest=bool(row.wants_digest),
        disabled=row.disabled_at is not None, slug=row.slug or "",
        title=row.title or "", time_zone=row.time_zone or "Europe/London", invitation=invited,
    )  # fmt: skip
