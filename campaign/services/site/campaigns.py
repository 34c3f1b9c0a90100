"""All campaigns of the site, as its operator looks through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.store.campaigns import campaigns
from campaign.store.site import administration

if TYPE_CHECKING:
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.runtime import Runtime

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ListedCampaign:
    """One campaign in the list."""

    campaign: Campaign
    owners: tuple[str, ...]


def site_totals(runtime: Runtime) -> dict[str, int]:
    """How many campaigns, campaigners, and verified and waiting signatures there are."""
    with runtime.reading() as connection:
        return administration.site_totals(connection)


def list_campaigns(
    runtime: Runtime, query: str = "", state: str = "", before_id: int | None = None
) -> tuple[list[ListedCampaign], int | None]:
    """Campaigns, the newest first, and the number the next page begins below. `state` is one of `directory.STATES`."""
    with runtime.reading() as connection:
        ids = administration.list_campaign_ids(connection, query, state, before_id or 2**62, runtime.now(), PAGE_SIZE + 1)
        shown = ids[:PAGE_SIZE]
        owners = administration.owner_names(connection, shown)
        listed = reversed(campaigns.list_by_ids(connection, shown))
        found = [ListedCampaign(campaign, tuple(owners.get(campaign.id, ()))) for campaign in listed]
    return found, shown[-1] if len(ids) > PAGE_SIZE else None
