"""Steps of long work: each item gets its turn, and none begins once the time budget is used up."""

from campaign.runtime.steps import TimeBudget, run_steps


def test_items_take_turns_until_each_is_finished() -> None:
    left = {"long": 3, "short": 1}
    order = []

    def step(item: str) -> int | None:
        order.append(item)
        if left[item] == 0:
            return None
        left[item] -= 1
        return 10

    result = run_steps(step, list(left), TimeBudget(60))
    assert (result.done, result.is_finished) == (40, True)
    assert order == ["long", "short", "long", "short", "long", "long"]


def test_no_step_begins_once_the_budget_is_used_up() -> None:
    result = run_steps(lambda _: 1, [1, 2], TimeBudget(0))
    assert (result.done, result.is_finished) == (0, False)


def test_the_budget_is_looked_at_before_each_step_and_not_once_a_round() -> None:
    budget, order = TimeBudget(60), []

    def step(item: str) -> int:
        order.append(item)
        if len(order) == 2:
            budget.until = 0.0
        return 1

    result = run_steps(step, ["first", "second", "third"], budget)
    assert order == ["first", "second"]
    assert (result.done, result.is_finished) == (2, False)


def test_nothing_to_do_is_finished_at_once() -> None:
    assert run_steps(lambda _: 1, [], TimeBudget(0)).is_finished
