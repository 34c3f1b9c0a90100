"""Cases of one test that need nothing but their own values, run as one test.

pytest and xdist spend some milliseconds around each test, more than most of these take: thousands of names, addresses and
postcodes, each read once. Every case is run, whatever became of the one before; a failure names its case. One case alone is
run by `pytest path::test[case]`, as ever.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

import pytest


def merge_cases(items: list[pytest.Item]) -> None:
    """Put one test in the place of those that follow each other and differ in plain values alone."""
    merged: list[pytest.Item] = []
    for key, found in groupby(items, _function_of):
        cases = list(found)
        if key is None or len(cases) == 1:
            merged += cases
        else:
            parent, name = key
            merged.append(pytest.Function.from_parent(parent, name=name, callobj=_run_each(cases)))
    items[:] = merged


def _function_of(item: pytest.Item) -> tuple[pytest.Collector, str] | None:
    """Where a case comes from; None for a test that asks for fixtures, has marks, or looks for its cases itself."""
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec") or hasattr(item.obj, "hypothesis"):
        return None
    if set(item.fixturenames) != set(item.callspec.params) or {mark.name for mark in item.own_markers} != {"parametrize"}:
        return None
    assert item.parent is not None
    return item.parent, item.originalname


def _run_each(cases: Sequence[pytest.Item]) -> Callable[[], None]:
    def run() -> None:
        failed: list[Exception] = []
        for case in cases:
            assert isinstance(case, pytest.Function)
            try:
                case.obj(**case.callspec.params)
            except pytest.fail.Exception as fault:  # What `pytest.raises` says where nothing was raised; no Exception itself.
                failed.append(AssertionError(f"{fault} in the case {case.name}").with_traceback(fault.__traceback__))
            except Exception as error:
                error.add_note(f"in the case {case.name}")
                failed.append(error)
        if failed:
            raise failed[0] if len(failed) == 1 else ExceptionGroup(f"{len(failed)} of {len(cases)} cases failed", failed)

    return run
