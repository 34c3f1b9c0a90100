"""Updates: rows that are written, scheduled, published and read. A change names the revision it was made from."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, literal_column, or_, select, update

from campaign.domain.campaigns.text import Illustration
from campaign.domain.updates.update import MailingState, UpdateKind, UpdateResult, UpdateState, UpdateText
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import campaigners, campaigns, updates

MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class Update:
    """One update, as the desk and the pages have it."""

    id: int
    campaign_id: int
    number: int | None
    """None before it is published."""
    kind: UpdateKind
    state: UpdateState
    title: str
    body: str
    happened_on: date | None
    recipient: str
    answer: str
    result: UpdateResult
    picture: Illustration | None
    wants_mail: bool
    author_name: str
    """"" for the command line. For the desk alone."""
    revision: int
    changed_at: datetime
    publish_at: datetime | None
    published_at: datetime | None
    mailing: MailingState
    last_signature_id: int
    enqueued: int
    unsubscribed: int

    @property
    def text(self) -> UpdateText:
        """What it says."""
        return UpdateText(self.kind, self.title, self.body, self.happened_on, self.recipient, self.answer, self.result)


_UPDATES = (
    select(*columns_of(Update, updates, author_name=func.coalesce(campaigners.c.name, "")))
    .select_from(updates)
    .outerjoin(campaigners, campaigners.c.id == updates.c.author_id)
)
_OF_CAMPAIGN = updates.c.campaign_id == bindparam("campaign_id")
_PUBLISHED = updates.c.state == UpdateState.PUBLISHED
_GET = _UPDATES.where(_OF_CAMPAIGN, updates.c.id == bindparam("update_id"))
_GET_BY_ID = _UPDATES.where(updates.c.id == bindparam("update_id"))
_GET_PUBLISHED = _UPDATES.where(_OF_CAMPAIGN, _PUBLISHED, updates.c.number == bindparam("number"))
_LIST = _UPDATES.where(_OF_CAMPAIGN).order_by(updates.c.id.desc()).limit(MAX_LISTED)
_LIST_PUBLISHED = (
    _UPDATES.where(_OF_CAMPAIGN, _PUBLISHED)
    .order_by(updates.c.number.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("skip"))
)
_LIST_KINDS = (
    _UPDATES.where(_OF_CAMPAIGN, _PUBLISHED, updates.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(updates.c.happened_on.desc(), updates.c.number.desc())
    .limit(bindparam("limit"))
)
_MAILED_AT = func.coalesce(updates.c.published_at, updates.c.publish_at)
_MAIL_TIMES = select(_MAILED_AT.label("at")).where(
    _OF_CAMPAIGN,
    updates.c.wants_mail,
    updates.c.state != UpdateState.DRAFT,
    updates.c.id != bindparam("except_id"),
    bindparam("since", type_=UtcDateTime()) < _MAILED_AT,
)
# Numbers and limits of one campaign are given out one after the other.
_LAST_NUMBER = select(func.coalesce(func.max(updates.c.number), 0)).where(_OF_CAMPAIGN)
_SEEN = (updates.c.id == bindparam("of_id"), updates.c.campaign_id == bindparam("of_campaign"))
_CHANGE = update(updates).where(*_SEEN, updates.c.revision == bindparam("seen")).values(revision=updates.c.revision + 1)
_SAVE = _CHANGE.values(
    **{name: bindparam(f"new_{name}") for name in ("title", "body", "happened_on", "recipient", "answer", "result")},
    wants_mail=bindparam("new_wants_mail"),
    changed_at=bindparam("now"),
)
_SET_PICTURE = _CHANGE.values(picture=bindparam("new_picture", type_=updates.c.picture.type), changed_at=bindparam("now"))
_SCHEDULE = _CHANGE.where(updates.c.state != UpdateState.PUBLISHED).values(
    state=UpdateState.SCHEDULED, publish_at=bindparam("at")
)
_UNSCHEDULE = (
    update(updates)
    .where(*_SEEN, updates.c.state == UpdateState.SCHEDULED)
    .values(state=UpdateState.DRAFT, publish_at=None, revision=updates.c.revision + 1)
)
_PUBLISH = (
    update(updates)
    .where(*_SEEN, updates.c.state != UpdateState.PUBLISHED)
    .values(
        state=UpdateState.PUBLISHED, publish_at=None, published_at=bindparam("now"), changed_at=bindparam("now"),
        number=bindparam("new_number"), mailing=bindparam("new_mailing"), revision=updates.c.revision + 1,
    )
)  # fmt: skip
_DELETE_DRAFT = delete(updates).where(*_SEEN, updates.c.state == UpdateState.DRAFT)
_SCHEDULED_DUE = (
    select(updates.c.id)
    .join(campaigns, campaigns.c.id == updates.c.campaign_id)
    .where(
        updates.c.state == literal_column("'scheduled'"), updates.c.publish_at <= bindparam("now"),
        campaigns.c.published_at.is_not(None), campaigns.c.taken_down_at.is_(None),
    )
    .order_by(updates.c.publish_at, updates.c.id)
    .limit(bindparam("limit"))
)  # fmt: skip
_MAILING = updates.c.mailing.in_([literal_column("'running'"), literal_column("'stopping'")])
_ANY_DUE: Select[Any] = (
    select(literal_column("1"))
    .select_from(updates.join(campaigns, campaigns.c.id == updates.c.campaign_id))
    .where(
        or_(
            _MAILING,
            and_(
                updates.c.state == literal_column("'scheduled'"), updates.c.publish_at <= bindparam("now"),
                campaigns.c.published_at.is_not(None), campaigns.c.taken_down_at.is_(None),
            ),
        )
    )
    .limit(1)
)  # fmt: skip


def add_draft(
    connection: Connection, campaign_id: int, author_id: int | None, text: UpdateText, *, wants_mail: bool, now: datetime
) -> int:
    """Id of a new draft."""
    values = {
        "campaign_id": campaign_id, "author_id": author_id, "state": UpdateState.DRAFT, **asdict(text),
        "wants_mail": wants_mail, "revision": 1, "created_at": now, "changed_at": now, "mailing": MailingState.NONE,
        "last_signature_id": 0, "enqueued": 0, "unsubscribed": 0,
    }  # fmt: skip
    return int(connection.execute(updates.insert().values(**values).returning(updates.c.id)).scalar_one())


def get(connection: Connection, campaign_id: int, update_id: int) -> Update | None:
    """An update of a campaign by its id."""
    row = connection.execute(_GET, {"campaign_id": campaign_id, "update_id": update_id}).one_or_none()
    return None if row is None else Update(**row._asdict())


def get_by_id(connection: Connection, update_id: int) -> Update | None:
    """An update by its id alone."""
    row = connection.execute(_GET_BY_ID, {"update_id": update_id}).one_or_none()
    return None if row is None else Update(**row._asdict())


def get_published(connection: Connection, campaign_id: int, number: int) -> Update | None:
    """A published update by its number."""
    row = connection.execute(_GET_PUBLISHED, {"campaign_id": campaign_id, "number": number}).one_or_none()
    return None if row is None else Update(**row._asdict())


def list_updates(connection: Connection, campaign_id: int) -> list[Update]:
    """Updates of a campaign in every state, the newest first."""
    return rows_as(Update, connection.execute(_LIST, {"campaign_id": campaign_id}))


def list_published(connection: Connection, campaign_id: int, limit: int, offset: int = 0) -> list[Update]:
    """Published updates, the newest first, but for the first `offset` of them."""
    return rows_as(Update, connection.execute(_LIST_PUBLISHED, {"campaign_id": campaign_id, "limit": limit, "skip": offset}))


def list_kinds(connection: Connection, campaign_id: int, kinds: Collection[UpdateKind], limit: int) -> list[Update]:
    """Published updates of some kinds, by the day of which they tell, the newest first."""
    given = {"campaign_id": campaign_id, "kinds": sorted(kinds), "limit": limit}
    return rows_as(Update, connection.execute(_LIST_KINDS, given))


def mailing_times(connection: Connection, campaign_id: int, since: datetime, *, except_id: int) -> list[datetime]:
    """When updates of a campaign were mailed since a time, and when scheduled ones will be; without one of them."""
    given = {"campaign_id": campaign_id, "since": since, "except_id": except_id}
    return list(connection.execute(_MAIL_TIMES, given).scalars())


def save(
    connection: Connection, campaign_id: int, update_id: int, seen: int, text: UpdateText, *, wants_mail: bool, now: datetime
) -> bool:
    """Store another text. False where it is not in the revision `seen` any more."""
    new = {f"new_{name}": value for name, value in asdict(text).items() if name != "kind"}
    given = {"of_id": update_id, "of_campaign": campaign_id, "seen": seen, "now": now, "new_wants_mail": wants_mail, **new}
    return connection.execute(_SAVE, given).rowcount == 1


def set_picture(
    connection: Connection, campaign_id: int, update_id: int, seen: int, picture: Illustration | None, now: datetime
) -> bool:
    """Store another picture, or none. False where it is not in the revision `seen` any more."""
    given = {"of_id": update_id, "of_campaign": campaign_id, "seen": seen, "now": now, "new_picture": picture}
    return connection.execute(_SET_PICTURE, given).rowcount == 1


def schedule(connection: Connection, campaign_id: int, update_id: int, seen: int, at: datetime) -> bool:
    """Have it published at a time. False where it is published, or not in the revision `seen` any more."""
    given = {"of_id": update_id, "of_campaign": campaign_id, "seen": seen, "at": at}
    return connection.execute(_SCHEDULE, given).rowcount == 1


def unschedule(connection: Connection, campaign_id: int, update_id: int) -> bool:
    """Make it a draft again. False where it is not scheduled."""
    return connection.execute(_UNSCHEDULE, {"of_id": update_id, "of_campaign": campaign_id}).rowcount == 1


def publish(connection: Connection, campaign_id: int, update_id: int, now: datetime, *, with_mail: bool) -> bool:
    """Publish it under the campaign's next number, and begin its mailing. False where it was published before.

    The campaign must be locked (`campaign.store.campaigns.lifecycle`).
    """
    number = connection.execute(_LAST_NUMBER, {"campaign_id": campaign_id}).scalar_one() + 1
    mailing = MailingState.RUNNING if with_mail else MailingState.NONE
    given = {"of_id": update_id, "of_campaign": campaign_id, "now": now, "new_number": number, "new_mailing": mailing}
    return connection.execute(_PUBLISH, given).rowcount == 1


def delete_draft(connection: Connection, campaign_id: int, update_id: int) -> bool:
    """Delete it for good. False where it is no draft (any more)."""
    return connection.execute(_DELETE_DRAFT, {"of_id": update_id, "of_campaign": campaign_id}).rowcount == 1


def scheduled_due(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Ids of scheduled updates whose time has come; those of campaigns that nobody can see wait."""
    return list(connection.execute(_SCHEDULED_DUE, {"now": now, "limit": limit}).scalars())


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether an update is to be published, or a mailing has steps left."""
    return connection.execute(_ANY_DUE, {"now": now}).one_or_none() is not None
