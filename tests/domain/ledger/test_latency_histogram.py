"""Times that people take to verify, told from a histogram."""

import random
import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.ledger.latency_histogram import LAST_BUCKET, bucket_number, bucket_start_seconds, median_seconds


@given(st.floats(min_value=0, max_value=10**7))
def test_a_wait_lies_between_the_ends_of_its_bucket(seconds: float) -> None:
    number = bucket_number(seconds)
    assert 0 <= number <= LAST_BUCKET
    assert bucket_start_seconds(number) <= seconds * (1 + 1e-9)
    assert number == LAST_BUCKET or seconds <= bucket_start_seconds(number + 1) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("seconds", "number"), [(-5, 0), (0, 0), (0.9, 0), (1, 1), (2, 5), (60, 24), (3600, 48), (10**12, LAST_BUCKET)]
)
def test_waits_have_these_buckets(seconds: float, number: int) -> None:
    assert bucket_number(seconds) == number


@pytest.mark.parametrize("seed", range(5))
def test_the_median_is_known_to_a_tenth(seed: int) -> None:
    chance = random.Random(seed)
    waits = [chance.lognormvariate(5, 1.7) for _ in range(3000)]
    known = median_seconds(Counter(map(bucket_number, waits)))
    assert known is not None
    assert abs(known / statistics.median(waits) - 1) < 0.1


def test_of_no_waits_there_is_no_median() -> None:
    assert median_seconds({}) is None
    assert median_seconds({3: 0}) is None


def test_the_median_of_one_bucket_lies_in_it() -> None:
    found = median_seconds({0: 0, 24: 7, 30: 0})
    assert found is not None
    assert bucket_start_seconds(24) < found < bucket_start_seconds(25)
    assert median_seconds({0: 3}) == 0.5
