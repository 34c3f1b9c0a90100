"""Data-protection complaints: stored, listed, closed with a note, and erased some time after that."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from campaign.domain.mail.kinds import MailKind
from campaign.domain.privacy.acknowledgement import AcknowledgementMail
from campaign.domain.privacy.complaint import Complaint
from campaign.store.accounts.memberships import OWNERS
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import campaigners, campaigns, complaints, outbox, texts


@dataclass(frozen=True, slots=True)
class ListedComplaint:
    """Complaint in the list of the whole site, without what it says."""

    id: int
    slug: str
    title: str
    created_at: datetime
    closed_at: datetime | None


_ADD = insert(complaints).returning(complaints.c.id)
_COUNT_SINCE = select(func.count()).where(
    complaints.c.campaign_id == bindparam("campaign_id"), complaints.c.created_at > bindparam("since")
)
_COUNT_OPEN = select(func.count()).where(
    complaints.c.campaign_id == bindparam("campaign_id"), complaints.c.closed_at.is_(None)
)  # fmt: skip
_COMPLAINT = (
    select(*columns_of(Complaint, complaints, closed_by=func.coalesce(campaigners.c.name, "")))
    .select_from(complaints)
    .outerjoin(campaigners, campaigners.c.id == complaints.c.closed_by)
    .where(complaints.c.campaign_id == bindparam("campaign_id"))
)
_LIST = (
    _COMPLAINT.where(complaints.c.id < bindparam("before_id")).order_by(complaints.c.id.desc()).limit(bindparam("limit"))
)  # fmt: skip
_GET = _COMPLAINT.where(complaints.c.id == bindparam("complaint_id"))
_LIST_ALL = (
    select(*columns_of(ListedComplaint, complaints, slug=campaigns.c.slug, title=texts.c.title))
    .join(campaigns, campaigns.c.id == complaints.c.campaign_id)
    .join(texts, (texts.c.campaign_id == campaigns.c.id) & (texts.c.hash == campaigns.c.text_hash))
    .where(complaints.c.id < bindparam("before_id"))
    .order_by(complaints.c.id.desc())
    .limit(bindparam("limit"))
)
_CLOSE = (
    update(complaints)
    .where(
        complaints.c.campaign_id == bindparam("of_campaign"), complaints.c.id == bindparam("complaint_id"),
        complaints.c.closed_at.is_(None),
    )
    .values(closed_at=bindparam("now"), closed_by=bindparam("closer_id"), note=bindparam("closing_note"))
)  # fmt: skip
# Owed in the transaction of the complaint, as of the same time. Mails to no signatory have no hash, so that an index finds it.
_ACKNOWLEDGEMENTS = (
    select(outbox.c.state, outbox.c.delivery, outbox.c.facts)
    .where(
        outbox.c.mailbox_hash == "", outbox.c.created_at == bindparam("at"),
        outbox.c.kind == MailKind.COMPLAINT_RECEIVED, outbox.c.campaign_id == bindparam("campaign_id"),
    )
)  # fmt: skip
_OWNERS = (
    select(OWNERS.c.campaigner_id)
    .join(campaigners, campaigners.c.id == OWNERS.c.campaigner_id)
    .where(OWNERS.c.campaign_id == bindparam("campaign_id"), campaigners.c.disabled_at.is_(None), campaigners.c.email != "")
    .order_by(OWNERS.c.campaigner_id)
)
_OLD_CLOSED = (
    select(complaints.c.id)
    .where(complaints.c.closed_at < bindparam("before"), complaints.c.erased_at.is_(None))
    .order_by(complaints.c.id)
    .limit(bindparam("limit"))
)
_ERASE = (
    update(complaints)
    .where(complaints.c.id.in_(bindparam("ids", expanding=True)))
    .values(name="", email="", text="", note="", erased_at=bindparam("now"))
)


def add_complaint(
    connection: Connection, campaign_id: int, name: str, email: str, text: str, language: str, now: datetime
) -> int:
    """Store a complaint; returns its number."""
    given = {
        "campaign_id": campaign_id, "name": name, "email": email, "text": text, "language": language, "created_at": now,
    }  # fmt: skip
    return int(connection.execute(_ADD, given).scalar_one())


def count_since(connection: Connection, campaign_id: int, since: datetime) -> int:
    """How many complaints a campaign got after a time."""
    return int(connection.execute(_COUNT_SINCE, {"campaign_id": campaign_id, "since": since}).scalar_one())


def count_open(connection: Connection, campaign_id: int) -> int:
    """How many complaints of a campaign nobody has closed."""
    return int(connection.execute(_COUNT_OPEN, {"campaign_id": campaign_id}).scalar_one())


def list_complaints(connection: Connection, campaign_id: int, before_id: int, limit: int) -> list[Complaint]:
    """Complaints of a campaign with numbers below `before_id`, the newest first."""
    given = {"campaign_id": campaign_id, "before_id": before_id, "limit": limit}
    return rows_as(Complaint, connection.execute(_LIST, given))


def list_all(connection: Connection, before_id: int, limit: int) -> list[ListedComplaint]:
    """Complaints of all campaigns with numbers below `before_id`, the newest first."""
    return rows_as(ListedComplaint, connection.execute(_LIST_ALL, {"before_id": before_id, "limit": limit}))


def get_complaint(connection: Connection, campaign_id: int, complaint_id: int) -> Complaint | None:
    """A complaint of a campaign."""
    row = connection.execute(_GET, {"campaign_id": campaign_id, "complaint_id": complaint_id}).one_or_none()
    return None if row is None else Complaint(**row._asdict())


def close_complaint(
    connection: Connection, campaign_id: int, complaint_id: int, campaigner_id: int | None, note: str, now: datetime
) -> bool:
    """Close a complaint; False where it is closed already, or not there."""
    given = {
        "of_campaign": campaign_id, "complaint_id": complaint_id, "closer_id": campaigner_id, "closing_note": note, "now": now,
    }  # fmt: skip
    return connection.execute(_CLOSE, given).rowcount == 1


def find_acknowledgement(connection: Connection, complaint: Complaint) -> AcknowledgementMail | None:
    """The mail which says that a complaint has arrived; None where none was owed, or it is no longer kept."""
    given = {"at": complaint.created_at, "campaign_id": complaint.campaign_id}
    rows = connection.execute(_ACKNOWLEDGEMENTS, given)
    return next((AcknowledgementMail(row.state, row.delivery) for row in rows if row.facts["number"] == complaint.id), None)


def owners_to_tell(connection: Connection, campaign_id: int) -> list[int]:
    """Campaigners who own a campaign and have a mailbox."""
    return list(connection.execute(_OWNERS, {"campaign_id": campaign_id}).scalars())


def erase_closed(connection: Connection, closed_before: datetime, limit: int, now: datetime) -> int:
    """Erase what is personal in up to `limit` complaints closed before a time; returns how many."""
    ids = connection.execute(_OLD_CLOSED, {"before": closed_before, "limit": limit}).scalars().all()
    if ids:
        connection.execute(_ERASE, {"ids": list(ids), "now": now})
    return len(ids)
