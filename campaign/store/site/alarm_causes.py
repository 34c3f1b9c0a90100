"""Causes of alarms about mail: floods that wait in the outbox, and mails that come back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, func, literal_column, select

from campaign.domain.mail.kinds import MailKind, MailPriority
from campaign.store.database.statements import rows_as
from campaign.store.mail.signatory_mails import queue_ms
from campaign.store.tables import campaigns, cohort_tallies, outbox, signatures

_MAX_WAITING_MAILS = 5_000
"""Mails of the queue that are looked at."""


@dataclass(frozen=True, slots=True)
class WaitingFlood:
    """Mails of a campaign that wait behind others of their network."""

    campaign_id: int
    waiting: int


@dataclass(frozen=True, slots=True)
class BounceCount:
    """Verification mails of a campaign: those with an answer, and those that were refused or came back."""

    campaign_id: int
    mails: int
    bounced: int


_WAITING = (
    select(outbox.c.signature_id, outbox.c.network_key)
    .where(
        outbox.c.state == literal_column("'owed'"),
        outbox.c.priority == MailPriority.VERIFICATION.value,
        outbox.c.kind == MailKind.VERIFY,
        outbox.c.queue_ms > bindparam("place"),
        outbox.c.network_key.is_not(None),
        # What a server has put off, or a limit, waits for something else.
        outbox.c.attempts == 0,
        outbox.c.due_at <= bindparam("now"),
    )
    .limit(_MAX_WAITING_MAILS)
    .cte("waiting")
)
_BY_NETWORK = (
    select(signatures.c.campaign_id, func.count().label("waiting"))
    .join_from(_WAITING, signatures, signatures.c.id == _WAITING.c.signature_id)
    .group_by(signatures.c.campaign_id, _WAITING.c.network_key)
    .having(func.count() >= bindparam("min_waiting"))
    .subquery()
)
_FLOODS = select(_BY_NETWORK.c.campaign_id, func.max(_BY_NETWORK.c.waiting).label("waiting")).group_by(
    _BY_NETWORK.c.campaign_id
)
_ANSWERED = func.sum(cohort_tallies.c.sent + cohort_tallies.c.refused)
_BOUNCED = func.sum(cohort_tallies.c.refused + cohort_tallies.c.bounced)
_BOUNCES = (
    select(cohort_tallies.c.campaign_id, _ANSWERED.label("mails"), _BOUNCED.label("bounced"))
    .where(
        cohort_tallies.c.campaign_id.in_(
            select(campaigns.c.id).where(
                campaigns.c.opens_at <= bindparam("now"),
                campaigns.c.verify_until > bindparam("now"),
                campaigns.c.published_at.is_not(None),
            )
        ),
        cohort_tallies.c.hour >= bindparam("since"),
    )
    .group_by(cohort_tallies.c.campaign_id)
    .having(bindparam("min_mails", type_=Integer()) <= _ANSWERED)
)


def waiting_floods(connection: Connection, now: datetime, place: datetime, min_waiting: int) -> list[WaitingFlood]:
    """Campaigns with so many mails from one network whose place in the queue is after a moment."""
    given = {"now": now, "place": queue_ms(place), "min_waiting": min_waiting}
    return rows_as(WaitingFlood, connection.execute(_FLOODS, given))


def bounce_counts(connection: Connection, now: datetime, since: datetime, min_mails: int) -> list[BounceCount]:
    """What became of the verification mails of open campaigns to who signed since a time, where there are enough of them."""
    rows = connection.execute(_BOUNCES, {"now": now, "since": since, "min_mails": min_mails})
    return [BounceCount(row.campaign_id, int(row.mails), int(row.bounced)) for row in rows]
