"""Rows of cells under a head that is repeated on each page: tables, and long lists in several columns of a page.

Most names are plain Latin letters, each its own glyph: those are written as they are, many to one piece of the page, in a few
microseconds each. Whatever else there is (Arabic, Chinese, what is too long for its column) is shaped and set in lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.textobject import PDFTextObject

from campaign.drawing.flow import Set, Span, flow
from campaign.drawing.fonts import CHAINS, typeface
from campaign.drawing.leaves import BLACK, LEFT, MM, RIGHT, Leaves
from campaign.drawing.page import embed, write

_GAP = 3 * MM
"""Between the cells of a row."""
_GUTTER = 7 * MM
"""Between rows side by side."""
_LATIN = (range(0x20, 0x7F), range(0xA1, 0xAD), range(0xAE, 0x250), range(0x2010, 0x2016), range(0x2018, 0x201F), (0x2026,))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, and how wide it is beside the others."""

    title: str
    share: float = 1
    number: bool = False
    """Whether its cells end where the column ends, as numbers do."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How rows are set."""

    size: float = 9.5
    leading: float = 13.5
    across: int = 1
    """How many rows stand side by side; they are read down first."""
    ruled: bool = True
    """Whether a line stands beneath each row."""


TABLE = Manner()


def write_rows(leaves: Leaves, columns: Sequence[Column], rows: Iterable[Sequence[str]], manner: Manner = TABLE) -> int:
    """Write rows, from where the page is; how many there were. Memory does not grow with them but for the pages."""
    return _Rows(leaves, columns, manner).write(rows)


class _Rows:
    def __init__(self, leaves: Leaves, columns: Sequence[Column], manner: Manner) -> None:
        self._leaves, self._columns, self._manner = leaves, columns, manner
        self._width = (RIGHT - LEFT - _GUTTER * (manner.across - 1)) / manner.across
        room = self._width - _GAP * (len(columns) - 1)
        shares = sum(column.share for column in columns)
        self._rooms = [room * column.share / shares for column in columns]
        self._lefts = [sum(self._rooms[:at]) + _GAP * at for at in range(len(columns))]
        self._font = typeface(CHAINS["text"][0])
        self._widths = _latin_widths()
        self._at = 0
        self._top = 0.0
        self._pen: PDFTextObject | None = None
        embed(self._font)

    def write(self, rows: Iterable[Sequence[str]]) -> int:
        leaves, manner, written = self._leaves, self._manner, 0
        leaves.need(manner.leading * 4)
        self._begin()
        for row in rows:
            written += 1
            widths = self._quick(row)
            if widths is None:
                self._set(row)
                continue
            if leaves.y - manner.leading < leaves.bottom:
                self._next()
            self._put(row, widths)
            self._end_row(leaves.y - manner.leading)
        self._flush()
        if self._at:
            # Beneath rows side by side nothing else is written.
            leaves.y = leaves.bottom
        return written

    def _quick(self, row: Sequence[str]) -> list[float] | None:
        """How wide each cell is, where all can be written as they are on one line; None elsewhere."""
        size, found = self._manner.size, []
        try:
            for cell, room in zip(row, self._rooms, strict=True):
                width = sum(map(self._widths.__getitem__, cell)) * size
                if width > room:
                    return None
                found.append(width)
        except KeyError:
            return None
        return found

    def _put(self, row: Sequence[str], widths: Sequence[float]) -> None:
        pen = self._pen
        if pen is None:
            pen = self._pen = self._leaves.canvas.beginText()
            pen.setFont(self._font.name, self._manner.size)
            pen.setFillColor(HexColor(BLACK))
        left, baseline = self._left, self._leaves.y - self._manner.leading * 0.72
        for cell, x, width, room, column in zip(row, self._lefts, widths, self._rooms, self._columns, strict=True):
            if cell:
                pen.setTextOrigin(left + x + (room - width if column.number else 0), baseline)
                pen.textOut(cell)

    def _set(self, row: Sequence[str], *, bold: bool = False) -> None:
        """Write a row that must be shaped, in as many lines as its longest cell needs."""
        self._flush()
        leaves, manner = self._leaves, self._manner
        cells = [
            flow([Span(cell, "bold" if bold else "text")], room / manner.size)
            for cell, room in zip(row, self._rooms, strict=True)
        ]
        height = manner.leading * max(1, *(len(cell.lines) for cell in cells))
        if leaves.y - height < leaves.bottom and leaves.y < self._top:
            self._next()
        for cell, x, room, column in zip(cells, self._lefts, self._rooms, self._columns, strict=True):
            self._write_cell(cell, self._left + x, room, at_end=column.number)
        self._end_row(leaves.y - height)

    def _write_cell(self, cell: Set, left: float, room: float, *, at_end: bool) -> None:
        manner, baseline = self._manner, self._leaves.y - self._manner.leading * 0.72
        for segments in cell.lines:
            placed, width = cell.placed(segments)
            start = left + (room - width * manner.size if at_end else 0)
            for line, x in placed:
                write(self._leaves.canvas, line, start + x * manner.size, baseline, manner.size, BLACK)
            baseline -= manner.leading

    @property
    def _left(self) -> float:
        return LEFT + self._at * (self._width + _GUTTER)

    def _begin(self) -> None:
        """The head, at the top of a column of rows."""
        self._top = self._leaves.y
        self._set([column.title for column in self._columns], bold=True)
        if not self._manner.ruled:
            self._leaves.rule(self._leaves.y, self._left, self._left + self._width)
        self._leaves.y -= 1 * MM
        self._first = self._leaves.y

    def _next(self) -> None:
        """Go on beside these rows, or on the next page."""
        self._flush()
        self._at += 1
        if self._at < self._manner.across:
            self._leaves.y = self._top
        else:
            self._at = 0
            self._leaves.turn()
        self._begin()

    def _end_row(self, y: float) -> None:
        self._leaves.y = y
        if self._manner.ruled:
            self._leaves.rule(y, self._left, self._left + self._width)

    def _flush(self) -> None:
        if self._pen is not None:
            self._leaves.canvas.drawText(self._pen)
            self._pen = None


@cache
def _latin_widths() -> dict[str, float]:
    """How wide each letter is that can be written as it is, in ems."""
    font = typeface(CHAINS["text"][0])
    letters = (code for codes in _LATIN for code in codes if code in font.letters)
    advance = font.shaper.get_glyph_h_advance
    return {chr(code): advance(font.shaper.get_nominal_glyph(code)) / font.units for code in letters}
