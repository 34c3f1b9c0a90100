"""Decisions on whether a grace grows by an outage of mail: one for each deadline of a campaign."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from campaign.domain.campaigns.mail_outage import GraceExtension, OwedMail
from campaign.domain.mail.kinds import MailKind
from campaign.store.database.upsert import insert as upsert
from campaign.store.tables import campaigns, grace_decisions, outbox, signatures

MAX_MAILS = 50_000
"""The newest mails that an outage is measured by."""

_IS_DUE = (
    campaigns.c.finalised_at.is_(None),
    campaigns.c.published_at.is_not(None),
    campaigns.c.verify_until <= bindparam("ends_before"),
    ~exists(grace_decisions.c.campaign_id).where(
        grace_decisions.c.campaign_id == campaigns.c.id, grace_decisions.c.closes_at == campaigns.c.closes_at
    ),
)
_DUE = select(campaigns.c.id).where(*_IS_DUE).order_by(campaigns.c.id).limit(bindparam("limit"))
_DUE_ONE = select(campaigns.c.closes_at, campaigns.c.verify_until).where(campaigns.c.id == bindparam("campaign_id"), *_IS_DUE)
_ADDED = select(grace_decisions.c.closes_at, grace_decisions.c.added_seconds).where(
    grace_decisions.c.campaign_id == bindparam("campaign_id")
)
_MAILS = (
    select(
        signatures.c.domain, outbox.c.created_at, outbox.c.queue_ms, outbox.c.attempts, outbox.c.due_at, outbox.c.state,
        outbox.c.settled_at,
    )
    .join_from(signatures, outbox, outbox.c.signature_id == signatures.c.id)
    .where(
        signatures.c.campaign_id == bindparam("campaign_id"),
        signatures.c.signed_at >= bindparam("since"),
        signatures.c.domain != "",
        outbox.c.kind == MailKind.VERIFY,
        outbox.c.created_at >= bindparam("since"),
        outbox.c.created_at < bindparam("closes_at"),
        or_(
            outbox.c.state == "sent",
            # What nobody waits for any more, since they have confirmed or withdrawn, does not count.
            and_(outbox.c.state == "owed", signatures.c.state == "pending"),
            # At the end of the grace what is still owed is dropped.
            and_(
                outbox.c.state == "dropped", signatures.c.state == "pending", outbox.c.settled_at >= bindparam("verify_until")
            ),
        ),
    )
    .order_by(signatures.c.signed_at.desc(), signatures.c.id.desc())
    .limit(MAX_MAILS)
)  # fmt: skip
_DECIDE = upsert(grace_decisions).on_conflict_do_nothing()
_EXTEND = (
    update(campaigns)
    .where(
        campaigns.c.id == bindparam("of_id"),
        campaigns.c.finalised_at.is_(None),
        campaigns.c.closes_at == bindparam("of_deadline"),
        campaigns.c.verify_until == bindparam("until_now"),
    )
    .values(verify_until=bindparam("new_end"), revision=campaigns.c.revision + 1)
)


def due_campaign_ids(connection: Connection, ends_before: datetime, limit: int) -> list[int]:
    """Campaigns whose grace ends before a time, and for whose deadline nothing is decided yet."""
    return list(connection.execute(_DUE, {"ends_before": ends_before, "limit": limit}).scalars())


def due_window(connection: Connection, campaign_id: int, ends_before: datetime) -> tuple[datetime, datetime] | None:
    """Deadline and end of the grace of a campaign for which it is to be decided now; None where it is not."""
    row = connection.execute(_DUE_ONE, {"campaign_id": campaign_id, "ends_before": ends_before}).one_or_none()
    return None if row is None else (row.closes_at, row.verify_until)


def added_so_far(connection: Connection, campaign_id: int, closes_at: datetime | None = None) -> timedelta:
    """What outages have added to a campaign's grace: that of one deadline, or of all together."""
    rows = connection.execute(_ADDED, {"campaign_id": campaign_id})
    return timedelta(seconds=sum(row.added_seconds for row in rows if closes_at in (None, row.closes_at)))


def mails_before_deadline(
    connection: Connection, campaign_id: int, since: datetime, closes_at: datetime, verify_until: datetime, until: datetime
) -> list[OwedMail]:
    """The newest verification mails that were promised before a deadline, and whose turn had come by `until`."""
    given = {"campaign_id": campaign_id, "since": since, "closes_at": closes_at, "verify_until": verify_until}
    found = []
    for row in connection.execute(_MAILS, given):
        taken_at = row.settled_at if row.state == "sent" else None
        # Once a server has put a mail off, its place says when it is tried again.
        turn = datetime.fromtimestamp(row.queue_ms / 1000, UTC) if row.attempts <= 1 else row.created_at
        owed_from = min(max(row.created_at, turn), taken_at or until)
        if row.attempts or row.state != "owed" or row.due_at <= until:
            found.append(OwedMail(row.domain, owed_from, taken_at))
    return found


def record_decision(
    connection: Connection, campaign_id: int, closes_at: datetime, extension: GraceExtension | None, now: datetime
) -> bool:
    """Record what was decided for a deadline. False where another has decided."""
    outage = extension.outage if extension else None
    given = {
        "campaign_id": campaign_id, "closes_at": closes_at, "provider": outage.provider if outage else "",
        "began_at": outage.began_at if outage else None, "ended_at": outage.ended_at if outage else None,
        "added_seconds": int(extension.added.total_seconds()) if extension else 0, "decided_at": now,
    }  # fmt: skip
    return connection.execute(_DECIDE, given).rowcount == 1


def extend_grace(
    connection: Connection, campaign_id: int, closes_at: datetime, verify_until: datetime, new_end: datetime
) -> bool:
    """Put the end of a grace off. False where the total is final, or deadline or grace were moved meanwhile."""
    given = {"of_id": campaign_id, "of_deadline": closes_at, "until_now": verify_until, "new_end": new_end}
    return connection.execute(_EXTEND, given).rowcount == 1
