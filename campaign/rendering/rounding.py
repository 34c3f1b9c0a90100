"""The number a card shows: exact while it is small, rounded down later, so that not each signature needs another card."""

from collections.abc import Iterable

EXACT_BELOW = 100


def rounded_count(count: int, goals: Iterable[int]) -> int:
    """The count rounded down to two digits (12,345: 12,000), or the largest goal it has reached where that is more."""
    if count < EXACT_BELOW:
        return count
    unit: int = 10 ** (len(str(count)) - 2)
    return max(count // unit * unit, *(goal for goal in goals if goal <= count), 0)
