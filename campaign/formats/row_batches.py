"""The rows of every export, column by column, some thousands at a time: what is alike is written alike, and quickly."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.domain.exports.plan import COLUMN_TYPES, CellType

StoredRows = Sequence[Sequence[Any]]
"""Rows as the store gives them out: a cell for each column but `number`. Texts, flags (or 0 and 1), times as text or None."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows after each other."""

    size: int
    columns: tuple[Sequence[Any], ...]
    """For each column its cells."""


def number_rows(
    row_chunks: Iterable[StoredRows], names: Sequence[str], on_written: Callable[[int], None] = lambda _: None
) -> Iterator[RowBatch]:
    """Blocks of these columns for rows in the order given, numbered from 1. `note` is told of each block's size once it is
    written."""
    first = 1
    for rows in row_chunks:
        stored = iter(zip(*rows, strict=True))
        size = len(rows)
        yield RowBatch(size, tuple(range(first, first + size) if name == "number" else next(stored) for name in names))
        first += size
        on_written(size)


def cell_types(names: Sequence[str]) -> tuple[CellType, ...]:
    """What stands in each of these columns; text where it is none of an export's."""
    return tuple(COLUMN_TYPES.get(name, CellType.TEXT) for name in names)
