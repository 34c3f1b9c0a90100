"""Forecast of the signatures at a campaign's deadline, as a range.

The method, told at the desk in these words: the days of the last two weeks, recent ones counting more (half as much for each
three days further back), give a daily rate. Campaigns slow down, and each goes on as it has: the last week beside the one
before it (in a young campaign, the last three days) says how fast, taken half-way towards the 3 % a day that is usual. The
range reaches from the weaker of the mean and the last day, falling by 15 % a day, to the three best days of the last week,
rising by 1 % a day. No more is promised than that: a wave of sharing, or a programme on television, is in nobody's numbers
before it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MIN_DAYS = 2
"""Whole days a campaign must have run before anything is said."""
_HALF_LIFE_DAYS = 3.0
_WINDOW_DAYS = 14
_USUAL_DAILY_RATIO = 0.97
_MIN_DAILY_RATIO, _MAX_DAILY_RATIO = 0.85, 1.02
"""The least and the most that a day is taken to be of the one before, in what is likely."""
_LOW_DAILY_RATIO, _HIGH_DAILY_RATIO = 0.85, 1.01


@dataclass(frozen=True, slots=True)
class Forecast:
    """The total at the deadline."""

    low: int
    likely: int
    high: int


def forecast(days: Sequence[int], total: int, days_left: float) -> Forecast | None:
    """What the total may become.

    `days` are the signatures gained in each day (24 hours) until now, the newest last; `total` is the number now; `days_left`
    until the deadline. None while there are too few days.
    """
    if len(days) < MIN_DAYS or days_left <= 0:
        return None
    recent = [max(day, 0) for day in days[-_WINDOW_DAYS:]]
    weights = [0.5 ** ((len(recent) - 1 - index) / _HALF_LIFE_DAYS) for index in range(len(recent))]
    level = sum(day * weight for day, weight in zip(recent, weights, strict=True)) / sum(weights)
    best = sorted(recent[-7:], reverse=True)[:3]
    likely = total + level * _geometric_sum(_daily_ratio(recent), days_left)
    low = total + min(level, recent[-1]) * _geometric_sum(_LOW_DAILY_RATIO, days_left)
    high = total + max(level, sum(best) / len(best)) * _geometric_sum(_HIGH_DAILY_RATIO, days_left)
    return Forecast(round(min(low, likely)), round(likely), round(max(high, likely)))


def needed_per_day(total: int, goal: int, days_left: float) -> float | None:
    """Signatures a day that reach the goal in time; None where it is reached, or where the time is over."""
    return None if total >= goal or days_left <= 0 else (goal - total) / days_left


def _daily_ratio(recent: Sequence[int]) -> float:
    """What each day is taken to be of the one before."""
    span = 7 if len(recent) >= 14 else 3
    before = sum(recent[-2 * span : -span])
    if len(recent) < 2 * span or not before:
        return _USUAL_DAILY_RATIO
    seen: float = (sum(recent[-span:]) / before) ** (1 / span)
    return (min(max(seen, _MIN_DAILY_RATIO), _MAX_DAILY_RATIO) + _USUAL_DAILY_RATIO) / 2


def _geometric_sum(ratio: float, days: float) -> float:
    """Days that each are `ratio` of the one before, added up; the first is a little less than today."""
    if ratio == 1:
        return days
    whole = int(days)
    rest: float = (days - whole) * ratio ** (whole + 1)
    return ratio * (1 - ratio**whole) / (1 - ratio) + rest
