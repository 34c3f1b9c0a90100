"""Filters somebody has saved, by a name of theirs, for one campaign. Nobody else sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, bindparam, text

from campaign.store.sql import statement
from campaign.store.types import UtcTime

MOST = 30
"""Of one campaigner for one campaign."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One of them."""

    id: int
    name: str
    filters: Mapping[str, Any]
    """As `campaign.domain.filters` writes them."""


_WHOSE = "campaigner_id = :campaigner_id AND campaign_id = :campaign_id"
_OF = statement(f"SELECT id, name, filters FROM saved_filters WHERE {_WHOSE} ORDER BY name, id LIMIT :most")
_GET = statement(f"SELECT id, name, filters FROM saved_filters WHERE id = :id AND {_WHOSE}")
_SAVE = text(
    """INSERT INTO saved_filters (campaigner_id, campaign_id, name, filters, created_at)
       VALUES (:campaigner_id, :campaign_id, :name, :filters, :now)
       ON CONFLICT (campaigner_id, campaign_id, name) DO UPDATE SET filters = excluded.filters"""
).bindparams(bindparam("filters", type_=JSON()), bindparam("now", type_=UtcTime()))
_FORGET = statement(f"DELETE FROM saved_filters WHERE id = :id AND {_WHOSE}")
_EVERYBODYS = statement("SELECT id, name, filters FROM saved_filters WHERE campaign_id = :campaign_id ORDER BY id")
_FORGET_ANY = statement("DELETE FROM saved_filters WHERE id IN :ids", many=("ids",))


def of(connection: Connection, campaigner_id: int, campaign_id: int) -> list[Saved]:
    """Those of one campaigner for one campaign, by name."""
    rows = connection.execute(_OF, {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "most": MOST})
    return [Saved(*row) for row in rows]


def get(connection: Connection, campaigner_id: int, campaign_id: int, saved_id: int) -> Saved | None:
    """One of them; None where it is not theirs."""
    given = {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "id": saved_id}
    row = connection.execute(_GET, given).one_or_none()
    return None if row is None else Saved(*row)


def save(
    connection: Connection, campaigner_id: int, campaign_id: int, name: str, filters: Mapping[str, Any], now: datetime
) -> bool:
    """Save filters under a name, in place of those that had it. False where there are as many as there may be."""
    given = {"campaigner_id": campaigner_id, "campaign_id": campaign_id}
    names = {saved.name for saved in of(connection, campaigner_id, campaign_id)}
    if len(names) >= MOST and name not in names:
        return False
    connection.execute(_SAVE, {**given, "name": name, "filters": dict(filters), "now": now})
    return True


def forget(connection: Connection, campaigner_id: int, campaign_id: int, saved_id: int) -> bool:
    """Delete one. False where it is not there, or not theirs."""
    given = {"campaigner_id": campaigner_id, "campaign_id": campaign_id, "id": saved_id}
    return connection.execute(_FORGET, given).rowcount == 1


def everybodys(connection: Connection, campaign_id: int) -> list[Saved]:
    """All that are saved for a campaign, whoever saved them: what is erased must not stay in one of them."""
    return [Saved(*row) for row in connection.execute(_EVERYBODYS, {"campaign_id": campaign_id})]


def forget_any(connection: Connection, ids: list[int]) -> None:
    """Delete some of them, whoever saved them."""
    if ids:
        connection.execute(_FORGET_ANY, {"ids": ids})
