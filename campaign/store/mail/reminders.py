"""Reminders owed to signatories: who is due, in the order in which they signed, and how far each campaign has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Connection, bindparam, literal_column, select, update

from campaign.domain.mail.kinds import MAIL_KINDS, MailKind
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, rows_as, text_statement
from campaign.store.database.upsert import insert
from campaign.store.mail.signatory_mails import (
    ANYBODY,
    MailboxLimit,
    limit_columns_sql,
    limit_parameters,
    queue_ms,
)
from campaign.store.tables import campaigns, reminder_progress, signatures


@dataclass(frozen=True, slots=True)
class RemindedCampaign:
    """Campaign whose signatories may be reminded."""

    id: int
    closes_at: datetime
    verify_until: datetime


@dataclass(frozen=True, slots=True)
class ReminderPlace:
    """Place that reminding has come to: the last signature that was looked at."""

    signed_at: datetime
    signature_id: int


@dataclass(frozen=True, slots=True)
class ReminderCandidate:
    """Signature that was looked at."""

    id: int
    signed_at: datetime
    mailbox_hash: str
    details_edition: int
    is_due: bool


_CAMPAIGNS = (
    select(*columns_of(RemindedCampaign, campaigns))
    .where(
        campaigns.c.id > bindparam("after"),
        campaigns.c.reminders,
        campaigns.c.opens_at <= bindparam("now"),
        campaigns.c.verify_until > bindparam("now"),
        campaigns.c.published_at.is_not(None),
        campaigns.c.finalised_at.is_(None),
        campaigns.c.taken_down_at.is_(None),
        ~campaigns.c.paused,
    )
    .order_by(campaigns.c.id)
    .limit(bindparam("limit"))
)
# Text: the step first, by its index and bounded all the same; what each is asked then costs a look-up. Nobody is reminded
# of what a flag says is odd: a flood of other people's addresses ends with the first mail.
_STEP = text_statement(
    """WITH step AS (
        SELECT id, signed_at, mailbox_hash, details_edition, state, kind, erased_at, network, domain, source, name_key
        FROM signatures
        WHERE campaign_id = :campaign_id AND (signed_at, id) > (:after_at, :after_id) AND signed_at <= :until
        ORDER BY signed_at, id LIMIT :limit)
       SELECT id, signed_at, mailbox_hash, details_edition, (state = 'pending' AND kind = 'online' AND erased_at IS NULL
            AND EXISTS (SELECT 1 FROM outbox o WHERE o.signature_id = step.id AND o.kind = 'verify'
                AND o.state IN ('sent', 'unknown'))
            AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.signature_id = step.id
                AND (o.delivery IN ('soft', 'hard', 'complaint') OR o.state = 'owed'))
            AND NOT EXISTS (SELECT 1 FROM suppressions u WHERE u.mailbox_hash = step.mailbox_hash
                AND (u.expires_at IS NULL OR u.expires_at > :now))
            AND NOT EXISTS (SELECT 1 FROM flags f WHERE f.campaign_id = :campaign_id AND f.dismissed_at IS NULL
                AND f.since <= step.signed_at AND step.signed_at < f.before
                AND f.subject = CASE f.kind WHEN 'network' THEN step.network WHEN 'domain' THEN step.domain
                    WHEN 'source' THEN step.source WHEN 'name' THEN step.name_key END)) AS is_due
       FROM step ORDER BY signed_at, id""",
    bindparam("now", type_=UtcDateTime()),
    bindparam("after_at", type_=UtcDateTime()),
    bindparam("until", type_=UtcDateTime()),
    columns=(
        signatures.c.id,
        signatures.c.signed_at,
        signatures.c.mailbox_hash,
        signatures.c.details_edition,
        literal_column("is_due", Boolean()).label("is_due"),
    ),
)
# Text: INSERT … SELECT … ON CONFLICT. A reminder is owed only where the mailbox has room for it, and once for ever.
_ENQUEUE = text_statement(
    f"""INSERT INTO outbox (signature_id, kind, edition, mailbox_hash, priority, state, attempts, due_at, created_at, reason,
            queue_ms, dedupe_key)
        SELECT :signature_id, CAST(:kind AS VARCHAR(20)), CAST(:edition AS INTEGER), CAST(:mailbox_hash AS VARCHAR(32)),
               :priority, 'owed', 0, :now, :now, '', CAST(:now_ms AS BIGINT), CAST(:dedupe_key AS VARCHAR(120))
        FROM (SELECT {limit_columns_sql(":signature_id")}) counted
        WHERE of_mailbox < :max_mails AND of_campaign < :max_mails_per_campaign
        ON CONFLICT DO NOTHING""",
    bindparam("now", type_=UtcDateTime()),
    bindparam("since", type_=UtcDateTime()),
)
_PLACE = select(*columns_of(ReminderPlace, reminder_progress)).where(
    reminder_progress.c.campaign_id == bindparam("campaign_id"), reminder_progress.c.kind == bindparam("kind")
)
_new = insert(reminder_progress)
_SET_PLACE = _new.on_conflict_do_update(
    index_elements=[reminder_progress.c.campaign_id, reminder_progress.c.kind],
    set_={name: _new.excluded[name] for name in ("signed_at", "signature_id")},
)
_SWITCH = (
    update(campaigns)
    .where(campaigns.c.id == bindparam("of_id"), campaigns.c.reminders != bindparam("on", type_=Boolean()))
    .values(reminders=bindparam("on", type_=Boolean()))
)
_IS_ON = select(campaigns.c.reminders).where(campaigns.c.id == bindparam("of_id"))


def reminded_campaigns(connection: Connection, now: datetime, after: int, limit: int) -> list[RemindedCampaign]:
    """Campaigns, by id and above `after`, whose signatories may be reminded."""
    return rows_as(RemindedCampaign, connection.execute(_CAMPAIGNS, {"now": now, "after": after, "limit": limit}))


def reminder_place(connection: Connection, campaign_id: int, kind: MailKind) -> ReminderPlace | None:
    """How far one kind of reminder has come; None where none was owed yet."""
    found = rows_as(ReminderPlace, connection.execute(_PLACE, {"campaign_id": campaign_id, "kind": kind}))
    return found[0] if found else None


def next_candidates(
    connection: Connection, campaign_id: int, after: ReminderPlace, until: datetime, now: datetime, limit: int
) -> list[ReminderCandidate]:
    """The next signatures of a campaign after a place, due or not, in the order in which they were given."""
    given = {
        "campaign_id": campaign_id, "after_at": after.signed_at, "after_id": after.signature_id, "until": until, "now": now,
        "limit": limit,
    }  # fmt: skip
    return rows_as(ReminderCandidate, connection.execute(_STEP, given))


def enqueue_reminder(
    connection: Connection, kind: MailKind, candidate: ReminderCandidate, now: datetime, limit: MailboxLimit
) -> bool:
    """Owe a reminder about the details given first. False where the mailbox has had its share, or this reminder before."""
    given = limit_parameters(now, limit, ANYBODY) | {
        "signature_id": candidate.id, "kind": kind.value, "edition": candidate.details_edition,
        "mailbox_hash": candidate.mailbox_hash, "priority": MAIL_KINDS[kind].priority.value, "now": now,
        "now_ms": queue_ms(now), "dedupe_key": f"{kind.value}:{candidate.id}",
    }  # fmt: skip
    return connection.execute(_ENQUEUE, given).rowcount == 1


def set_reminder_place(connection: Connection, campaign_id: int, kind: MailKind, place: ReminderPlace) -> None:
    """Note how far one kind of reminder has come."""
    connection.execute(
        _SET_PLACE,
        {"campaign_id": campaign_id, "kind": kind, "signed_at": place.signed_at, "signature_id": place.signature_id},
    )


def are_reminders_on(connection: Connection, campaign_id: int) -> bool:
    """Whether a campaign reminds those who have not confirmed."""
    return bool(connection.execute(_IS_ON, {"of_id": campaign_id}).scalar_one())


def switch_reminders(connection: Connection, campaign_id: int, *, on: bool) -> bool:
    """Let a campaign remind, or not. False where that was so."""
    return connection.execute(_SWITCH, {"of_id": campaign_id, "on": on}).rowcount == 1
