"""Cases that are run as one test: none is left out, and each failure is told of."""

import pytest

from tests.support.cases import merge_cases


@pytest.fixture
def answer() -> int:
    return 42


def test_every_case_is_run_and_each_failure_names_its_own(request: pytest.FixtureRequest) -> None:
    ran = []

    @pytest.mark.parametrize("number", range(6))
    def numbers(number: int) -> None:
        ran.append(number)
        assert number != 2
        with pytest.raises(ZeroDivisionError):
            _ = 1 // (number == 4)

    @pytest.mark.parametrize("number", range(2))
    def asking(number: int, answer: int) -> None: ...

    assert isinstance(request.node.parent, pytest.Module)
    items: list[pytest.Item] = [
        *request.node.parent._genfunctions("numbers", numbers), *request.node.parent._genfunctions("asking", asking)
    ]  # fmt: skip
    merge_cases(items)
    # What asks for a fixture stays as it is.
    assert [item.name for item in items] == ["numbers", "asking[0]", "asking[1]"]
    merged = items[0]
    assert isinstance(merged, pytest.Function)
    with pytest.raises(ExceptionGroup, match="2 of 6 cases") as failed:
        merged.obj()
    assert ran == [*range(6)]
    first, second = failed.value.exceptions
    assert first.__notes__ == ["in the case numbers[2]"]
    assert "DID NOT RAISE" in str(second)
    assert "in the case numbers[4]" in str(second)
