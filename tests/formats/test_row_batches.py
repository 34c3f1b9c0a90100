"""The rows of every export: columns, order, numbering."""

import pytest

from campaign.domain.exports.plan import COLUMN_TYPES, DEFAULT_COLUMNS, OPTIONAL_COLUMNS, ordered_columns
from campaign.formats.row_batches import number_rows
from tests.formats.sample_rows import COLUMNS_WITH_EMAIL, row_batches, signature_row

PROMISED = ("number", "name", "postcode", "country", "comment", "public", "updates", "signed_at", "verified_at", "source")


def test_the_columns_are_those_promised() -> None:
    assert DEFAULT_COLUMNS == ordered_columns(DEFAULT_COLUMNS) == PROMISED


def test_the_address_is_added_only_where_it_is_asked_for() -> None:
    assert ("number", "name", "email", *PROMISED[2:]) == COLUMNS_WITH_EMAIL


def test_what_nobody_asked_for_is_not_there() -> None:
    expected = {
        "first_name", "last_name", "email", "comment_hidden", "kind", "state", "area", "constituency", "council", "declared",
        "statement",
    }  # fmt: skip
    assert set(COLUMN_TYPES) - set(DEFAULT_COLUMNS) == set(OPTIONAL_COLUMNS) == expected


def test_columns_stand_in_their_order_however_they_are_named() -> None:
    assert ordered_columns(("source", "name", "number", "name", "password")) == ("number", "name", "source")


@pytest.mark.parametrize("size", [1, 2, 5])
def test_rows_are_numbered_from_1_in_the_order_given(size: int) -> None:
    names = ("number", "name")
    found = list(row_batches(*(signature_row(name=name) for name in ("Zoë", "Ada", "Mae")), names=names, size=size))
    rows = [row for block in found for row in zip(*block.columns, strict=True)]
    assert rows == [(1, "Zoë"), (2, "Ada"), (3, "Mae")]
    assert sum(block.size for block in found) == 3


def test_numbers_alone_are_a_column_too() -> None:
    [block] = number_rows([[(), (), ()]], ("number",))
    assert (block.size, [list(cells) for cells in block.columns]) == (3, [[1, 2, 3]])


def test_who_watches_is_told_of_rows_once_they_are_written() -> None:
    told: list[int] = []
    for _ in number_rows([[("Ada",)], [("Mae",), ("Zoë",)]], ("name",), told.append):
        assert sum(told) < 3
    assert told == [1, 2]
