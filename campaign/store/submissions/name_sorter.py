"""Sorter of names: any number of them in the order of surnames, in bounded memory.

The order is `campaign.domain.signatures.name_order`, which no database knows. What does not fit into memory is in a temporary
file of SQLite, which has no name, is readable by this process alone, and goes when it is closed.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from campaign.domain.signatures.name_order import sort_key

_MEMORY_KIB = 16_384
"""Of names held before any goes to disk: some 200,000."""


class NameSorter:
    """Names with their ids, taken in in any order and given back sorted; equal names by id."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)

    def __enter__(self) -> Self:
        self._database.execute(f"PRAGMA cache_size = -{_MEMORY_KIB}")
        self._database.execute("CREATE TABLE names (sort_key TEXT, id INTEGER, PRIMARY KEY (sort_key, id)) WITHOUT ROWID")
        self._database.execute("BEGIN")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()

    def add(self, names: Iterable[tuple[str, int]]) -> None:
        """Take in some names with their ids."""
        self._database.executemany("INSERT INTO names VALUES (?, ?)", ((sort_key(name), id_) for name, id_ in names))

    def sorted_ids(self, batch_size: int) -> Iterator[list[int]]:
        """All ids in the order of their names, so many at a time."""
        found = self._database.execute("SELECT id FROM names ORDER BY sort_key, id")
        while rows := found.fetchmany(batch_size):
            yield [row[0] for row in rows]
