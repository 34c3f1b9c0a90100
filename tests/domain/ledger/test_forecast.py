"""The forecast, tried on shapes of growth as campaigns show them: what it said part of the way, against what came of it."""

import math
import random
from collections.abc import Callable
from statistics import median

import pytest

from campaign.domain.ledger.forecast import forecast, needed_per_day

Shape = Callable[[int], float]

SHAPES: dict[str, Shape] = {
    # As in field reports: a launch to supporters that fades, shared petitions that die away, weekends, second waves, last days.
    "steady": lambda day: 400,
    "launch that fades": lambda day: 3_000 * 0.9**day + 150,
    "slow fading": lambda day: 900 * 0.97**day,
    "viral, then gone": lambda day: 40_000 * 0.7**day + 300,
    "weekly rhythm": lambda day: 500 * (1.2 if day % 7 < 5 else 0.5),
    "slow rise": lambda day: 200 * 1.01**day,
    "last-day surge": lambda day: 300 * (1 + 1.5 * math.exp((day - 59) / 2)),
    "leaflets in the street": lambda day: 120 + 60 * math.sin(day / 3),
}


def run(shape: Shape, seed: int, days: int = 60) -> list[int]:
    """Sixty days of a campaign, each day as uneven as days are."""
    chance = random.Random(seed)
    return [max(0, round(shape(day) * chance.lognormvariate(0, 0.25))) for day in range(days)]


def tried() -> list[tuple[str, float, bool]]:
    """For each shape, seed and moment: how far the likely total was from the real one, and whether the range held it."""
    found = []
    for name, shape in SHAPES.items():
        for seed in range(10):
            days = run(shape, seed)
            for at in (6, 14, 30, 45):
                said = forecast(days[:at], sum(days[:at]), len(days) - at)
                assert said is not None
                real = sum(days)
                found.append((name, abs(said.likely - real) / real, said.low <= real <= said.high))
    return found


def test_in_four_of_five_trials_the_range_held_what_came_and_the_likely_total_was_near_it() -> None:
    trials = tried()
    assert len(trials) == 320
    assert sum(held for *_, held in trials) / len(trials) >= 0.8
    assert median(off for _, off, _ in trials) <= 0.15


@pytest.mark.parametrize("name", SHAPES)
def test_for_no_shape_is_it_wrong_most_of_the_time(name: str) -> None:
    held = [inside for shape, _, inside in tried() if shape == name]
    assert sum(held) / len(held) >= 0.5


def test_late_in_a_campaign_it_is_nearer_than_early() -> None:
    days = run(SHAPES["slow fading"], 1)
    off = [abs(said.likely - sum(days)) for at in (10, 50) if (said := forecast(days[:at], sum(days[:at]), 60 - at))]
    assert off[1] < off[0]


def test_nothing_is_said_of_a_campaign_that_has_just_begun_or_is_over() -> None:
    assert forecast([], 0, 30) is None
    assert forecast([5], 5, 30) is None
    assert forecast([5, 5], 10, 0) is None


def test_a_total_never_falls_and_the_likely_one_lies_in_its_range() -> None:
    for days in ([0, 0, 0], [5, -3, 0], [10, 10, 10], [0, 0, 1_000_000]):
        said = forecast(days, 100, 12.5)
        assert said is not None
        assert 100 <= said.low <= said.likely <= said.high


def test_what_is_needed_a_day() -> None:
    assert needed_per_day(400, 1_000, 30) == 20
    assert needed_per_day(1_000, 1_000, 30) is None
    assert needed_per_day(1, 1_000, 0) is None
