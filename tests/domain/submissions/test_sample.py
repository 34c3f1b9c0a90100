"""Random samples: which are drawn, how they are typed in, and how often their interval holds what is true."""

import hashlib
import math
from functools import cache

import pytest

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.submissions.sample import (
    MAX_SAMPLE_SIZE,
    SampleResults,
    Share,
    draw,
    read_results,
    read_sample_size,
    read_seed,
    share_of,
)

SEED = "the clerk's words of 29 November"


def test_the_draw_is_the_order_of_the_hashes_and_nothing_else() -> None:
    sequences = range(1, 2_001)
    by_hash = sorted(sequences, key=lambda one: hashlib.sha256(f"{SEED}\n{one}".encode()).digest())
    assert draw(SEED, sequences, 500) == by_hash[:500]
    assert draw(SEED, reversed(sequences), 500) == by_hash[:500]
    assert draw(SEED, sequences, 5_000) == by_hash
    # A larger sample has the smaller one in it, and other words draw others.
    assert draw(SEED, sequences, 40) == by_hash[:40]
    assert len(set(draw("others", sequences, 500)) & set(by_hash[:500])) < 250


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Tables of Clopper and Pearson (1934), and R: binom.test(k, n)$conf.int
    [
        (0, 10, 0.0, 0.30850),
        (8, 10, 0.44390, 0.97479),
        (10, 10, 0.69150, 1.0),
        (490, 500, 0.96353, 0.99037),
        (1, 1, 0.025, 1.0),
    ],
)
def test_intervals_are_the_exact_ones(successes: int, trials: int, low: float, high: float) -> None:
    found = share_of(successes, trials)
    assert found.share == successes / trials
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_of_nothing_nothing_is_known() -> None:
    assert share_of(0, 0) == Share(0.0, 0.0, 1.0)


@pytest.mark.parametrize("p", [0.02, 0.3, 0.5, 0.8, 0.95, 0.99, 0.999])
def test_the_interval_holds_the_true_share_at_least_95_times_of_100_whatever_it_is(p: float) -> None:
    n = 60
    holds = sum(
        math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1) if (found := _share(k, n)).low <= p <= found.high
    )
    assert holds >= 0.95


@pytest.mark.parametrize("valid", [600, 900, 990])
def test_samples_drawn_by_words_hold_the_true_share_that_often(valid: int) -> None:
    # A thousand signatures of which these are valid, drawn a few hundred times: what the whole way from the words on does.
    held = 0
    for attempt in range(200):
        found = sum(one <= valid for one in draw(f"words {attempt}", range(1, 1_001), 60))
        share = _share(found, 60)
        held += share.low <= valid / 1_000 <= share.high
    assert held / 200 >= 0.95


@cache
def _share(k: int, n: int) -> Share:
    return share_of(k, n)


def test_words_are_read_as_they_are_hashed() -> None:
    assert read_seed("  Cafe\u0301 at\n noon ") == "Café at noon"
    for wrong in ("", "seven77", "x" * 201, "words with \x00 in it"):
        with pytest.raises(InvalidInputError):
            read_seed(wrong)


def test_sizes_and_results_are_whole_numbers_that_add_up() -> None:
    assert read_sample_size(" 5,000 ") == MAX_SAMPLE_SIZE
    for wrong in ("", "0", "-1", "5001", "five", "٣", "1.5"):
        with pytest.raises(InvalidInputError):
            read_sample_size(wrong)
    assert read_results("480", "15", "", drawn=495) == SampleResults(480, 15, 0)
    for typed in (("480", "15", "6"), ("many", "0", "0"), ("-1", "501", "0")):
        with pytest.raises(InvalidInputError):
            read_results(*typed, drawn=500)
