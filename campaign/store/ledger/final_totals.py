"""Final totals: certified once the grace of a campaign is over; then its never verified signatures are purged."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from campaign.store.database.column_types import UtcDateTime
from campaign.store.tables import campaigns, certificates, tallies

_IS_DUE = (
    campaigns.c.finalised_at.is_(None),
    campaigns.c.verify_until <= bindparam("grace_over_before"),
    campaigns.c.published_at.is_not(None),
)
_BY_ID = campaigns.c.id == bindparam("campaign_id")
_TO_FINALISE = select(campaigns.c.id).where(*_IS_DUE).order_by(campaigns.c.id).limit(bindparam("limit"))
_FINALISE = update(campaigns).where(_BY_ID, *_IS_DUE).values(finalised_at=bindparam("now"), revision=campaigns.c.revision + 1)
_CERTIFY = insert(certificates).from_select(
    ["campaign_id", "total", "paper", "sequence", "certified_at"],
    select(
        tallies.c.campaign_id,
        tallies.c.verified,
        tallies.c.paper,
        tallies.c.sequence,
        bindparam("now", type_=UtcDateTime()),
    ).where(tallies.c.campaign_id == bindparam("of_campaign_id")),
)
# A signature that is restored to pending after the purge must still be purged.
_TO_PURGE = (
    select(campaigns.c.id)
    .join(tallies, tallies.c.campaign_id == campaigns.c.id)
    .where(campaigns.c.finalised_at.is_not(None), or_(campaigns.c.forgotten_at.is_(None), tallies.c.pending > 0))
    .order_by(campaigns.c.id)
    .limit(bindparam("limit"))
)
_MARK_PURGED = update(campaigns).where(_BY_ID).values(forgotten_at=bindparam("now"))


def certify_total(connection: Connection, campaign_id: int, grace_over_before: datetime, now: datetime) -> bool:
    """Make the total final, where the grace was over before `grace_over_before`; False where it is final or too early."""
    parameters = {"campaign_id": campaign_id, "grace_over_before": grace_over_before, "now": now}
    if connection.execute(_FINALISE, parameters).rowcount == 0:
        return False
    connection.execute(_CERTIFY, {"of_campaign_id": campaign_id, "now": now})
    return True


def campaign_ids_to_finalise(connection: Connection, grace_over_before: datetime, limit: int) -> list[int]:
    """Campaigns whose grace was over before then and whose total is not final yet."""
    return list(connection.execute(_TO_FINALISE, {"grace_over_before": grace_over_before, "limit": limit}).scalars())


def campaign_ids_to_purge(connection: Connection, limit: int) -> list[int]:
    """Final campaigns that may still keep signatures which were never verified."""
    return list(connection.execute(_TO_PURGE, {"limit": limit}).scalars())


def mark_purged(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Note that a final campaign keeps none of them any more."""
    connection.execute(_MARK_PURGED, {"campaign_id": campaign_id, "now": now})
