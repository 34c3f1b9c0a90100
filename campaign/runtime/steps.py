"""Long work in steps: each a transaction of its own, within a time budget, so that a worker told to stop soon can.

A run is one job's share of it. Where it ends, the next one goes on: however slow the machine, and whatever one item does, every
other item has its turn.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from redis import Redis

from campaign.jobs import JobSpec
from campaign.runtime.redis_connection import RedisUnavailableError
from campaign.runtime.runtime import Runtime
from campaign.store.redis import turns

T = TypeVar("T", bound=Hashable)
R = TypeVar("R")

MAX_ITEMS = 10_000
"""Items of a run where many may wait: more than ever do at once, since each is to have its turn."""


class TimeBudget:
    """Seconds that one job may work, counted from here on."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        """When it is used up; seconds of the steady clock."""

    @property
    def is_used_up(self) -> bool:
        """Whether no further step may begin. It is asked after a step: with a first one, work ends however small the budget."""
        return time.monotonic() >= self.until


@dataclass(frozen=True, slots=True)
class StepsResult(Generic[T]):
    """Result of a run."""

    amounts: Counter[T]
    """What the steps of an item returned, added up."""
    is_finished: bool
    """Whether no item has anything left to do; else the job was asked for again."""

    @property
    def done(self) -> int:
        """What all steps returned, added up."""
        return self.amounts.total()


def run_steps(
    runtime: Runtime, job: JobSpec, step: Callable[[T], int | None], items: Sequence[T], budget: TimeBudget, *, part: str = ""
) -> StepsResult[T]:
    """Do a step of each item in turn, one at least, until all are finished or the budget is used up.

    `step` returns how much it did, or None where the item has nothing left to do. A run begins behind the item that had the
    last step of the run before, whatever came of it: none waits for another to be finished, or for one that always fails. What
    a step raises ends the run; where others have moved, or the budget is used up, the job is asked for again. `part` tells
    apart what one job does of several kinds.
    """
    run = _Turns(runtime, f"{job.name}:{part}", [str(item) for item in items])
    unfinished, amounts = deque([*items[run.begin :], *items[: run.begin]]), Counter[T]()
    try:
        while unfinished:
            item = unfinished.popleft()
            run.note_begun(str(item))
            amount = step(item)
            run.note_done(str(item), is_idle=amount is None)
            if amount is not None:
                amounts[item] += amount
                unfinished.append(item)
            if budget.is_used_up:
                break
    except Exception:
        run.keep()
        if amounts.total():
            runtime.enqueue_once(job)
        raise
    is_finished = not unfinished or run.is_over
    run.keep(is_finished=is_finished)
    if not is_finished:
        runtime.enqueue_once(job)
    return StepsResult(amounts, is_finished)


class _Turns:
    """Turns of one run, which outlast it. With Redis away each run begins with the first item: no job runs then."""

    def __init__(self, runtime: Runtime, work: str, labels: list[str]) -> None:
        self._runtime, self._work, self._labels = runtime, work, labels
        last, self._idle = self._call(lambda redis: turns.get_turns(redis, work)) or ("", set[str]())
        self.begin = labels.index(last) + 1 if last in labels else 0

    @property
    def is_over(self) -> bool:
        """Whether each item had nothing to do when it was last asked, and none has moved since."""
        return len(self._idle) >= len(self._labels) and self._idle.issuperset(self._labels)

    def note_begun(self, label: str) -> None:
        """Before the step: one that never comes back has had its turn, too."""
        self._call(lambda redis: turns.set_last(redis, self._work, label))

    def note_done(self, label: str, *, is_idle: bool) -> None:
        if is_idle:
            self._idle.add(label)
        else:
            self._idle.clear()

    def keep(self, *, is_finished: bool = False) -> None:
        idle = set[str]() if is_finished else self._idle
        self._call(lambda redis: turns.set_idle(redis, self._work, idle))

    def _call(self, command: Callable[[Redis], R]) -> R | None:
        # An item alone has every turn.
        if len(self._labels) < 2:
            return None
        try:
            return self._runtime.call_redis(command)
        except RedisUnavailableError:
            return None
