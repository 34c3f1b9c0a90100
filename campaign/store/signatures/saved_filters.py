"""Saved filters: each belongs to one campaigner and one campaign, and has a name. Nobody else sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, rows_as, text_statement
from campaign.store.tables import saved_filters

MAX_SAVED_FILTERS = 30
"""Of one campaigner for one campaign."""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """One saved filter."""

    id: int
    name: str
    filters: Mapping[str, Any]
    """As `campaign.domain.signatures.filters` writes them."""


_COLUMNS = columns_of(SavedFilter, saved_filters)
_OWNED = (
    saved_filters.c.campaigner_id == bindparam("campaigner_id"),
    saved_filters.c.campaign_id == bindparam("campaign_id"),
)
_LIST = select(*_COLUMNS).where(*_OWNED).order_by(saved_filters.c.name, saved_filters.c.id).limit(bindparam("limit"))
_GET = select(*_COLUMNS).where(saved_filters.c.id == bindparam("id"), *_OWNED)
# Text: each database has a construct of its own for ON CONFLICT in Core.
_SAVE = text_statement(
    """INSERT INTO saved_filters (campaigner_id, campaign_id, name, filters, created_at)
       VALUES (:campaigner_id, :campaign_id, :name, :filters, :now)
       ON CONFLICT (campaigner_id, campaign_id, name) DO UPDATE SET filters = excluded.filters""",
    bindparam("filters", type_=saved_filters.c.filters.type),
    bindparam("now", type_=UtcDateTime()),
)
_DELETE = delete(saved_filters).where(saved_filters.c.id == bindparam("id"), *_OWNED)
_LIST_ALL_OF_CAMPAIGN = (
    select(*_COLUMNS).where(saved_filters.c.campaign_id == bindparam("campaign_id")).order_by(saved_filters.c.id)
)
_DELETE_ANY = delete(saved_filters).where(saved_filters.c.id.in_(bindparam("ids", expanding=True)))


def list_saved_filters(connection: Connection, campaigner_id: int, campaign_id: int) -> list[SavedFilter]:
    """Those of one campaigner for one campaign, by name."""
    parameters = {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "limit": MAX_SAVED_FILTERS}
    return rows_as(SavedFilter, connection.execute(_LIST, parameters))


def get_saved_filter(connection: Connection, campaigner_id: int, campaign_id: int, saved_id: int) -> SavedFilter | None:
    """One of them; None where it is not theirs."""
    parameters = {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "id": saved_id}
    row = connection.execute(_GET, parameters).one_or_none()
    return None if row is None else SavedFilter(**row._asdict())


def save_filter(
    connection: Connection, campaigner_id: int, campaign_id: int, name: str, filters: Mapping[str, Any], now: datetime
) -> bool:
    """Save filters under a name, in place of those that had it. False where there are as many as there may be."""
    parameters = {"campaigner_id": campaigner_id, "campaign_id": campaign_id}
    names = {saved.name for saved in list_saved_filters(connection, campaigner_id, campaign_id)}
    if len(names) >= MAX_SAVED_FILTERS and name not in names:
        return False
    connection.execute(_SAVE, {**parameters, "name": name, "filters": dict(filters), "now": now})
    return True


def delete_saved_filter(connection: Connection, campaigner_id: int, campaign_id: int, saved_id: int) -> bool:
    """Delete one. False where it is not there, or not theirs."""
    parameters = {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "id": saved_id}
    return connection.execute(_DELETE, parameters).rowcount == 1


def list_all_of_campaign(connection: Connection, campaign_id: int) -> list[SavedFilter]:
    """All that are saved for a campaign, of all campaigners: what is erased must not stay in one of them."""
    return rows_as(SavedFilter, connection.execute(_LIST_ALL_OF_CAMPAIGN, {"campaign_id": campaign_id}))


def delete_any(connection: Connection, ids: list[int]) -> None:
    """Delete some of them, of any campaigner."""
    if ids:
        connection.execute(_DELETE_ANY, {"ids": ids})
