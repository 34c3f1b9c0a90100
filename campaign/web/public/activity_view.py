"""View of a campaign's recent activity: who signed when, why, and what a day has added, in the language of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.domain.common import formatting
from campaign.domain.signatures.supporter import Supporter
from campaign.services.signatures.activity import CampaignActivity
from campaign.web import localised
from campaign.web.public.labels import area_name, growth_label


@dataclass(frozen=True, slots=True)
class SupporterView:
    """A supporter who chose to be public, ready for a template."""

    name: str
    area: str
    verified_at: str
    ago_label: str
    """How long ago that was: "2 minutes ago"."""
    comment: str


@dataclass(frozen=True, slots=True)
class ActivityView:
    """Recent activity; empty where nothing is to be shown."""

    supporters: tuple[SupporterView, ...] = ()
    comments: tuple[SupporterView, ...] = ()
    growth_label: str = ""


def activity_view(activity: CampaignActivity, now: datetime, signatures: int) -> ActivityView:
    """How it looks at `now`, in a campaign of so many signatures: where a day has brought all of them, the number says so."""
    return ActivityView(
        _supporter_views(activity.supporters, now),
        _supporter_views(activity.comments, now),
        growth_label(activity.gained) if 0 < activity.gained < signatures else "",
    )


def _supporter_views(supporters: Sequence[Supporter], now: datetime) -> tuple[SupporterView, ...]:
    return tuple(
        SupporterView(
            one.name, area_name(one.area), formatting.format_utc(one.verified_at),
            localised.ago(now - one.verified_at), one.comment,
        )
        for one in supporters
    )  # fmt: skip
