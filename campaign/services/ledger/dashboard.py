"""Watching a campaign: where it stands, how fast it goes, where that leads, and what its signatures come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.ledger import latency_histogram
from campaign.domain.ledger.forecast import Forecast, forecast, needed_per_day
from campaign.domain.signatures.mail_domains import MIN_NAMED_DOMAIN
from campaign.runtime import Runtime
from campaign.store.ledger import chart_data
from campaign.store.ledger.chart_data import FunnelRow, HourlyCount, TotalRow
from campaign.store.ledger.rollups import FUNNEL_STAGES

FUNNEL_WINDOW = timedelta(days=14)
"""How far back the funnel looks."""
_CHART_WINDOW = timedelta(days=400)
_FORECAST_WINDOW = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class LiveNumbers:
    """Numbers that move: read again every few seconds while somebody watches."""

    state: CampaignState
    verified: int
    """The count, or the certified total."""
    pending: int
    today: int
    """Gained since midnight on the campaign's clock."""
    last_hour: int
    """Gained in the last sixty minutes."""
    goal: int
    needed_per_day: float | None
    """Signatures a day that reach the goal in time; None where it is reached or the time is over."""
    forecast: Forecast | None
    seconds_left: int
    as_of: datetime
    paper: int = 0
    """Of `verified`, those on paper."""


@dataclass(frozen=True, slots=True)
class SignatureOrigins:
    """Origins of signatures."""

    countries: tuple[TotalRow, ...]
    areas: tuple[TotalRow, ...]
    sources: tuple[TotalRow, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Funnel of the signatures of the last days."""

    by_hour: tuple[FunnelRow, ...]
    by_domain: tuple[FunnelRow, ...]
    """Those of MIN_NAMED_DOMAIN people and more."""
    other_domains: FunnelRow
    """The rest of the domains together."""
    median_wait_seconds: float | None
    """Seconds from signing to verifying, for half of those who did."""

    @property
    def total(self) -> FunnelRow:
        """All hours together."""
        return _summed(self.by_hour)


def live_numbers(runtime: Runtime, campaign: Campaign) -> LiveNumbers:
    """What moves. `campaign` must have just been read."""
    now, window = runtime.now(), campaign.window
    days_left = max((window.closes_at - now).total_seconds(), 0.0) / 86400
    midnight = now.astimezone(campaign.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    with runtime.reading() as connection:
        before_today, before_hour = (
            chart_data.total_at(connection, campaign.id, moment) for moment in (midnight, now - timedelta(hours=1))
        )
        hours = chart_data.hourly_counts(connection, campaign.id, now - _FORECAST_WINDOW)
    open_now = window.state(now) in (CampaignState.OPEN, CampaignState.PAUSED)
    days = chart_data.daily_gains(hours, now, max(window.opens_at, now - _FORECAST_WINDOW))
    return LiveNumbers(
        state=window.state(now), verified=campaign.signatures, pending=campaign.pending,
        today=campaign.verified - before_today, last_hour=campaign.verified - before_hour, goal=campaign.goal,
        needed_per_day=needed_per_day(campaign.signatures, campaign.goal, days_left),
        forecast=forecast(days, campaign.signatures, days_left) if open_now else None,
        seconds_left=max(0, int((window.closes_at - now).total_seconds())), as_of=campaign.as_of,
        paper=campaign.paper,
    )  # fmt: skip


def hourly_growth(runtime: Runtime, campaign: Campaign) -> list[HourlyCount]:
    """What each hour has counted, oldest first, over the last four hundred days."""
    with runtime.reading() as connection:
        return chart_data.hourly_counts(connection, campaign.id, runtime.now() - _CHART_WINDOW)


def signature_origins(runtime: Runtime, campaign: Campaign) -> SignatureOrigins:
    """Where signatures come from."""
    with runtime.reading() as connection:
        return SignatureOrigins(
            tuple(chart_data.country_totals(connection, campaign.id)),
            tuple(chart_data.postcode_area_totals(connection, campaign.id)),
            tuple(chart_data.source_totals(connection, campaign.id)),
        )


def verification_funnel(runtime: Runtime, campaign: Campaign) -> Funnel:
    """What became of the signatures of the last two weeks."""
    since = runtime.now() - FUNNEL_WINDOW
    with runtime.reading() as connection:
        by_hour = chart_data.funnel_by_hour(connection, campaign.id, since)
        domains = chart_data.funnel_by_domain(connection, campaign.id, since)
        named = [one for one in domains if one.key and one.submitted >= MIN_NAMED_DOMAIN]
        return Funnel(
            tuple(by_hour),
            tuple(named),
            _rest_of(_summed(by_hour), named),
            latency_histogram.median_seconds(chart_data.wait_histogram(connection, campaign.id, since)),
        )  # fmt: skip


def _summed(rows: Iterable[FunnelRow]) -> FunnelRow:
    listed = list(rows)
    return FunnelRow("", None, **{name: sum(getattr(one, name) for one in listed) for name in FUNNEL_STAGES})


def _rest_of(total: FunnelRow, named: Iterable[FunnelRow]) -> FunnelRow:
    """What is left of all, of which only so many hours are read: never less than none."""
    parts = _summed(named)
    return FunnelRow("", None, **{name: max(0, getattr(total, name) - getattr(parts, name)) for name in FUNNEL_STAGES})
