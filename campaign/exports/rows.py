"""The rows of every export, column by column, some thousands at a time: what is alike is written alike, and quickly."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.domain.export import CELLS, COLUMNS, Cell, ordered

Rows = Sequence[Sequence[Any]]
"""Rows as the store gives them out: a cell for each column but `number`. Texts, flags (or 0 and 1), times as text or None."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows after each other."""

    size: int
    cells: tuple[Sequence[Any], ...]
    """For each column its cells."""


def columns(*, with_email: bool) -> tuple[str, ...]:
    """The columns of an export where nobody chose any; the address stands beside the name."""
    return ordered((*COLUMNS, "email")) if with_email else COLUMNS


def numbered(found: Iterable[Rows], names: Sequence[str], note: Callable[[int], None] = lambda _: None) -> Iterator[Block]:
    """Blocks of these columns for rows in the order given, numbered from 1. `note` is told of each block's size once it is
    written."""
    first = 1
    for rows in found:
        stored = iter(zip(*rows, strict=True))
        size = len(rows)
        yield Block(size, tuple(range(first, first + size) if name == "number" else next(stored) for name in names))
        first += size
        note(size)


def kinds(names: Sequence[str]) -> tuple[Cell, ...]:
    """What stands in each of these columns."""
    return tuple(CELLS[name] for name in names)
