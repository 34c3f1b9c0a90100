"""Recent supporters who chose to be public, for the campaign's page, which caches them (`campaign.web.public`)."""

from itertools import islice

from campaign.domain.campaigns.campaign import Campaign, SupportersRule
from campaign.domain.places.postcode_areas import area_name
from campaign.domain.signatures.supporter import Supporter, first_name, is_presentable
from campaign.runtime import Runtime
from campaign.store.signatures import supporters

MAX_SUPPORTERS_SHOWN = 8
"""Supporters on a campaign's page."""
_MAX_ROWS_READ = 4 * MAX_SUPPORTERS_SHOWN
"""So many are asked for, since not every name is one to show."""
_MAX_LEDGER_ENTRIES = 500
"""Entries of the ledger that are looked through for them, from its end."""


def recent_supporters(runtime: Runtime, campaign: Campaign) -> tuple[Supporter, ...]:
    """The newest who chose to be public, named as the campaign says. Raises StoreUnavailableError."""
    if campaign.appearance.supporters == "no" or campaign.verified == 0:
        return ()
    with runtime.reading() as connection:
        rows = supporters.newest_supporters(connection, campaign.id, campaign.sequence - _MAX_LEDGER_ENTRIES, _MAX_ROWS_READ)
    rule = campaign.appearance.supporters
    named = ((_shown_name(row.name, rule), area_name(row.postcode, row.country)) for row in rows)
    return tuple(islice((Supporter(name, where) for name, where in named if is_presentable(name)), MAX_SUPPORTERS_SHOWN))


def _shown_name(name: str, rule: SupportersRule) -> str:
    return name if rule == "full-name" else first_name(name)
