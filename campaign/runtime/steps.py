"""Long work in steps: each a transaction of its own, within a time budget, so that a worker told to stop soon can."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class TimeBudget:
    """Seconds that one job may work, counted from here on."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        """When it is used up; seconds of the steady clock."""

    @property
    def is_used_up(self) -> bool:
        """Whether no further step may begin."""
        return time.monotonic() >= self.until


@dataclass(frozen=True, slots=True)
class StepsResult:
    """Result of steps."""

    done: int
    """The sum of what the steps returned."""
    is_finished: bool
    """Whether every item was finished; else the job is to be asked for again."""


def run_steps(step: Callable[[T], int | None], items: Sequence[T], budget: TimeBudget) -> StepsResult:
    """Do a step of each item in turn, until all are finished or the budget is used up.

    `step` returns how much it did, or None where the item has nothing left to do. No item waits for another to be finished.
    """
    done, unfinished = 0, deque(items)
    while unfinished and not budget.is_used_up:
        item = unfinished.popleft()
        amount = step(item)
        if amount is not None:
            done += amount
            unfinished.append(item)
    return StepsResult(done, not unfinished)
