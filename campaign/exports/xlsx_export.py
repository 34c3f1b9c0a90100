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

from campaign.domain.export import CELLS, Cell
from campaign.exports.csv_export import FORMULA_LEADS
from campaign.exports.rows import Block, kinds
from campaign.exports.xlsx_parts import HARMLESS_TEXT, HEADING, PLAIN, SHEET_TAIL, TEXT, TIME, around, sheet_head, sheet_path
from campaign.exports.zipped import entry

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading: no program opens more."""
MOST_OCTETS = 1_500_000_000
"""Of one sheet, unpacked: beyond 2 GiB the ZIP would take a form that not every program opens."""
_EFFORT = 1
"""Rows are so alike that more effort saves little and takes several times as long."""
_WIDTHS = {"number": 9, "name": 28, "email": 32, "comment": 48, "postcode": 11, "country": 9, "constituency": 28, "source": 20}
_DAY_ZERO = date(1899, 12, 30).toordinal()
_YES_NO = ("no", "yes")
_SPECIAL = re.compile("[&<>\x00-\x1f\x7f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_AROUND_SPACE = re.compile(r"\A\s|\s\Z|\n|  ")
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": "\t", "\n": "\n", "\r": "&#13;"}


def write_xlsx(out: BinaryIO, blocks: Iterable[Block], names: Sequence[str], *, most_rows: int = MOST_ROWS) -> None:
    """Write blocks of these columns as a workbook. Past `most_rows` there is another sheet; numbers go on."""
    letters = [chr(ord("A") + place) for place in range(len(names))]
    of_column = kinds(names)
    head = sheet_head([_WIDTHS.get(name, 20 if CELLS[name] is Cell.TIME else 9) for name in names])
    heading = "".join(_text(letter, 1, name, HEADING) for letter, name in zip(letters, names, strict=True))
    with ZipFile(out, "w") as zipped:
        number = 0
        for sheet in _sheets(blocks, most_rows):
            number += 1
            with zipped.open(entry(sheet_path(number), effort=_EFFORT), "w") as part:
                part.write(f'{head}<row r="1">{heading}</row>'.encode())
                row, octets = 2, 0
                for block in sheet:
                    cells = [_cells(*one, row) for one in zip(of_column, letters, block.cells, strict=True)]
                    lines = [f'<row r="{at}">{"".join(line)}</row>' for at, line in enumerate(zip(*cells, strict=True), row)]
                    row += block.size
                    octets += part.write("".join(lines).encode())
                    if octets > MOST_OCTETS:
                        sheet.end()
                part.write(SHEET_TAIL.encode())
        named = ["Signatures"] if number == 1 else [f"Signatures {n}" for n in range(1, number + 1)]
        for path, xml in around(named).items():
            zipped.writestr(entry(path), xml)


class _Sheet:
    """The blocks of one sheet."""

    def __init__(self, blocks: "_Blocks", most_rows: int) -> None:
        self._blocks, self._left = blocks, most_rows

    def __iter__(self) -> Iterator[Block]:
        while self._left > 0 and (block := self._blocks.some(self._left)) is not None:
            self._left -= block.size
            yield block

    def end(self) -> None:
        """What comes now belongs to the next one."""
        self._left = 0


class _Blocks:
    """Blocks that can be taken in parts."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._coming = iter(blocks)
        self._rest: Block | None = None

    @property
    def more(self) -> bool:
        """Whether there is one more row."""
        if self._rest is None:
            self._rest = next((block for block in self._coming if block.size), None)
        return self._rest is not None

    def some(self, most: int) -> Block | None:
        """The next rows, `most` of them at the most; None after the last."""
        if not self.more or self._rest is None:
            return None
        block, self._rest = self._rest, None
        if block.size > most:
            self._rest = Block(block.size - most, tuple(cells[most:] for cells in block.cells))
            block = Block(most, tuple(cells[:most] for cells in block.cells))
        return block


def _sheets(blocks: Iterable[Block], most_rows: int) -> Iterator[_Sheet]:
    """One sheet after the other, and one without rows where there are none."""
    coming = _Blocks(blocks)
    yield _Sheet(coming, most_rows)
    while coming.more:
        yield _Sheet(coming, most_rows)


def _cells(kind: Cell, letter: str, column: Sequence[Any], row: int) -> Iterable[str]:
    rows = range(row, row + len(column))
    match kind:
        case Cell.NUMBER:
            return [f'<c r="{letter}{at}" s="{PLAIN}"><v>{cell}</v></c>' for at, cell in zip(rows, column, strict=True)]
        case Cell.TIME:
            return [
                f'<c r="{letter}{at}" s="{TIME}"><v>{_serial(cell)}</v></c>' if cell else ""
                for at, cell in zip(rows, column, strict=True)
            ]
        case Cell.FLAG:
            column = [_YES_NO[flag] for flag in column]
    if not any(column):
        return repeat("", len(column))
    if _harmless(column):
        lead, mid = f'<c r="{letter}', f'" s="{TEXT}" t="inlineStr"><is><t>'
        return [f"{lead}{at}{mid}{cell}</t></is></c>" if cell else "" for at, cell in zip(rows, column, strict=True)]
    return [_text(letter, at, cell, TEXT) if cell else "" for at, cell in zip(rows, column, strict=True)]


def _harmless(column: Sequence[str]) -> bool:
    """Whether all of these can be written as they are."""
    together = "\x1e".join(column)
    return _WRITTEN_OTHERWISE.search(together) is None


_WRITTEN_OTHERWISE = re.compile(
    "[&<>\x00-\x1d\x1f\x7f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|  | (?:\x1e|\\Z)|(?:\\A|\x1e)[ "
    + re.escape("".join(FORMULA_LEADS))
    + "]"
)


def _text(letter: str, row: int, text: str, style: int) -> str:
    """A cell of text, with whatever XML has no letter for."""
    if style == TEXT and text.startswith(FORMULA_LEADS):
        style = HARMLESS_TEXT
    space = ' xml:space="preserve"' if _AROUND_SPACE.search(text) else ""
    written = _SPECIAL.sub(_write_special, text)
    return f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is><t{space}>{written}</t></is></c>'


def _write_special(found: re.Match[str]) -> str:
    # What no XML can hold is written as ST_Xstring says (22.9.2.19), and what looks like that too.
    special = found[0]
    return f"_x005F{special}" if len(special) > 1 else _WRITTEN.get(special) or f"_x{ord(special):04X}_"


def _serial(time: str) -> str:
    """A time as spreadsheets count it: days since the end of 1899, with seconds as a fraction."""
    seconds = int(time[11:13]) * 3600 + int(time[14:16]) * 60 + int(time[17:19])
    return repr(_day(time[:10]) + seconds / 86_400)


@lru_cache(maxsize=1024)
def _day(day: str) -> int:
    return date.fromisoformat(day).toordinal() - _DAY_ZERO
