"""History of one campaign as it is logged: hours, events, totals; and how far its ledger is logged."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import certificates, log_campaigns, log_hours


@dataclass(frozen=True, slots=True)
class LoggedCampaign:
    """Campaign with the entries of its ledger that are logged."""

    name: str
    sequence: int
    since: datetime
    older_entries: int


@dataclass(frozen=True, slots=True)
class LoggedHour:
    """Entries of one hour by event, the total at its end, and the size of the log with the last of them."""

    hour: datetime
    verify: int
    paper: int
    restore: int
    withdraw: int
    invalidate: int
    undo: int
    total: int
    log_size: int


@dataclass(frozen=True, slots=True)
class CertifiedTotal:
    """The final total, and the entry it was read from."""

    total: int
    sequence: int


_CAMPAIGN = select(*columns_of(LoggedCampaign, log_campaigns)).where(log_campaigns.c.campaign_id == bindparam("campaign_id"))
_HOURS = (
    select(*columns_of(LoggedHour, log_hours))
    .where(log_hours.c.campaign_id == bindparam("campaign_id"))
    .order_by(log_hours.c.hour)
    .limit(bindparam("limit"))
)
_CERTIFIED = select(*columns_of(CertifiedTotal, certificates)).where(certificates.c.campaign_id == bindparam("campaign_id"))


def logged_campaign(connection: Connection, campaign_id: int) -> LoggedCampaign | None:
    """How far a ledger is logged; None before its first entry."""
    found = rows_as(LoggedCampaign, connection.execute(_CAMPAIGN, {"campaign_id": campaign_id}))
    return found[0] if found else None


def logged_hours(connection: Connection, campaign_id: int, limit: int) -> list[LoggedHour]:
    """The hours in which anything was counted, the oldest first."""
    return rows_as(LoggedHour, connection.execute(_HOURS, {"campaign_id": campaign_id, "limit": limit}))


def certified_total(connection: Connection, campaign_id: int) -> CertifiedTotal | None:
    """The final total; None while there is none."""
    found = rows_as(CertifiedTotal, connection.execute(_CERTIFIED, {"campaign_id": campaign_id}))
    return found[0] if found else None
