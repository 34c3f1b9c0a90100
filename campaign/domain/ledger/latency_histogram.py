"""Histogram of the time from signing to verifying: each bucket is a fifth wider than the one before it.

A histogram can be added to for ever and never needs the signatures again; what it costs is that the median is known to a tenth.
"""

import math
from collections.abc import Mapping

BUCKETS_PER_DOUBLING = 4
"""Buckets for each doubling of the time."""
LAST_BUCKET = 100
"""The last bucket: everything from a year on."""


def bucket_number(seconds: float) -> int:
    """The bucket a wait of so many seconds belongs to. Below a second, or below nothing where two clocks differ, it is 0."""
    return 0 if seconds < 1 else min(LAST_BUCKET, 1 + math.floor(BUCKETS_PER_DOUBLING * math.log2(seconds)))


def bucket_start_seconds(number: int) -> float:
    """The shortest wait, in seconds, that belongs to a bucket."""
    return 0.0 if number <= 0 else 2.0 ** ((number - 1) / BUCKETS_PER_DOUBLING)


def median_seconds(histogram: Mapping[int, int]) -> float | None:
    """The wait, in seconds, that half of all waits are no longer than; None where there are none.

    Within its bucket, waits are taken to be spread evenly on a logarithmic scale.
    """
    half = sum(histogram.values()) / 2
    if not half:
        return None
    below = 0
    for number, waits in sorted(histogram.items()):
        if waits and below + waits >= half:
            shortest, longest = bucket_start_seconds(number), bucket_start_seconds(number + 1)
            share = (half - below) / waits
            return share * longest if number <= 0 else shortest * (longest / shortest) ** share
        below += waits
    raise AssertionError("the waits add up to less than half of themselves")
