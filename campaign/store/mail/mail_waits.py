"""Times that the newest verification mails took, and how many wait: what is said about mail in general is measured by these."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, func, literal_column, or_, select

from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MailKind, MailPriority
from campaign.store.mail.signatory_mails import queue_ms
from campaign.store.tables import outbox, signatures

MAX_MAILS = 2_000
"""The newest mails that are looked at."""
MAX_WAITING = 20_000
"""Mails of the queue that are counted."""
_OWN_QUEUE_MS = 60_000
"""Milliseconds of its place after its promise from which a mail waits behind others of its network or domain."""
_UNREPORTED_SECONDS = 60
"""Seconds for which a mail that is still owed says nothing yet."""


@dataclass(frozen=True, slots=True)
class WaitingMails:
    """Verification mails that wait to be sent."""

    fair: int
    """Those whose turn it is."""
    behind: int
    """Those behind others of their network or domain."""
    sent_last_minute: int


_NEWEST = (
    select(
        outbox.c.signature_id, outbox.c.kind, outbox.c.state, outbox.c.attempts, outbox.c.due_at, outbox.c.created_at,
        outbox.c.settled_at, outbox.c.delivery, outbox.c.delivery_at, outbox.c.queue_ms,
    )
    .order_by(outbox.c.id.desc())
    .limit(MAX_MAILS)
    .cte("newest")
)  # fmt: skip
_WAITS = (
    select(
        signatures.c.domain, _NEWEST.c.created_at, _NEWEST.c.state, _NEWEST.c.attempts, _NEWEST.c.due_at, _NEWEST.c.queue_ms,
        case(
            (_NEWEST.c.delivery.in_([Delivery.DELIVERED.value, Delivery.COMPLAINT.value]), _NEWEST.c.delivery_at),
            else_=_NEWEST.c.settled_at,
        ).label("ended_at"),
    )
    .join_from(_NEWEST, signatures, signatures.c.id == _NEWEST.c.signature_id)
    .where(
        _NEWEST.c.kind == MailKind.VERIFY,
        _NEWEST.c.created_at >= bindparam("since"),
        _NEWEST.c.state.in_(["owed", "sent"]),
        signatures.c.domain != "",
    )
)  # fmt: skip
_QUEUE = (
    select(outbox.c.queue_ms)
    .where(
        outbox.c.state == literal_column("'owed'"),
        outbox.c.priority <= MailPriority.VERIFICATION.value,
        or_(outbox.c.due_at <= bindparam("now"), and_(outbox.c.attempts > 0, outbox.c.due_at <= bindparam("soon"))),
    )
    .order_by(outbox.c.priority, outbox.c.queue_ms)
    .limit(MAX_WAITING)
    .subquery()
)
_WAITING = select(
    func.count().label("every"),
    func.coalesce(func.sum(case((_QUEUE.c.queue_ms > bindparam("place"), 1), else_=0)), 0).label("behind"),
)
_SENT = select(func.count()).select_from(_NEWEST).where(_NEWEST.c.settled_at >= bindparam("minute_ago"))
_LAST_PLACE = select(func.max(outbox.c.queue_ms)).where(
    outbox.c.state == literal_column("'owed'"),
    outbox.c.network_key.is_not(None),
    outbox.c.network_key == bindparam("network_key"),
)


def newest_waits(connection: Connection, now: datetime, since: datetime) -> list[tuple[str, float]]:
    """Domain and seconds of each of the newest verification mails promised since a time.

    One that has not gone counts with the time until now. One that waits behind others of its own network, or for a limit of
    its mailbox, says nothing about mail.
    """
    found = []
    for row in connection.execute(_WAITS, {"since": since}):
        # Once a server has put it off, its place says when it is tried again.
        behind_own = row.attempts <= 1 and row.queue_ms - queue_ms(row.created_at) > _OWN_QUEUE_MS and row.ended_at is not None
        not_its_turn = row.attempts == 0 and (row.queue_ms > queue_ms(now) or row.due_at > now)
        if behind_own or not_its_turn:
            continue
        waited = ((row.ended_at or now) - row.created_at).total_seconds()
        if row.ended_at is not None or waited >= _UNREPORTED_SECONDS:
            found.append((row.domain, max(0.0, waited)))
    return found


def waiting_mails(connection: Connection, now: datetime, soon: datetime, place: datetime, minute_ago: datetime) -> WaitingMails:
    """How many wait, those whose place is after a moment apart, and how many have gone since another."""
    row = connection.execute(_WAITING, {"now": now, "soon": soon, "place": queue_ms(place)}).one()
    sent = connection.execute(_SENT, {"minute_ago": minute_ago}).scalar_one()
    return WaitingMails(row.every - int(row.behind), int(row.behind), sent)


def last_place_ms(connection: Connection, network_key: int) -> int | None:
    """The last place in the queue, in milliseconds of the epoch, of mails caused from a network; None where none is owed."""
    place: int | None = connection.execute(_LAST_PLACE, {"network_key": network_key}).scalar_one()
    return place
