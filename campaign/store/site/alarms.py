"""Alarms: raised in the transaction of what has found the cause, mailed once, standing until they are over or put aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, true, update
from sqlalchemy.sql.functions import coalesce

from campaign.domain.accounts.role import Role
from campaign.domain.site.alarm import ALARM_RULES, AlarmKind
from campaign.store.accounts.memberships import members_with
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.database.upsert import insert
from campaign.store.tables import alarms, campaigners, campaigns, texts

MAX_STANDING = 50
"""Alarms that are read at once, the newest first."""
MAX_RECIPIENTS = 100
"""People who are told of one alarm."""
_TOLD_ROLES = (Role.OWNER, Role.EDITOR, Role.MODERATOR)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it was raised."""

    id: int
    kind: AlarmKind
    campaign_id: int | None
    """None: of the whole site."""
    slug: str
    """"" for the whole site."""
    title: str
    facts: Mapping[str, int]
    raised_at: datetime
    seen_at: datetime


_OF_CAMPAIGN = coalesce(alarms.c.campaign_id, 0) == bindparam("of_campaign")
_RENEW = (
    update(alarms)
    .where(
        alarms.c.kind == bindparam("of_kind"), _OF_CAMPAIGN, alarms.c.over_at.is_(None),
        alarms.c.seen_at >= bindparam("since"),
    )
    .values(seen_at=bindparam("now"), facts=bindparam("new_facts"))
)  # fmt: skip
_new = insert(alarms)
_RAISE = _new.on_conflict_do_update(
    index_elements=[alarms.c.dedupe_key],
    set_={"seen_at": _new.excluded.seen_at, "facts": _new.excluded.facts, "over_at": None},
)
_END = (
    update(alarms)
    .where(alarms.c.kind == bindparam("of_kind"), _OF_CAMPAIGN, alarms.c.over_at.is_(None))
    .values(over_at=bindparam("now"))
)
_ALARMS = (
    select(
        *columns_of(Alarm, alarms, slug=coalesce(campaigns.c.slug, ""), title=coalesce(texts.c.title, ""))
    )
    .select_from(alarms)
    .outerjoin(campaigns, campaigns.c.id == alarms.c.campaign_id)
    .outerjoin(texts, and_(texts.c.campaign_id == campaigns.c.id, texts.c.hash == campaigns.c.text_hash))
    .limit(bindparam("limit"))
)  # fmt: skip
_STANDS = and_(
    alarms.c.dismissed_at.is_(None),
    alarms.c.over_at.is_(None),
    or_(
        *(
            and_(alarms.c.kind == kind, alarms.c.seen_at >= bindparam(f"since_{kind.value}", type_=alarms.c.seen_at.type))
            for kind in AlarmKind
        )
    ),
)
_STANDING = _ALARMS.where(_STANDS).order_by(alarms.c.raised_at.desc(), alarms.c.id.desc())
_STANDING_OF_CAMPAIGN = _STANDING.where(alarms.c.campaign_id == bindparam("of_campaign"))
_STANDING_OF_SITE = _STANDING.where(alarms.c.campaign_id.is_(None))
_UNMAILED = _ALARMS.where(alarms.c.mailed_at.is_(None)).order_by(alarms.c.id)
_MARK_MAILED = (
    update(alarms).where(alarms.c.id == bindparam("of_id"), alarms.c.mailed_at.is_(None)).values(mailed_at=bindparam("now"))
)
_DISMISS = (
    update(alarms)
    .where(alarms.c.id == bindparam("of_id"), _OF_CAMPAIGN, alarms.c.dismissed_at.is_(None))
    .values(dismissed_at=bindparam("now"), dismissed_by=bindparam("campaigner_id"))
)
_TOLD = members_with(_TOLD_ROLES)
_IN_TEAM = select(_TOLD.c.campaigner_id).where(_TOLD.c.campaign_id == bindparam("of_campaign"))
_RECIPIENTS = (
    select(campaigners.c.id)
    .where(
        campaigners.c.disabled_at.is_(None),
        campaigners.c.email != "",
        or_(campaigners.c.operator == true(), campaigners.c.id.in_(_IN_TEAM)),
    )
    .order_by(campaigners.c.operator.desc(), campaigners.c.id)
    .limit(MAX_RECIPIENTS)
)
_DELETE_OLD = delete(alarms).where(alarms.c.seen_at < bindparam("before"), alarms.c.mailed_at.is_not(None))


def raise_alarm(
    connection: Connection,
    kind: AlarmKind,
    now: datetime,
    *,
    campaign_id: int | None = None,
    facts: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """Raise an alarm about a campaign, or the whole site; or note that one which stands is still so.

    `facts` are the numbers of its sentence (`campaign.domain.site.alarm`). The mails about it are owed by a job within the
    minute: one alarm of a kind, campaign and day, however often it is raised, also where it was put aside.
    """
    of, given = {"of_kind": kind, "of_campaign": campaign_id or 0}, dict(facts or {})
    since = now - ALARM_RULES[kind].lasts
    if connection.execute(_RENEW, {**of, "since": since, "now": now, "new_facts": given}).rowcount:
        return
    key = f"{kind.value}:{campaign_id or 0}:{now:%Y%m%d}"
    connection.execute(
        _RAISE,
        {
            "kind": kind, "campaign_id": campaign_id, "dedupe_key": key, "facts": given, "raised_at": now, "seen_at": now,
        },
    )  # fmt: skip


def end_alarm(connection: Connection, kind: AlarmKind, now: datetime, *, campaign_id: int | None) -> None:
    """Note that an alarm is over, if one stands."""
    connection.execute(_END, {"of_kind": kind, "of_campaign": campaign_id or 0, "now": now})


def standing_alarms(connection: Connection, now: datetime, campaign_id: int | None) -> list[Alarm]:
    """Alarms of a campaign, or of the whole site, that are neither over nor put aside; the newest first."""
    since = {f"since_{kind.value}": now - rules.lasts for kind, rules in ALARM_RULES.items()}
    if campaign_id is None:
        return rows_as(Alarm, connection.execute(_STANDING_OF_SITE, {**since, "limit": MAX_STANDING}))
    return rows_as(
        Alarm, connection.execute(_STANDING_OF_CAMPAIGN, {**since, "limit": MAX_STANDING, "of_campaign": campaign_id})
    )


def unmailed_alarms(connection: Connection, limit: int) -> list[Alarm]:
    """Alarms that nobody was told of yet, the oldest first."""
    return rows_as(Alarm, connection.execute(_UNMAILED, {"limit": limit}))


def mark_mailed(connection: Connection, alarm_id: int, now: datetime) -> None:
    """Note that the mails about an alarm are owed."""
    connection.execute(_MARK_MAILED, {"of_id": alarm_id, "now": now})


def recipient_ids(connection: Connection, campaign_id: int | None) -> Sequence[int]:
    """Campaigners who are told of an alarm: operators, and the team of its campaign but for viewers."""
    return connection.execute(_RECIPIENTS, {"of_campaign": campaign_id or 0}).scalars().all()


def dismiss_alarm(
    connection: Connection, alarm_id: int, campaign_id: int | None, campaigner_id: int | None, now: datetime
) -> bool:
    """Put an alarm aside. False where it was before, or is not there."""
    given = {"of_id": alarm_id, "of_campaign": campaign_id or 0, "campaigner_id": campaigner_id, "now": now}
    return connection.execute(_DISMISS, given).rowcount == 1


def delete_old_alarms(connection: Connection, before: datetime) -> None:
    """Forget alarms that were last seen before a time."""
    connection.execute(_DELETE_OLD, {"before": before})
