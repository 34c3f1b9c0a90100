"""The rows of every export: columns, order, numbering."""

import pytest

from campaign.domain.export import CELLS, COLUMNS, ON_REQUEST, ordered
from campaign.exports.rows import columns, numbered
from tests.exports.signed import blocks, signed

PROMISED = ("number", "name", "postcode", "country", "comment", "public", "updates", "signed_at", "verified_at", "source")


def test_the_columns_are_those_promised() -> None:
    assert columns(with_email=False) == COLUMNS == PROMISED


def test_the_address_is_added_only_where_it_is_asked_for() -> None:
    assert columns(with_email=True) == ("number", "name", "email", *PROMISED[2:])


def test_what_nobody_asked_for_is_not_there() -> None:
    assert set(CELLS) - set(COLUMNS) == set(ON_REQUEST) == {"email", "kind", "state", "constituency"}


def test_columns_stand_in_their_order_however_they_are_named() -> None:
    assert ordered(("source", "name", "number", "name", "password")) == ("number", "name", "source")


@pytest.mark.parametrize("size", [1, 2, 5])
def test_rows_are_numbered_from_1_in_the_order_given(size: int) -> None:
    names = ("number", "name")
    found = list(blocks(*(signed(name=name) for name in ("Zoë", "Ada", "Mae")), names=names, size=size))
    rows = [row for block in found for row in zip(*block.cells, strict=True)]
    assert rows == [(1, "Zoë"), (2, "Ada"), (3, "Mae")]
    assert sum(block.size for block in found) == 3


def test_numbers_alone_are_a_column_too() -> None:
    [block] = numbered([[(), (), ()]], ("number",))
    assert (block.size, [list(cells) for cells in block.cells]) == (3, [[1, 2, 3]])


def test_whoever_watches_is_told_of_rows_once_they_are_written() -> None:
    told: list[int] = []
    for _ in numbered([[("Ada",)], [("Mae",), ("Zoë",)]], ("name",), told.append):
        assert sum(told) < 3
    assert told == [1, 2]
