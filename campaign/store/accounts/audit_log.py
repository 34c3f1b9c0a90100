"""The audit trail: what was done at the desk and by command line, in the transaction that did it. Rows are never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from campaign.domain.accounts.actor import Actor
from campaign.store.tables import audit_log, campaigners

MAX_LISTED = 100
"""Entries on one page."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done."""

    id: int
    campaigner_id: int | None
    who: str
    act: str
    campaign_id: int | None
    subject: str
    was: Mapping[str, Any]
    became: Mapping[str, Any]
    reason: str
    network: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; what is None narrows nothing."""

    act: str | None = None
    campaigner_id: int | None = None
    """0 for what nobody did who is a campaigner: the command line, and the site itself."""
    since: datetime | None = None
    until: datetime | None = None
    """Up to but not including it."""


NO_FILTER = AuditFilter()
RECONCILE_SUBJECT = "counts"
"""The subject of the entries that say that all counts were proved again."""

_TIME = audit_log.c.created_at
_ENTRIES = select(audit_log).order_by(audit_log.c.id.desc())
_ACTION, _ACTOR = (
    bindparam("of_action", type_=audit_log.c.act.type),
    bindparam("of_actor", type_=audit_log.c.campaigner_id.type),
)
_NO_CAMPAIGNER = 0
_ACTOR_ID = func.coalesce(audit_log.c.campaigner_id, _NO_CAMPAIGNER)
_PAGE_OF_SITE = _ENTRIES.where(
    audit_log.c.id < bindparam("before_id"),
    or_(_ACTION.is_(None), audit_log.c.act == _ACTION),
    or_(_ACTOR.is_(None), _ACTOR_ID == _ACTOR),
    bindparam("since") <= _TIME,
    bindparam("until") > _TIME,
).limit(bindparam("limit"))
_OF_CAMPAIGN = audit_log.c.campaign_id == bindparam("campaign_id")
_PAGE_OF_CAMPAIGN = _PAGE_OF_SITE.where(_OF_CAMPAIGN)
_ACTIONS = select(audit_log.c.act).distinct()
_ACTIONS_OF_CAMPAIGN = _ACTIONS.where(_OF_CAMPAIGN)
_MAX_ACTORS = 500
"""Actors to choose from; one who is not among them is found in the log itself."""
_ACTOR_NAME = func.coalesce(func.max(campaigners.c.name), func.max(audit_log.c.who))
_ACTORS = (
    select(_ACTOR_ID.label("id"), _ACTOR_NAME.label("name"))
    .select_from(audit_log)
    .outerjoin(campaigners, campaigners.c.id == audit_log.c.campaigner_id)
    .group_by(_ACTOR_ID)
    .order_by("name", "id")
    .limit(_MAX_ACTORS)
)
_ACTORS_OF_CAMPAIGN = _ACTORS.where(_OF_CAMPAIGN)
# By way of the index on subjects: what else is done on the site is not read.
_LAST_RECONCILE = _ENTRIES.where(
    audit_log.c.campaign_id.is_(None), audit_log.c.subject == RECONCILE_SUBJECT, audit_log.c.act == "reconcile"
).limit(1)
_MIN_TIME, _MAX_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def record(
    connection: Connection,
    actor: Actor,
    action: str,
    now: datetime,
    *,
    campaign_id: int | None = None,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Note what is done, in the transaction that does it. `act` is a verb and what it is done to: "close campaign".

    `subject`, `was` and `became` hold nothing personal: they are numbers, slugs, states and settings.
    """
    connection.execute(
        audit_log.insert().values(
            campaigner_id=actor.campaigner_id, who=actor.name, act=action, campaign_id=campaign_id, subject=subject,
            was=dict(before or {}), became=dict(after or {}), reason=reason, network=actor.network, created_at=now,
        )
    )  # fmt: skip


def list_entries(
    connection: Connection,
    campaign_id: int | None,
    before_id: int = 2**62,
    limit: int = MAX_LISTED,
    *,
    audit_filter: AuditFilter = NO_FILTER,
) -> list[AuditEntry]:
    """What was done, newest first, older than an entry; of one campaign, or on the whole site for None."""
    given = {
        "campaign_id": campaign_id,
        "before_id": before_id,
        "limit": limit,
        "of_action": audit_filter.act,
        "of_actor": audit_filter.campaigner_id,
        "since": audit_filter.since or _MIN_TIME,
        "until": audit_filter.until or _MAX_TIME,
    }
    sql = _PAGE_OF_SITE if campaign_id is None else _PAGE_OF_CAMPAIGN
    return [AuditEntry(**row._asdict()) for row in connection.execute(sql, given)]


def actions(connection: Connection, campaign_id: int | None) -> list[str]:
    """Every act that was ever recorded of a campaign, or on the whole site for None."""
    sql = _ACTIONS if campaign_id is None else _ACTIONS_OF_CAMPAIGN
    return sorted(connection.execute(sql, {"campaign_id": campaign_id}).scalars())


def actors(connection: Connection, campaign_id: int | None) -> list[tuple[int, str]]:
    """Everybody who ever did something with a campaign, or on the whole site for None, by number (0: nobody) and name."""
    sql = _ACTORS if campaign_id is None else _ACTORS_OF_CAMPAIGN
    rows = connection.execute(sql, {"campaign_id": campaign_id})
    return [(row.id, row.name) for row in rows]


def last_reconcile_entry(connection: Connection) -> AuditEntry | None:
    """The newest entry that says that all counts were proved again; None where they never were."""
    row = connection.execute(_LAST_RECONCILE).one_or_none()
    return None if row is None else AuditEntry(**row._asdict())
