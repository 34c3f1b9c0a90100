"""Watching a campaign: where it stands, how fast it goes, where that leads, and what its signatures come from."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaign.domain import waiting
from campaign.domain.forecast import Forecast, forecast, needed_per_day
from campaign.domain.standing import Standing
from campaign.domain.window import State
from campaign.runtime import Runtime
from campaign.store import flags, series
from campaign.store.series import Hour, Line, Stages

FUNNEL_OVER = timedelta(days=14)
"""How far back the funnel looks."""
_CHARTED = timedelta(days=400)
_FORECAST_ON = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What moves: read again every few seconds while somebody watches."""

    state: State
    verified: int
    """The count, or the certified total."""
    pending: int
    today: int
    """Gained since midnight on the campaign's clock."""
    last_hour: int
    """Gained in the last sixty minutes."""
    last_day: int
    """Gained in the last twenty-four hours."""
    goal: int
    needed: float | None
    """Signatures a day that reach the goal in time; None where it is reached or the time is over."""
    forecast: Forecast | None
    seconds_left: int
    flags: int
    """Flags nobody has judged yet."""
    as_of: datetime
    paper: int = 0
    """Of `verified`, those on paper."""


@dataclass(frozen=True, slots=True)
class Origins:
    """What signatures come from."""

    countries: tuple[Line, ...]
    areas: tuple[Line, ...]
    sources: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of the signatures of the last days."""

    by_hour: tuple[Stages, ...]
    by_domain: tuple[Stages, ...]
    median_wait: float | None
    """Seconds from signing to verifying, for half of those who did."""

    @property
    def total(self) -> Stages:
        """All hours together."""
        sums = {name: sum(getattr(hour, name) for hour in self.by_hour) for name in STAGES}
        return Stages("", None, **sums)


STAGES = ("submitted", "sent", "refused", "opened", "verified")


def numbers(runtime: Runtime, standing: Standing) -> Numbers:
    """What moves. `standing` must have just been read."""
    now, window = runtime.now(), standing.window
    days_left = max((window.closes_at - now).total_seconds(), 0.0) / 86400
    midnight = now.astimezone(standing.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    with runtime.reading() as connection:
        since = {moment: series.total_at(connection, standing.id, moment) for moment in (
            midnight, now - timedelta(hours=1), now - timedelta(days=1))}  # fmt: skip
        hours = series.hours(connection, standing.id, now - _FORECAST_ON)
        raised = flags.standing(connection, standing.id)
    today, last_hour, last_day = (standing.verified - total for total in since.values())
    open_now = window.state(now) in (State.OPEN, State.PAUSED)
    days = series.by_days(hours, now, max(window.opens_at, now - _FORECAST_ON))
    return Numbers(
        state=window.state(now), verified=standing.signatures, pending=standing.pending, today=today, last_hour=last_hour,
        last_day=last_day, goal=standing.goal, needed=needed_per_day(standing.signatures, standing.goal, days_left),
        forecast=forecast(days, standing.signatures, days_left) if open_now else None,
        seconds_left=max(0, int((window.closes_at - now).total_seconds())), flags=raised, as_of=standing.as_of,
        paper=standing.paper,
    )  # fmt: skip


def growth(runtime: Runtime, standing: Standing) -> list[Hour]:
    """What each hour has counted, oldest first, over the last four hundred days."""
    with runtime.reading() as connection:
        return series.hours(connection, standing.id, runtime.now() - _CHARTED)


def origins(runtime: Runtime, standing: Standing) -> Origins:
    """Where signatures come from."""
    with runtime.reading() as connection:
        return Origins(
            tuple(series.countries(connection, standing.id)), tuple(series.areas(connection, standing.id)),
            tuple(series.sources(connection, standing.id)),
        )  # fmt: skip


def funnel(runtime: Runtime, standing: Standing) -> Funnel:
    """What became of the signatures of the last two weeks."""
    since = runtime.now() - FUNNEL_OVER
    with runtime.reading() as connection:
        return Funnel(
            tuple(series.funnel_by_hour(connection, standing.id, since)),
            tuple(series.funnel_by_domain(connection, standing.id, since)),
            waiting.median(series.waits(connection, standing.id, since)),
        )  # fmt: skip
