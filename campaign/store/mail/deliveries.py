"""Deliveries: what became of mails later, and the events that told so."""

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, delete, false, literal_column, or_, update

from campaign.domain.mail.delivery import DELIVERY_ORDER, Delivery
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import text_statement
from campaign.store.tables import mail_events, outbox

# Text for ON CONFLICT.
_RECORD = text_statement(
    "INSERT INTO mail_events (event_hash, received_at) VALUES (:event_hash, :now) ON CONFLICT DO NOTHING",
    bindparam("now", type_=UtcDateTime()),
)
_DELETE_OLD = delete(mail_events).where(mail_events.c.received_at < bindparam("before"))
# A mail of which something is told was taken, also where nobody has stored that, or the server never said so: it is settled
# by this, and not sent again. Events can be faster than the worker that sent the mail.
_NOT_SETTLED = or_(
    outbox.c.state == literal_column("'unknown'"),
    and_(outbox.c.state == literal_column("'owed'"), outbox.c.attempts > 0),
)
_SET = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("mail_id"),
        outbox.c.delivery.in_(bindparam("lower", expanding=True)),
        or_(outbox.c.state == literal_column("'sent'"), _NOT_SETTLED),
    )
    .values(
        delivery=bindparam("new_delivery"),
        delivery_at=bindparam("now"),
        delivery_status=bindparam("status"),
        settled_at=case((_NOT_SETTLED, bindparam("now", type_=UtcDateTime())), else_=outbox.c.settled_at),
        # The funnel has it as unknown: it is to look again.
        tallied=case((outbox.c.state == literal_column("'unknown'"), false()), else_=outbox.c.tallied),
        state=case((_NOT_SETTLED, literal_column("'sent'")), else_=outbox.c.state),
    )
    .returning(outbox.c.mailbox_hash)
)


def record_event(connection: Connection, event_hash: str, now: datetime) -> bool:
    """Note that an event was taken in. False where it was before."""
    return connection.execute(_RECORD, {"event_hash": event_hash, "now": now}).rowcount == 1


def delete_old_events(connection: Connection, before: datetime) -> None:
    """Forget events that came before a time."""
    connection.execute(_DELETE_OLD, {"before": before})


def set_delivery(connection: Connection, mail_id: int, delivery: Delivery, status: str, now: datetime) -> str | None:
    """Note what became of a mail; its mailbox's hash, "" for a campaigner's. None where more was known, or it never left."""
    lower = DELIVERY_ORDER[: DELIVERY_ORDER.index(delivery)]
    given = {"mail_id": mail_id, "lower": list(lower), "new_delivery": delivery, "status": status[:12], "now": now}
    row = connection.execute(_SET, given).one_or_none()
    return None if row is None else str(row.mailbox_hash)
