"""Rows that are left out of a list, packed: of twenty thousand, what is said takes a hundred megabytes otherwise."""

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any

from campaign.domain.common.invalid_input import Sentence
from campaign.services.paper.packed_sentences import MessageTable

_MAX_PACK_ROWS = 1_000
"""Rows that are unpacked at a time."""


class PackedExclusions:
    """Rows left out, in their order: the line of each, why, and more words on it."""

    def __init__(self, text: str = "", length: int = 0) -> None:
        self._packs = [base64.b64decode(line) for line in text.splitlines()]
        self._length = length
        self._begin_pack()

    def _begin_pack(self) -> None:
        self._table = MessageTable()
        self._rows: list[tuple[int, str, list[Any]]] = []

    def __len__(self) -> int:
        return self._length

    def add(self, line: int, why: str, words: str) -> None:
        """Put one at the end."""
        self._rows.append((line, why, self._table.pack(words)))
        self._length += 1
        if len(self._rows) == _MAX_PACK_ROWS:
            self._end_pack()

    def _end_pack(self) -> None:
        if self._rows:
            self._packs.append(zlib.compress(json.dumps([self._table.messages, self._rows], ensure_ascii=False).encode(), 1))
            self._begin_pack()

    def __iter__(self) -> Iterator[tuple[int, str, Sentence]]:
        """Row by row."""
        self._end_pack()
        for pack in self._packs:
            messages, rows = json.loads(zlib.decompress(pack))
            table = MessageTable(messages)
            for line, why, packed in rows:
                yield line, why, table.unpack(packed)

    def to_text(self) -> str:
        """As a text that can be encrypted; with the length, it can be read back."""
        self._end_pack()
        return "\n".join(base64.b64encode(pack).decode() for pack in self._packs)
