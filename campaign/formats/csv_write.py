"""CSV, lines ended as RFC 4180 says, every cell but numbers quoted, formulas neutralised.

For machines in UTF-8 without byte order mark; for spreadsheets with one, since they take it for another encoding otherwise.
Lines are put together from whole columns: the csv module goes by each cell, and takes a third longer.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, BinaryIO

from campaign.domain.exports.plan import CellType
from campaign.formats.row_batches import RowBatch, cell_types

BYTE_ORDER_MARK = "\ufeff"
# What makes a spreadsheet read a cell as a formula, and the full-width forms some of them take for the same.
FORMULA_PREFIXES = tuple("=+-@\t\r\x00\uff1d\uff0b\uff0d\uff20")
_FORMULA_CHARACTERS = frozenset(FORMULA_PREFIXES)
_first_character = itemgetter(slice(0, 1))
_YES_NO = ("no", "yes")


def write_csv(out: BinaryIO, batches: Iterable[RowBatch], names: Sequence[str], *, for_spreadsheets: bool = False) -> None:
    """Write blocks of these columns to a file."""
    of_column = cell_types(names)
    heading = ",".join(f'"{name}"' for name in names) + "\r\n"
    out.write(((BYTE_ORDER_MARK if for_spreadsheets else "") + heading).encode())
    line = ",".join("%s" if kind is CellType.NUMBER else '"%s"' for kind in of_column) + "\r\n"
    for block in batches:
        cells = [_encode_column(kind, column) for kind, column in zip(of_column, block.columns, strict=True)]
        out.write("".join([line % row for row in zip(*cells, strict=True)]).encode())


def neutralise_formula(text: str) -> str:
    """A text that no spreadsheet runs: a leading ' before anything that begins a formula."""
    return f"'{text}" if text.startswith(FORMULA_PREFIXES) else text


def _encode_column(cell_type: CellType, column: Sequence[Any]) -> Sequence[Any]:
    match cell_type:
        case CellType.NUMBER:
            return column
        case CellType.FLAG:
            return [_YES_NO[flag] for flag in column]
        case CellType.TIME:
            return column if None not in column else [time or "" for time in column]
        case CellType.TEXT:
            # Hardly a column has such cells among some thousands: to see that there are none is quicker than to go by each.
            if not _FORMULA_CHARACTERS.isdisjoint(map(_first_character, column)):
                column = [neutralise_formula(cell) for cell in column]
            if '"' in "".join(column):
                column = [cell.replace('"', '""') for cell in column]
            return column
