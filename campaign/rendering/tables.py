"""Rows of cells under a head that is repeated on each page: tables, and long lists in several columns of a page.

Most names are plain Latin letters, each its own glyph: those are written as they are, many to one piece of the page, in a few
microseconds each. Whatever else there is (Arabic, Chinese, what is too long for its column) is shaped and set in lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from campaign.rendering.fonts import FONT_FALLBACKS, typeface
from campaign.rendering.line_breaking import BrokenLines, Span, break_lines
from campaign.rendering.pages import BLACK, LEFT, MM, RIGHT, PageSequence
from campaign.rendering.pdf_canvas import embed_font, pdf_colour, write_line

if TYPE_CHECKING:
    from reportlab.pdfgen.textobject import PDFTextObject

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
    right_aligned: bool = False
    """Whether its cells end where the column ends, as numbers do."""


@dataclass(frozen=True, slots=True)
class TableStyle:
    """Style of a table's rows."""

    size: float = 9.5
    leading: float = 13.5
    across: int = 1
    """How many rows stand side by side; they are read down first."""
    ruled: bool = True
    """Whether a line stands beneath each row."""


DEFAULT_STYLE = TableStyle()


def write_table(pages: PageSequence, columns: Sequence[Column], rows: Iterable[Sequence[str]], style: TableStyle) -> int:
    """Write rows, from where the page is; how many there were. Memory does not grow with them but for the pages."""
    return _TableWriter(pages, columns, style).write(rows)


class _TableWriter:
    def __init__(self, pages: PageSequence, columns: Sequence[Column], style: TableStyle) -> None:
        self._pages, self._columns, self._style = pages, columns, style
        self._width = (RIGHT - LEFT - _GUTTER * (style.across - 1)) / style.across
        room = self._width - _GAP * (len(columns) - 1)
        shares = sum(column.share for column in columns)
        self._column_widths = [room * column.share / shares for column in columns]
        self._column_lefts = [sum(self._column_widths[:at]) + _GAP * at for at in range(len(columns))]
        self._font = typeface(FONT_FALLBACKS["text"][0])
        self._widths = _latin_widths()
        self._at = 0
        self._top = 0.0
        self._pen: PDFTextObject | None = None
        embed_font(self._font)

    def write(self, rows: Iterable[Sequence[str]]) -> int:
        leaves, manner, written = self._pages, self._style, 0
        leaves.reserve(manner.leading * 4)
        self._write_heading()
        for row in rows:
            written += 1
            widths = self._plain_widths(row)
            if widths is None:
                self._write_shaped_row(row)
                continue
            if leaves.y - manner.leading < leaves.bottom:
                self._next_column()
            self._write_plain_row(row, widths)
            self._end_row(leaves.y - manner.leading)
        self._flush()
        if self._at:
            # Beneath rows side by side nothing else is written.
            leaves.y = leaves.bottom
        return written

    def _plain_widths(self, row: Sequence[str]) -> list[float] | None:
        """How wide each cell is, where all can be written as they are on one line; None elsewhere."""
        size, found = self._style.size, []
        try:
            for cell, room in zip(row, self._column_widths, strict=True):
                width = sum(map(self._widths.__getitem__, cell)) * size
                if width > room:
                    return None
                found.append(width)
        except KeyError:
            return None
        return found

    def _write_plain_row(self, row: Sequence[str], widths: Sequence[float]) -> None:
        pen = self._pen
        if pen is None:
            pen = self._pen = self._pages.canvas.beginText()
            pen.setFont(self._font.name, self._style.size)
            pen.setFillColor(pdf_colour(BLACK))
        left, baseline = self._left, self._pages.y - self._style.leading * 0.72
        for cell, x, width, room, column in zip(
            row, self._column_lefts, widths, self._column_widths, self._columns, strict=True
        ):
            if cell:
                pen.setTextOrigin(left + x + (room - width if column.right_aligned else 0), baseline)
                pen.textOut(cell)

    def _write_shaped_row(self, row: Sequence[str], *, bold: bool = False) -> None:
        """Write a row that must be shaped, in as many lines as its longest cell needs."""
        self._flush()
        leaves, manner = self._pages, self._style
        cells = [
            break_lines([Span(cell, "bold" if bold else "text")], room / manner.size)
            for cell, room in zip(row, self._column_widths, strict=True)
        ]
        height = manner.leading * max(1, *(len(cell.lines) for cell in cells))
        if leaves.y - height < leaves.bottom and leaves.y < self._top:
            self._next_column()
        for cell, x, room, column in zip(cells, self._column_lefts, self._column_widths, self._columns, strict=True):
            self._write_cell(cell, self._left + x, room, at_end=column.right_aligned)
        self._end_row(leaves.y - height)

    def _write_cell(self, cell: BrokenLines, left: float, max_width: float, *, at_end: bool) -> None:
        manner, baseline = self._style, self._pages.y - self._style.leading * 0.72
        for segments in cell.lines:
            placed, width = cell.place_line(segments)
            start = left + (max_width - width * manner.size if at_end else 0)
            for line, x in placed:
                write_line(self._pages.canvas, line, start + x * manner.size, baseline, manner.size, BLACK)
            baseline -= manner.leading

    @property
    def _left(self) -> float:
        return LEFT + self._at * (self._width + _GUTTER)

    def _write_heading(self) -> None:
        """The head, at the top of a column of rows."""
        self._top = self._pages.y
        self._write_shaped_row([column.title for column in self._columns], bold=True)
        if not self._style.ruled:
            self._pages.draw_rule(self._pages.y, self._left, self._left + self._width)
        self._pages.y -= 1 * MM
        self._first = self._pages.y

    def _next_column(self) -> None:
        """Go on beside these rows, or on the next page."""
        self._flush()
        self._at += 1
        if self._at < self._style.across:
            self._pages.y = self._top
        else:
            self._at = 0
            self._pages.new_page()
        self._write_heading()

    def _end_row(self, y: float) -> None:
        self._pages.y = y
        if self._style.ruled:
            self._pages.draw_rule(y, self._left, self._left + self._width)

    def _flush(self) -> None:
        if self._pen is not None:
            self._pages.canvas.drawText(self._pen)
            self._pen = None


@cache
def _latin_widths() -> dict[str, float]:
    """How wide each letter is that can be written as it is, in ems."""
    font = typeface(FONT_FALLBACKS["text"][0])
    letters = (code for codes in _LATIN for code in codes if code in font.code_points)
    advance = font.shaper.get_glyph_h_advance
    return {chr(code): advance(font.shaper.get_nominal_glyph(code)) / font.units_per_em for code in letters}
