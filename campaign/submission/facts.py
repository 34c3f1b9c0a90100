"""What is known of a campaign at one moment, and may be told to whom it is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign.domain.place import By, Total
from campaign.domain.standing import Standing
from campaign.domain.window import State
from campaign.runtime import Runtime
from campaign.store import campaigns, history, ledger, places, series, submissions
from campaign.store.history import Edition
from campaign.store.series import Line

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_AREAS = 200
"""More than there are postcode areas, and nearly as many as there are countries."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Nothing of it is personal."""

    standing: Standing
    state: State
    address: str
    """The campaign's page."""
    editions: tuple[Edition, ...]
    """Every version of the text the public has seen, the newest first."""
    signed: Mapping[str, int]
    """Verified signatures by the hash of the text they are of; empty where that was not asked for."""
    countries: tuple[tuple[str, int], ...]
    areas: tuple[Line, ...]
    constituencies: tuple[Total, ...]
    """Empty where postcodes are not looked up."""
    first_on: datetime | None
    """The hour in which the first signature was counted."""
    last_on: datetime | None
    certified_at: datetime | None
    removed: Mapping[str, int]
    """Verified signatures that were removed, by kind of reason."""

    @property
    def as_of(self) -> datetime:
        """The moment all of it is of."""
        return self.certified_at or self.standing.as_of

    @property
    def provisional(self) -> bool:
        """Whether the number may still change."""
        return self.certified_at is None


def gather(runtime: Runtime, connection: Connection, campaign_id: int, *, whole: bool) -> Facts:
    """Read it. Not `whole`, it comes from totals alone, however many signatures there are."""
    standing = campaigns.by_id(connection, campaign_id)
    first, last = submissions.counted_between(connection, campaign_id)
    return Facts(
        standing=standing, state=standing.state(runtime.now()), address=runtime.links.url(f"/c/{standing.slug}"),
        editions=tuple(history.editions(connection, campaign_id)),
        signed={one.text_hash: one.signatures for one in submissions.versions_signed(connection, campaign_id)} if whole else {},
        countries=tuple(ledger.by_country(connection, campaign_id)),
        areas=tuple(series.areas(connection, campaign_id, _MOST_AREAS)),
        constituencies=tuple(places.totals(connection, campaign_id, By.CONSTITUENCY)),
        first_on=first, last_on=last, certified_at=submissions.certified_at(connection, campaign_id),
        removed=dict(standing.past.removed),
    )  # fmt: skip
