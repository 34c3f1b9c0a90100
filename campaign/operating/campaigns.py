"""All campaigns of the site, as its operator looks through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.store import campaigns, directory

if TYPE_CHECKING:
    from campaign.domain.standing import Standing
    from campaign.runtime import Runtime

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One campaign in the list."""

    standing: Standing
    owners: tuple[str, ...]


def numbers(runtime: Runtime) -> dict[str, int]:
    """How many campaigns, campaigners, and verified and waiting signatures there are."""
    with runtime.reading() as connection:
        return directory.numbers(connection)


def all_campaigns(
    runtime: Runtime, query: str = "", state: str = "", before_id: int | None = None
) -> tuple[list[Listed], int | None]:
    """Campaigns, the newest first, and the number the next page begins below. `state` is one of `directory.STATES`."""
    with runtime.reading() as connection:
        ids = directory.campaigns(connection, query, state, before_id or 2**62, runtime.now(), ON_A_PAGE + 1)
        shown = ids[:ON_A_PAGE]
        owners = directory.owners(connection, shown)
        standings = reversed(campaigns.by_ids(connection, shown))
        found = [Listed(standing, tuple(owners.get(standing.id, ()))) for standing in standings]
    return found, shown[-1] if len(ids) > ON_A_PAGE else None
