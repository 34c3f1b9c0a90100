"""Campaigns as numbered petitions: the pages of the list in the e-petition shape, and which campaign has which number.

Always from the store. Callers keep what they make of it, so that a spike of readers costs no more than one reader.
"""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.store.campaigns import petition_listing, public_listing
from campaign.store.campaigns.petition_listing import PETITION_STATES, PetitionState

__all__ = ["PAGE_SIZE", "PETITION_STATES", "PetitionPage", "PetitionState", "list_petitions", "slugs_by_number"]

PAGE_SIZE = 50
"""Campaigns on one page; what the Parliament's site has on one."""


@dataclass(frozen=True, slots=True)
class PetitionPage:
    """One page of a list."""

    campaigns: tuple[Campaign, ...]
    last: int
    """The number of the last page; 1 where there is nothing to list."""


def list_petitions(runtime: Runtime, state: PetitionState, page: int, now: datetime, *, site_paused: bool) -> PetitionPage:
    """A page, counted from 1, of the public campaigns in a state; without any beyond the last. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        amount = petition_listing.count(connection, state, now, site_paused=site_paused)
        last = max(1, -(-amount // PAGE_SIZE))
        ids = (
            petition_listing.list_ids(
                connection, state, now, site_paused=site_paused, skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
            )
            if page <= last
            else []
        )
        return PetitionPage(tuple(public_listing.list_public_campaigns(connection, ids)), last)


def slugs_by_number(runtime: Runtime) -> dict[int, str]:
    """The slug of each campaign that was published, by its number. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        return petition_listing.slugs_by_id(connection)
