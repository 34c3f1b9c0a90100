"""Audit log: actions at the desk and by command line, recorded in the transactions that do them. Rows are never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from campaign.domain.accounts.actor import Actor
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import audit_log, campaigners

MAX_LISTED = 100
"""Entries on one page."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Entry of the audit log."""

    id: int
    campaigner_id: int | None
    actor_name: str
    action: str
    campaign_id: int | None
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str
    network: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Filter of entries; None does not narrow."""

    action: str | None = None
    campaigner_id: int | None = None
    """0 for what nobody did who is a campaigner: the command line, and the site itself."""
    since: datetime | None = None
    until: datetime | None = None
    """Up to but not including it."""


NO_FILTER = AuditFilter()
RECONCILE_SUBJECT = "counts"
"""Subject of the entries that record a reconciliation of all counts."""

_done_at = audit_log.c.created_at
_ENTRIES = select(*columns_of(AuditEntry, audit_log)).order_by(audit_log.c.id.desc())
_ACTION, _ACTOR = (
    bindparam("of_action", type_=audit_log.c.action.type),
    bindparam("of_actor", type_=audit_log.c.campaigner_id.type),
)
_NO_CAMPAIGNER = 0
_ACTOR_ID = func.coalesce(audit_log.c.campaigner_id, _NO_CAMPAIGNER)
_PAGE_OF_SITE = _ENTRIES.where(
    audit_log.c.id < bindparam("before_id"),
    or_(_ACTION.is_(None), audit_log.c.action == _ACTION),
    or_(_ACTOR.is_(None), _ACTOR_ID == _ACTOR),
    _done_at >= bindparam("since"),
    _done_at < bindparam("until"),
).limit(bindparam("limit"))
_OF_CAMPAIGN = audit_log.c.campaign_id == bindparam("campaign_id")
_PAGE_OF_CAMPAIGN = _PAGE_OF_SITE.where(_OF_CAMPAIGN)
_ACTIONS = select(audit_log.c.action).distinct()
_ACTIONS_OF_CAMPAIGN = _ACTIONS.where(_OF_CAMPAIGN)
_MAX_ACTORS = 500
"""Actors to choose from; one who is not among them is found in the log itself."""
_ACTOR_NAME = func.coalesce(func.max(campaigners.c.name), func.max(audit_log.c.actor_name))
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
    audit_log.c.campaign_id.is_(None), audit_log.c.subject == RECONCILE_SUBJECT, audit_log.c.action == "reconcile"
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
    """Record an action, in the transaction that does it. `action` is a verb and its object: "close campaign".

    `subject`, `before` and `after` hold nothing personal: they are numbers, slugs, states and settings.
    """
    connection.execute(
        audit_log.insert().values(
            campaigner_id=actor.campaigner_id, actor_name=actor.name, action=action, campaign_id=campaign_id, subject=subject,
            before=dict(before or {}), after=dict(after or {}), reason=reason, network=actor.network, created_at=now,
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
    """Entries with an id below `before_id`, newest first; of one campaign, or of the whole site for None."""
    given = {
        "campaign_id": campaign_id,
        "before_id": before_id,
        "limit": limit,
        "of_action": audit_filter.action,
        "of_actor": audit_filter.campaigner_id,
        "since": audit_filter.since or _MIN_TIME,
        "until": audit_filter.until or _MAX_TIME,
    }
    sql = _PAGE_OF_SITE if campaign_id is None else _PAGE_OF_CAMPAIGN
    return rows_as(AuditEntry, connection.execute(sql, given))


def actions(connection: Connection, campaign_id: int | None) -> list[str]:
    """Actions that were ever recorded of a campaign, or on the whole site for None."""
    sql = _ACTIONS if campaign_id is None else _ACTIONS_OF_CAMPAIGN
    return sorted(connection.execute(sql, {"campaign_id": campaign_id}).scalars())


def actors(connection: Connection, campaign_id: int | None) -> list[tuple[int, str]]:
    """Ids and names of those who acted on a campaign, or on the whole site for None. Id 0 is the command line and the site."""
    sql = _ACTORS if campaign_id is None else _ACTORS_OF_CAMPAIGN
    rows = connection.execute(sql, {"campaign_id": campaign_id})
    return [(row.id, row.name) for row in rows]


def last_reconcile_entry(connection: Connection) -> AuditEntry | None:
    """Entry of the last reconciliation of all counts; None where there was none."""
    row = connection.execute(_LAST_RECONCILE).one_or_none()
    return None if row is None else AuditEntry(**row._asdict())
