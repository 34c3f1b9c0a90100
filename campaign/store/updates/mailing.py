"""Mailing of an update: promised to all who asked for updates, step by step in the order of signatures; and what came of it.

No step depends on what the last one said: each begins after the last signature that a committed step has looked at, and the
unique index `uq_outbox_update` lets nobody have a second copy.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, false, func, literal_column, or_, select, update

from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MAIL_KINDS, MailKind
from campaign.domain.updates.update import MailingState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import text_statement
from campaign.store.mail.signatory_mails import queue_ms
from campaign.store.tables import corrections, outbox, signatures, suppressions, updates
from campaign.store.updates.updates import Update, get_by_id


@dataclass(frozen=True, slots=True)
class MailingCounts:
    """Counts of the mails of one update. Nobody is watched opening or following anything."""

    owed: int
    sent: int
    refused: int
    dropped: int
    """Not sent after all: withdrawn, unsubscribed, suppressed or stopped meanwhile."""
    unknown: int
    bounced: int
    """Of those sent."""
    complaints: int


_ASKED = and_(
    signatures.c.campaign_id == bindparam("campaign_id"),
    signatures.c.state == literal_column("'verified'"),
    signatures.c.updates,
    # Who has asked since the update was published did not ask for this one.
    signatures.c.updates_at <= bindparam("published_at", type_=UtcDateTime()),
    signatures.c.updates_wording != "",
    signatures.c.erased_at.is_(None),
    signatures.c.email != "",
)
_NEXT = (
    select(signatures.c.id)
    .where(_ASKED, signatures.c.id > bindparam("after"))
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
    .subquery()
)
_STEP_END = select(func.max(_NEXT.c.id))
_IN_FORCE = or_(suppressions.c.expires_at.is_(None), suppressions.c.expires_at > bindparam("now", type_=UtcDateTime()))
_RECIPIENTS = select(func.count()).select_from(signatures).where(
    _ASKED, ~select(suppressions.c.reason).where(suppressions.c.mailbox_hash == signatures.c.mailbox_hash, _IN_FORCE).exists()
)  # fmt: skip
# Text: INSERT … SELECT … ON CONFLICT, which Core has only as a construct of each database. The conditions are those of _ASKED.
# `edition` is the update's number: a mail owed is one for each signature, kind and edition.
_ENQUEUE = text_statement(
    f"""INSERT INTO outbox (signature_id, kind, edition, mailbox_hash, priority, state, attempts, due_at, created_at, reason,
                            queue_ms, update_id)
        SELECT s.id, '{MailKind.UPDATE}', :number, s.mailbox_hash, {MAIL_KINDS[MailKind.UPDATE].priority.value}, 'owed', 0,
               :now, :now, '', :queue_ms, :update_id
        FROM signatures s
        WHERE s.campaign_id = :campaign_id AND s.id > :after AND s.id <= :last AND s.state = 'verified' AND s.updates
          AND s.updates_at <= :published_at AND s.updates_wording <> '' AND s.erased_at IS NULL AND s.email <> ''
          AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.mailbox_hash = s.mailbox_hash
                          AND (x.expires_at IS NULL OR x.expires_at > :now))
        ORDER BY s.id
        ON CONFLICT DO NOTHING""",
    bindparam("now", type_=UtcDateTime()),
    bindparam("published_at", type_=UtcDateTime()),
)
_LOCK = select(updates.c.id).where(updates.c.id == bindparam("update_id")).with_for_update()
_DUE = (
    select(updates.c.id)
    .where(updates.c.mailing.in_([literal_column("'running'"), literal_column("'stopping'")]))
    .order_by(updates.c.id)
    .limit(bindparam("limit"))
)
_OF_ID = update(updates).where(updates.c.id == bindparam("of_id"))
_RECORD_STEP = _OF_ID.values(
    last_signature_id=bindparam("last"), enqueued=updates.c.enqueued + bindparam("added", type_=updates.c.enqueued.type)
)
_SET_STATE = _OF_ID.where(updates.c.mailing.in_(bindparam("from_states", expanding=True))).values(mailing=bindparam("to_state"))
_COUNT_UNSUBSCRIBED = _OF_ID.values(unsubscribed=updates.c.unsubscribed + 1)
_OF_UPDATE = and_(outbox.c.update_id == bindparam("of_update"), outbox.c.update_id.is_not(None))
_SOME_OWED = select(outbox.c.id).where(_OF_UPDATE, outbox.c.state == literal_column("'owed'")).limit(bindparam("limit"))
_DROP_OWED = (
    update(outbox)
    .where(outbox.c.id.in_(_SOME_OWED.scalar_subquery()), outbox.c.state == literal_column("'owed'"))
    .values(state="dropped", settled_at=bindparam("now"), reason=bindparam("why"))
)


def _count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_BOUNCES = outbox.c.delivery.in_([Delivery.SOFT_BOUNCE, Delivery.HARD_BOUNCE])
_COUNTS = select(
    *(_count_where(outbox.c.state == state).label(state) for state in ("owed", "sent", "refused", "dropped", "unknown")),
    _count_where(_BOUNCES).label("bounced"),
    _count_where(outbox.c.delivery == Delivery.COMPLAINT).label("complaints"),
).where(_OF_UPDATE)
_END_CONSENT = (
    update(signatures)
    .where(signatures.c.id == bindparam("of_id"), signatures.c.link_key == bindparam("with_link_key"), signatures.c.updates)
    .values(updates=false(), updates_wording="", updates_at=None)
)
_END_GIVEN_CONSENTS = (
    update(corrections)
    .where(
        corrections.c.signature_id.in_(
            select(signatures.c.id).where(
                signatures.c.id == bindparam("of_id"), signatures.c.link_key == bindparam("with_link_key")
            )
        ),
        corrections.c.updates,
    )
    .values(updates=false(), updates_wording="", updates_at=None)
)


def count_recipients(connection: Connection, campaign_id: int, now: datetime) -> int:
    """How many would be mailed an update that is published now."""
    given = {"campaign_id": campaign_id, "published_at": now, "now": now}
    return int(connection.execute(_RECIPIENTS, given).scalar_one())


def due_mailing_ids(connection: Connection, limit: int) -> list[int]:
    """Ids of updates whose mailing has steps left."""
    return list(connection.execute(_DUE, {"limit": limit}).scalars())


def get_for_update(connection: Connection, update_id: int) -> Update | None:
    """One update, its row locked until the transaction ends: one worker at a time does a step of its mailing."""
    connection.execute(_LOCK, {"update_id": update_id})
    return get_by_id(connection, update_id)


def enqueue_step(connection: Connection, of: Update, limit: int, now: datetime) -> int | None:
    """Promise an update to the next `limit` of those who asked for updates; how many mails. None where none is left."""
    given = {
        "campaign_id": of.campaign_id, "published_at": of.published_at, "after": of.last_signature_id, "limit": limit,
    }  # fmt: skip
    last = connection.execute(_STEP_END, given).scalar_one()
    if last is None:
        return None
    more = {"number": of.number, "update_id": of.id, "last": last, "now": now, "queue_ms": queue_ms(now)}
    del given["limit"]
    added = connection.execute(_ENQUEUE, given | more).rowcount
    connection.execute(_RECORD_STEP, {"of_id": of.id, "last": last, "added": added})
    return added


def drop_step(connection: Connection, update_id: int, limit: int, reason: str, now: datetime) -> int:
    """Drop up to `limit` of an update's mails that are still owed; how many."""
    return connection.execute(_DROP_OWED, {"of_update": update_id, "limit": limit, "why": reason, "now": now}).rowcount


def set_mailing(connection: Connection, update_id: int, to: MailingState, *from_states: MailingState) -> bool:
    """Move the mailing of an update on. False where it is in none of `from_states`."""
    given = {"of_id": update_id, "to_state": to, "from_states": list(from_states)}
    return connection.execute(_SET_STATE, given).rowcount == 1


def mailing_counts(connection: Connection, update_id: int) -> MailingCounts:
    """What became of an update's mails."""
    return MailingCounts(**connection.execute(_COUNTS, {"of_update": update_id}).one()._asdict())


def end_updates_consent(connection: Connection, signature_id: int, link_key: str) -> bool:
    """End the consent of a signature to updates, whatever its state. False where there was none."""
    given = {"of_id": signature_id, "with_link_key": link_key}
    connection.execute(_END_GIVEN_CONSENTS, given)
    return connection.execute(_END_CONSENT, given).rowcount == 1


def count_unsubscribed(connection: Connection, update_id: int) -> None:
    """Count that a consent ended by a link in an update's mail."""
    connection.execute(_COUNT_UNSUBSCRIBED, {"of_id": update_id})
