"""XLSX: every text a cell of text, times real times (UTC), a bold heading that stays in sight.

A cell of text is never a formula, whatever it begins with, so texts stand as they are. Rows go straight into the file, and the
parts around them are few and always the same; a library that keeps cells apart takes several times as long for each.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import Any, BinaryIO
from zipfile import ZipFile

from campaign.domain.exports.plan import COLUMN_TYPES, CellType
from campaign.formats.csv_write import FORMULA_PREFIXES
from campaign.formats.row_batches import RowBatch, cell_types
from campaign.formats.xlsx_parts import (
    HEADING,
    PLAIN,
    QUOTED_TEXT,
    SHEET_END,
    TEXT,
    TIME,
    sheet_path,
    sheet_start,
    workbook_parts,
)
from campaign.formats.zip_entry import zip_entry

MAX_SHEET_ROWS = 1_048_575
"""Rows of a sheet below its heading: no program opens more."""
MAX_SHEET_BYTES = 1_500_000_000
"""Of one sheet, unpacked: beyond 2 GiB the ZIP would take a form that not every program opens."""
_COMPRESSION_LEVEL = 1
"""Rows are so alike that more effort saves little and takes several times as long."""
_COLUMN_WIDTHS = {
    "number": 9,
    "name": 28,
    "first_name": 18,
    "last_name": 18,
    "email": 32,
    "comment": 48,
    "postcode": 11,
    "constituency": 28,
    "council": 28,
    "source": 20,
    "state": 13,
    "statement": 48,
}
_HEADING_MARGIN = 2
"""Characters that a column is wider than its heading at least: headings are bold, and each stands next to another."""
_EPOCH_ORDINAL = date(1899, 12, 30).toordinal()
_YES_NO = ("no", "yes")
_SPECIAL = re.compile("[&<>\x00-\x1f\x7f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_SIGNIFICANT_SPACE = re.compile(r"\A\s|\s\Z|\n|  ")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": "\t", "\n": "\n", "\r": "&#13;"}


def write_xlsx(out: BinaryIO, batches: Iterable[RowBatch], names: Sequence[str], *, max_rows: int = MAX_SHEET_ROWS) -> None:
    """Write batches of these columns as a workbook. Past `max_rows` there is another sheet; numbers go on."""
    letters = [chr(ord("A") + place) for place in range(len(names))]
    of_column = cell_types(names)
    head = sheet_start([_column_width(name) for name in names])
    heading = "".join(_text_cell(letter, 1, name, HEADING) for letter, name in zip(letters, names, strict=True))
    with ZipFile(out, "w") as zipped:
        number = 0
        for sheet in _sheets(batches, max_rows):
            number += 1
            with zipped.open(zip_entry(sheet_path(number), level=_COMPRESSION_LEVEL), "w") as part:
                part.write(f'{head}<row r="1">{heading}</row>'.encode())
                row, octets = 2, 0
                for block in sheet:
                    cells = [_cells(*one, row) for one in zip(of_column, letters, block.columns, strict=True)]
                    lines = [f'<row r="{at}">{"".join(line)}</row>' for at, line in enumerate(zip(*cells, strict=True), row)]
                    row += block.size
                    octets += part.write("".join(lines).encode())
                    if octets > MAX_SHEET_BYTES:
                        sheet.end()
                part.write(SHEET_END.encode())
        named = ["Signatures"] if number == 1 else [f"Signatures {n}" for n in range(1, number + 1)]
        for path, xml in workbook_parts(named).items():
            zipped.writestr(zip_entry(path), xml)


class _Sheet:
    """The blocks of one sheet."""

    def __init__(self, batches: "_BatchReader", max_rows: int) -> None:
        self._batches, self._left = batches, max_rows

    def __iter__(self) -> Iterator[RowBatch]:
        while self._left > 0 and (block := self._batches.take(self._left)) is not None:
            self._left -= block.size
            yield block

    def end(self) -> None:
        """What comes now belongs to the next one."""
        self._left = 0


class _BatchReader:
    """Blocks that can be taken in parts."""

    def __init__(self, batches: Iterable[RowBatch]) -> None:
        self._source = iter(batches)
        self._rest: RowBatch | None = None

    @property
    def more(self) -> bool:
        """Whether there is one more row."""
        if self._rest is None:
            self._rest = next((block for block in self._source if block.size), None)
        return self._rest is not None

    def take(self, max_rows: int) -> RowBatch | None:
        """The next rows, `max_rows` of them at the most; None after the last."""
        if not self.more or self._rest is None:
            return None
        block, self._rest = self._rest, None
        if block.size > max_rows:
            self._rest = RowBatch(block.size - max_rows, tuple(cells[max_rows:] for cells in block.columns))
            block = RowBatch(max_rows, tuple(cells[:max_rows] for cells in block.columns))
        return block


def _column_width(name: str) -> int:
    usual = 20 if COLUMN_TYPES[name] is CellType.TIME else 9
    return max(_COLUMN_WIDTHS.get(name, usual), len(name) + _HEADING_MARGIN)


def _sheets(batches: Iterable[RowBatch], max_rows: int) -> Iterator[_Sheet]:
    """One sheet after the other, and one without rows where there are none."""
    coming = _BatchReader(batches)
    yield _Sheet(coming, max_rows)
    while coming.more:
        yield _Sheet(coming, max_rows)


def _cells(kind: CellType, letter: str, column: Sequence[Any], row: int) -> Iterable[str]:
    rows = range(row, row + len(column))
    match kind:
        case CellType.NUMBER:
            return [f'<c r="{letter}{at}" s="{PLAIN}"><v>{cell}</v></c>' for at, cell in zip(rows, column, strict=True)]
        case CellType.TIME:
            return [
                f'<c r="{letter}{at}" s="{TIME}"><v>{_serial_date(cell)}</v></c>' if cell else ""
                for at, cell in zip(rows, column, strict=True)
            ]
        case CellType.FLAG:
            column = [_YES_NO[flag] for flag in column]
    if not any(column):
        return repeat("", len(column))
    if _is_plain_text(column):
        lead, mid = f'<c r="{letter}', f'" s="{TEXT}" t="inlineStr"><is><t>'
        return [f"{lead}{at}{mid}{cell}</t></is></c>" if cell else "" for at, cell in zip(rows, column, strict=True)]
    return [_text_cell(letter, at, cell, TEXT) if cell else "" for at, cell in zip(rows, column, strict=True)]


def _is_plain_text(column: Sequence[str]) -> bool:
    """Whether all of these can be written as they are."""
    together = "\x1e".join(column)
    return _NEEDS_ESCAPING.search(together) is None


_NEEDS_ESCAPING = re.compile(
    "[&<>\x00-\x1d\x1f\x7f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|  | (?:\x1e|\\Z)|(?:\\A|\x1e)[ "
    + re.escape("".join(FORMULA_PREFIXES))
    + "]"
)


def _text_cell(letter: str, row: int, text: str, style: int) -> str:
    """A cell of text, with whatever XML has no letter for."""
    if style == TEXT and text.startswith(FORMULA_PREFIXES):
        style = QUOTED_TEXT
    space = ' xml:space="preserve"' if _SIGNIFICANT_SPACE.search(text) else ""
    written = _SPECIAL.sub(_escape_special, text)
    return f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is><t{space}>{written}</t></is></c>'


def _escape_special(found: re.Match[str]) -> str:
    # What no XML can hold is written as ST_Xstring says (22.9.2.19), and what looks like that too.
    special = found[0]
    return f"_x005F{special}" if len(special) > 1 else _ESCAPES.get(special) or f"_x{ord(special):04X}_"


def _serial_date(time: str) -> str:
    """A time as spreadsheets count it: days since the end of 1899, with seconds as a fraction."""
    seconds = int(time[11:13]) * 3600 + int(time[14:16]) * 60 + int(time[17:19])
    return repr(_day_number(time[:10]) + seconds / 86_400)


@lru_cache(maxsize=1024)
def _day_number(day: str) -> int:
    return date.fromisoformat(day).toordinal() - _EPOCH_ORDINAL
