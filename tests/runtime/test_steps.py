"""Steps of long work: each item gets its turn, run after run, whatever becomes of the others."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from campaign.jobs import RUN_BATCHES
from campaign.runtime import Runtime
from campaign.runtime.steps import StepsResult, TimeBudget, run_steps
from campaign.store.redis import job_flags

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class _KilledError(BaseException):
    """The end of a process, which no `except Exception` sees."""


class Work:
    """Items with so many steps left; with less than none it never ends. Those in `faults` raise instead."""

    def __init__(self, runtime: Runtime, left: dict[str, int], faults: dict[str, type[BaseException]] | None = None) -> None:
        self.runtime, self.left, self.faults = runtime, left, faults or {}
        self.order: list[str] = []

    def step(self, item: str) -> int | None:
        self.order.append(item)
        if item in self.faults:
            raise self.faults[item]
        if self.left[item] == 0:
            return None
        self.left[item] -= 1
        return 10

    def run(self, seconds: float = 0.0) -> StepsResult[str]:
        return run_steps(self.runtime, RUN_BATCHES, self.step, list(self.left), TimeBudget(seconds))

    def was_asked_again(self) -> bool:
        asked = not job_flags.mark_enqueued(self.runtime.redis, RUN_BATCHES)
        job_flags.mark_started(self.runtime.redis, RUN_BATCHES)
        return asked


@pytest.fixture
def work(runtime: Runtime) -> Callable[..., Work]:
    return lambda *args: Work(runtime, *args)


def test_items_take_turns_until_each_is_finished(work: Callable[..., Work]) -> None:
    made = work({"long": 3, "short": 1})
    result = made.run(60)
    assert (result.done, result.amounts, result.is_finished) == (40, {"long": 30, "short": 10}, True)
    assert made.order == ["long", "short", "long", "short", "long", "long"]
    assert not made.was_asked_again()


def test_a_run_does_one_step_however_small_its_budget_and_the_next_one_goes_on_behind_it(work: Callable[..., Work]) -> None:
    made = work({"first": 1, "second": 1, "third": 0})
    results = []
    while not results or not results[-1].is_finished:
        results.append(made.run())
        assert made.was_asked_again() is not results[-1].is_finished
    assert made.order == ["first", "second", "third", "first", "second"]
    assert sum(result.done for result in results) == 20


def test_the_budget_is_looked_at_after_each_step_and_not_once_a_round(runtime: Runtime) -> None:
    budget, order = TimeBudget(60), []

    def step(item: str) -> int:
        order.append(item)
        if len(order) == 2:
            budget.until = 0.0
        return 1

    result = run_steps(runtime, RUN_BATCHES, step, ["first", "second", "third"], budget)
    assert order == ["first", "second"]
    assert (result.done, result.is_finished) == (2, False)


def test_work_that_has_nothing_to_do_ends_in_as_many_runs_as_it_has_items(work: Callable[..., Work]) -> None:
    made = work({"first": 0, "second": 0, "third": 0})
    assert [made.run().is_finished for _ in range(6)] == [False, False, True] * 2
    assert work({}).run().is_finished


def test_what_has_something_to_do_again_is_asked_before_the_end(work: Callable[..., Work]) -> None:
    made = work({"first": 0, "second": 2})
    made.run()
    made.left["first"] = 1
    while not made.run().is_finished:
        pass
    assert made.left == {"first": 0, "second": 0}


@pytest.mark.parametrize("bad", ["a", "b", "c"])
@pytest.mark.parametrize(
    ("fault", "seconds"), [(RuntimeError, 0.0), (RuntimeError, 60.0), (_KilledError, 0.0), (_KilledError, 60.0), (None, 0.0)]
)
def test_an_item_that_fails_or_kills_or_never_ends_holds_up_no_other(
    work: Callable[..., Work], bad: str, fault: type[BaseException] | None, seconds: float
) -> None:
    made = work({"a": 2, "b": 2, "c": 2} | {bad: -1}, {bad: fault} if fault else {})
    for _ in range(9):
        with suppress(RuntimeError, _KilledError):
            made.run(seconds)
    assert [left for item, left in made.left.items() if item != bad] == [0, 0]


def test_a_job_that_failed_is_asked_for_again_only_where_another_item_has_moved(work: Callable[..., Work]) -> None:
    made = work({"bad": 1, "good": 1}, {"bad": RuntimeError})
    asked: list[bool] = []
    for _ in range(4):
        with pytest.raises(RuntimeError):
            made.run(60)
        asked.append(made.was_asked_again())
    assert made.order[:3] == ["bad", "good", "bad"]
    assert asked == [False, True, False, False]


def test_with_redis_away_work_is_done_all_the_same(make_runtime: Callable[..., Runtime]) -> None:
    made = Work(make_runtime(redis_url="redis://127.0.0.1:1/0"), {"first": 1, "second": 1})
    assert made.run(60).is_finished
    assert made.left == {"first": 0, "second": 0}
