"""Cases that are run as one test: none is left out, and each failure is told of."""

import pytest

from tests.support.cases import merge_cases

_ran: list[int] = []


@pytest.fixture
def answer() -> int:
    return 42


@pytest.mark.parametrize("number", range(6))
def numbers(number: int) -> None:
    _ran.append(number)
    assert number != 2
    with pytest.raises(ZeroDivisionError):
        _ = 1 // (number == 4)


@pytest.mark.parametrize("number", range(2))
def asking(number: int, answer: int) -> None: ...


def test_every_case_is_run_and_each_failure_names_its_own(request: pytest.FixtureRequest) -> None:
    module = request.node.parent
    assert isinstance(module, pytest.Module)
    items: list[pytest.Item] = [*module._genfunctions("numbers", numbers), *module._genfunctions("asking", asking)]
    merge_cases(items)
    # What asks for a fixture stays as it is.
    assert [item.name for item in items] == ["numbers", "asking[0]", "asking[1]"]
    merged = items[0]
    assert isinstance(merged, pytest.Function)
    _ran.clear()
    with pytest.raises(ExceptionGroup, match="2 of 6 cases") as failed:
        merged.obj()
    assert _ran == [*range(6)]
    first, second = failed.value.exceptions
    assert first.__notes__ == ["in the case numbers[2]"]
    assert "DID NOT RAISE" in str(second)
    assert "in the case numbers[4]" in str(second)
