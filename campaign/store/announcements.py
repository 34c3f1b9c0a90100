"""What the public is told of campaigns. Rows are never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from campaign.domain.announcement import Announcement, By, Kind
from campaign.store.sql import statement
from campaign.store.tables import announcements

MOST_LISTED = 200

_OF = statement(
    """SELECT kind, who, reason, facts, created_at FROM announcements WHERE campaign_id = :campaign_id
       ORDER BY id DESC LIMIT :most"""
)


def announce(
    connection: Connection, campaign_id: int, kind: Kind, by: By, reason: str, facts: Mapping[str, str], now: datetime
) -> None:
    """Tell the public, in the transaction that does it."""
    connection.execute(
        announcements.insert().values(
            campaign_id=campaign_id, kind=kind.value, who=by.value, reason=reason, facts=dict(facts), created_at=now
        )
    )


def of(connection: Connection, campaign_id: int) -> list[Announcement]:
    """What the public was told of a campaign, the newest first."""
    return [read(row) for row in connection.execute(_OF, {"campaign_id": campaign_id, "most": MOST_LISTED})]


def read(row: Row[Any]) -> Announcement:
    """One of them, as a row has it."""
    return Announcement(Kind(row.kind), By(row.who), row.reason, row.facts, row.created_at)
