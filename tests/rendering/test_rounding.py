"""The number on a card is never above the truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.rendering.rounding import rounded_count

counts = st.integers(0, 200_000_000)
goals = st.lists(st.integers(1, 100_000_000), min_size=1, max_size=20).map(tuple)


@given(counts, goals)
def test_the_step_is_never_above_the_count_nor_far_below(count: int, goals: tuple[int, ...]) -> None:
    shown = rounded_count(count, goals)
    assert count * 0.9 < shown <= count or count == shown == 0


@given(counts, goals)
def test_a_goal_that_was_reached_is_never_denied(count: int, goals: tuple[int, ...]) -> None:
    shown = rounded_count(count, goals)
    assert [goal for goal in goals if goal <= shown] == [goal for goal in goals if goal <= count]


@given(counts, counts, goals)
def test_more_signatures_never_show_as_fewer(one: int, other: int, goals: tuple[int, ...]) -> None:
    fewer, more = sorted((one, other))
    assert rounded_count(fewer, goals) <= rounded_count(more, goals)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, 0),
        (99, 99),
        (100, 100),
        (109, 100),
        (110, 110),
        (999, 990),
        (1_999, 1_900),
        (12_345, 12_000),
        (12_345_678, 12_000_000),
    ],
)
def test_two_digits_are_kept(count: int, shown: int) -> None:
    assert rounded_count(count, (10_000_000_000,)) == shown


def test_a_card_of_a_million_signatures_is_drawn_a_few_hundred_times() -> None:
    assert len({rounded_count(count, (1_000_000,)) for count in range(0, 1_000_001, 7)}) < 500
