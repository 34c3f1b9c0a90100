"""CSV, lines ended as RFC 4180 says, every cell but numbers quoted, formulas neutralised.

For machines in UTF-8 without byte order mark; for spreadsheets with one, since they take it for another encoding otherwise.
Lines are put together from whole columns: the csv module goes by each cell, and takes a third longer.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, BinaryIO

from campaign.domain.export import Cell
from campaign.exports.rows import Block, kinds

BYTE_ORDER_MARK = "\ufeff"
# What makes a spreadsheet read a cell as a formula, and the full-width forms some of them take for the same.
FORMULA_LEADS = tuple("=+-@\t\r\x00\uff1d\uff0b\uff0d\uff20")
_LEADS = frozenset(FORMULA_LEADS)
_first = itemgetter(slice(0, 1))
_YES_NO = ("no", "yes")


def write_csv(out: BinaryIO, blocks: Iterable[Block], names: Sequence[str], *, for_spreadsheets: bool = False) -> None:
    """Write blocks of these columns to a file."""
    of_column = kinds(names)
    heading = ",".join(f'"{name}"' for name in names) + "\r\n"
    out.write(((BYTE_ORDER_MARK if for_spreadsheets else "") + heading).encode())
    line = ",".join("%s" if kind is Cell.NUMBER else '"%s"' for kind in of_column) + "\r\n"
    for block in blocks:
        cells = [_written(kind, column) for kind, column in zip(of_column, block.cells, strict=True)]
        out.write("".join([line % row for row in zip(*cells, strict=True)]).encode())


def neutralised(text: str) -> str:
    """A text that no spreadsheet runs: a leading ' before anything that begins a formula."""
    return f"'{text}" if text.startswith(FORMULA_LEADS) else text


def _written(kind: Cell, column: Sequence[Any]) -> Sequence[Any]:
    match kind:
        case Cell.NUMBER:
            return column
        case Cell.FLAG:
            return [_YES_NO[flag] for flag in column]
        case Cell.TIME:
            return column if None not in column else [time or "" for time in column]
        case Cell.TEXT:
            # Hardly a column has such cells among some thousands: to see that there are none is quicker than to go by each.
            if not _LEADS.isdisjoint(map(_first, column)):
                column = [neutralised(cell) for cell in column]
            if '"' in "".join(column):
                column = [cell.replace('"', '""') for cell in column]
            return column
