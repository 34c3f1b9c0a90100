"""JSON: one object with the campaign and a list of signatures, a line each, or JSON Lines: nothing but those lines.

Lines are put together from cells of which each was encoded on its own, which takes a third of the time that whole objects do.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from typing import Any, BinaryIO

from campaign.domain.exports.plan import CellType
from campaign.formats.row_batches import RowBatch, cell_types

_FLAGS = ("false", "true")


def write_json(out: BinaryIO, batches: Iterable[RowBatch], names: Sequence[str], *, slug: str, text_hash: str) -> None:
    """Write blocks of these columns as one object."""
    head = '{"campaign": ' + json.dumps(slug) + ', "text_hash": ' + json.dumps(text_hash) + ', "signatures": ['
    out.write(head.encode())
    separator = "\n"
    for lines in _encode_rows(batches, names):
        out.write((separator + ",\n".join(lines)).encode())
        separator = ",\n"
    out.write(b"\n]}\n")


def write_jsonl(out: BinaryIO, batches: Iterable[RowBatch], names: Sequence[str]) -> None:
    """Write blocks of these columns, an object on each line."""
    for lines in _encode_rows(batches, names):
        out.write(("\n".join(lines) + "\n").encode())


def _encode_rows(batches: Iterable[RowBatch], names: Sequence[str]) -> Iterator[Iterable[str]]:
    of_column = cell_types(names)
    line = "{" + ", ".join(f'"{name}": %s' for name in names) + "}"
    for block in batches:
        cells = [_encode_column(kind, column) for kind, column in zip(of_column, block.columns, strict=True)]
        if block.size:
            yield [line % row for row in zip(*cells, strict=True)]


def _encode_column(cell_type: CellType, column: Sequence[Any]) -> Iterable[Any]:
    match cell_type:
        case CellType.NUMBER:
            return column
        case CellType.FLAG:
            return [_FLAGS[flag] for flag in column]
        case CellType.TIME:
            return ["null" if time is None else f'"{time}"' for time in column]
        case CellType.TEXT:
            return map(encode_basestring, column)
