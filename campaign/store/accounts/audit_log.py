"""The audit trail: what was done at the desk and by command line, in the transaction that did it. Rows are never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Executable

from campaign.domain.accounts.actor import Actor
from campaign.store.database.statements import statement
from campaign.store.tables import audit_log

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

_COLUMNS = "id, campaigner_id, who, act, campaign_id, subject, was, became, reason, network, created_at"


def _page_sql(scope: str) -> Executable:
    # Each column is compared with a type it has: PostgreSQL asks what an empty parameter is.
    return statement(
        f"""SELECT {_COLUMNS} FROM audit WHERE {scope} AND id < :before_id
            AND (CAST(:act AS VARCHAR(40)) IS NULL OR act = :act)
            AND (CAST(:who AS BIGINT) IS NULL OR coalesce(campaigner_id, 0) = :who)
            AND created_at >= :since AND created_at < :until
            ORDER BY id DESC LIMIT :most"""
    )


_PAGE_OF_SITE, _PAGE_OF_CAMPAIGN = (_page_sql(campaign) for campaign in ("true", "campaign_id = :campaign_id"))
_ACTIONS, _ACTIONS_OF_CAMPAIGN = (
    statement(f"SELECT DISTINCT act FROM audit WHERE {campaign}") for campaign in ("true", "campaign_id = :campaign_id")
)
_ACTORS, _ACTORS_OF_CAMPAIGN = (
    statement(
        f"""SELECT coalesce(a.campaigner_id, 0) AS number, coalesce(max(p.name), max(a.who)) AS name
            FROM audit a LEFT JOIN campaigners p ON p.id = a.campaigner_id WHERE {campaign}
            GROUP BY coalesce(a.campaigner_id, 0) ORDER BY 2, 1 LIMIT :most"""
    )
    for campaign in ("true", "a.campaign_id = :campaign_id")
)
# By way of the index on subjects: what else is done on the site is not read.
_LAST_RECONCILE = statement(
    f"""SELECT {_COLUMNS} FROM audit WHERE campaign_id IS NULL AND subject = '{RECONCILE_SUBJECT}' AND act = 'reconcile'
        ORDER BY id DESC LIMIT 1"""
)
_MIN_TIME, _MAX_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_MAX_ACTORS = 500
"""People to choose from; who is not among them is found by the trail itself."""


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
        "most": limit,
        "act": audit_filter.act,
        "who": audit_filter.campaigner_id,
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
    rows = connection.execute(sql, {"campaign_id": campaign_id, "most": _MAX_ACTORS})
    return [(row.number, row.name) for row in rows]


def last_reconcile_entry(connection: Connection) -> AuditEntry | None:
    """The newest entry that says that all counts were proved again; None where they never were."""
    row = connection.execute(_LAST_RECONCILE).one_or_none()
    return None if row is None else AuditEntry(**row._asdict())
