"""Filters somebody has saved, by a name of theirs, for one campaign. Nobody else sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, bindparam, text

from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import statement

MAX_SAVED_FILTERS = 30
"""Of one campaigner for one campaign."""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """One of them."""

    id: int
    name: str
    filters: Mapping[str, Any]
    """As `campaign.domain.signatures.filters` writes them."""


_OWNED_BY = "campaigner_id = :campaigner_id AND campaign_id = :campaign_id"
_LIST = statement(f"SELECT id, name, filters FROM saved_filters WHERE {_OWNED_BY} ORDER BY name, id LIMIT :most")
_GET = statement(f"SELECT id, name, filters FROM saved_filters WHERE id = :id AND {_OWNED_BY}")
_SAVE = text(
    """INSERT INTO saved_filters (campaigner_id, campaign_id, name, filters, created_at)
       VALUES (:campaigner_id, :campaign_id, :name, :filters, :now)
       ON CONFLICT (campaigner_id, campaign_id, name) DO UPDATE SET filters = excluded.filters"""
).bindparams(bindparam("filters", type_=JSON()), bindparam("now", type_=UtcDateTime()))
_DELETE = statement(f"DELETE FROM saved_filters WHERE id = :id AND {_OWNED_BY}")
_LIST_ALL_OF_CAMPAIGN = statement("SELECT id, name, filters FROM saved_filters WHERE campaign_id = :campaign_id ORDER BY id")
_DELETE_ANY = statement("DELETE FROM saved_filters WHERE id IN :ids", list_parameters=("ids",))


def list_saved_filters(connection: Connection, campaigner_id: int, campaign_id: int) -> list[SavedFilter]:
    """Those of one campaigner for one campaign, by name."""
    rows = connection.execute(_LIST, {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "most": MAX_SAVED_FILTERS})
    return [SavedFilter(*row) for row in rows]


def get_saved_filter(connection: Connection, campaigner_id: int, campaign_id: int, saved_id: int) -> SavedFilter | None:
    """One of them; None where it is not theirs."""
    given = {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "id": saved_id}
    row = connection.execute(_GET, given).one_or_none()
    return None if row is None else SavedFilter(*row)


def save_filter(
    connection: Connection, campaigner_id: int, campaign_id: int, name: str, filters: Mapping[str, Any], now: datetime
) -> bool:
    """Save filters under a name, in place of those that had it. False where there are as many as there may be."""
    given = {"campaigner_id": campaigner_id, "campaign_id": campaign_id}
    names = {saved.name for saved in list_saved_filters(connection, campaigner_id, campaign_id)}
    if len(names) >= MAX_SAVED_FILTERS and name not in names:
        return False
    connection.execute(_SAVE, {**given, "name": name, "filters": dict(filters), "now": now})
    return True


def delete_saved_filter(connection: Connection, campaigner_id: int, campaign_id: int, saved_id: int) -> bool:
    """Delete one. False where it is not there, or not theirs."""
    given = {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "id": saved_id}
    return connection.execute(_DELETE, given).rowcount == 1


def list_all_of_campaign(connection: Connection, campaign_id: int) -> list[SavedFilter]:
    """All that are saved for a campaign, whoever saved them: what is erased must not stay in one of them."""
    return [SavedFilter(*row) for row in connection.execute(_LIST_ALL_OF_CAMPAIGN, {"campaign_id": campaign_id})]


def delete_any(connection: Connection, ids: list[int]) -> None:
    """Delete some of them, whoever saved them."""
    if ids:
        connection.execute(_DELETE_ANY, {"ids": ids})
