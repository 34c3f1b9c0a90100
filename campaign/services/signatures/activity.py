"""Recent activity of a campaign that its page shows: supporters who chose to be public, why people sign, what a day has added.

The page caches it (`campaign.web.public.campaign_activity`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from campaign.domain.campaigns.campaign import Campaign, SupportersRule
from campaign.domain.places.postcode_areas import area_name
from campaign.domain.signatures.supporter import Supporter, first_name, is_presentable
from campaign.runtime import Runtime
from campaign.store.ledger import chart_data
from campaign.store.signatures import supporters
from campaign.store.signatures.supporters import PublicSignature

MAX_SUPPORTERS_SHOWN = 8
"""Supporters on a campaign's page."""
MAX_COMMENTS_SHOWN = 6
"""Comments on a campaign's page."""
_MAX_ROWS_READ = 4 * MAX_SUPPORTERS_SHOWN
"""So many are asked for, since not every name is one to show."""
_MAX_LEDGER_ENTRIES = 500
"""Entries of the ledger that are looked through for them, from its end."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CampaignActivity:
    """Activity of a campaign lately, as everybody may see it."""

    supporters: tuple[Supporter, ...] = ()
    """The newest, without what they said."""
    comments: tuple[Supporter, ...] = ()
    """Those whose comments campaigners have put on the page, the newest first."""
    gained: int = 0
    """Signatures of the last 24 hours, those that ended taken off."""


NO_ACTIVITY = CampaignActivity()


def campaign_activity(runtime: Runtime, campaign: Campaign) -> CampaignActivity:
    """What the page of a campaign shows, its supporters named as the campaign says. Raises StoreUnavailableError."""
    if campaign.signatures == 0:
        return NO_ACTIVITY
    rule = campaign.appearance.supporters
    with runtime.reading() as connection:
        hours = chart_data.hourly_counts(connection, campaign.id, runtime.now() - _DAY)
        gained = sum(hour.gained for hour in hours)
        if rule == "no":
            return CampaignActivity(gained=gained)
        newest = supporters.newest_supporters(connection, campaign.id, campaign.sequence - _MAX_LEDGER_ENTRIES, _MAX_ROWS_READ)
        said = supporters.published_comments(connection, campaign.id, 2 * MAX_COMMENTS_SHOWN)
    return CampaignActivity(
        _named(newest, rule, MAX_SUPPORTERS_SHOWN), _named(said, rule, MAX_COMMENTS_SHOWN, with_comment=True), gained
    )


def _named(
    rows: Iterable[PublicSignature], rule: SupportersRule, most: int, *, with_comment: bool = False
) -> tuple[Supporter, ...]:
    named = ((row.name if rule == "full-name" else first_name(row.name), row) for row in rows)
    return tuple(
        Supporter(name, area_name(row.postcode, row.country), row.verified_at, row.comment if with_comment else "")
        for name, row in islice((each for each in named if is_presentable(each[0])), most)
    )
