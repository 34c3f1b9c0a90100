"""A document that flows over as many pages as it needs: headings, paragraphs in any script, Markdown, tables, long lists."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from campaign.rendering.fonts import Weight
from campaign.rendering.line_breaking import Span, break_lines
from campaign.rendering.markdown_blocks import markdown_blocks
from campaign.rendering.pages import BLACK, LEFT, MM, RIGHT, HeaderFooter, PageSequence
from campaign.rendering.pdf_canvas import write_line
from campaign.rendering.shaping import shape_line
from campaign.rendering.tables import DEFAULT_STYLE, Column, TableStyle, write_table

_BODY, _LEADING = 10.5, 15.5
_HEADINGS = {1: (20.0, 25.0), 2: (14.0, 19.0), 3: (11.5, 16.0)}
"""Size and leading, by level; deeper ones are as the last."""
_INDENT = 7 * MM
"""How far the words of a list stand in."""
_GAP = 2.4 * MM
"""Beneath a paragraph."""


_ROOM_AFTER_HEADING = 4 * _LEADING
"""Points: three lines, or the head of a table and three of its rows."""


def blank_table_height(least: int, height: float) -> float:
    """Points that a blank table of so many rows takes at least."""
    return height * least + 8 * MM


class Document:
    """Written from its beginning to its end; `finish` says how many pages it came to."""

    def __init__(self, out: BinaryIO, header_footer: HeaderFooter) -> None:
        self._pages = PageSequence(out, header_footer)

    def heading(self, text: str | Sequence[Span], level: int = 1, *, room_after: float = _ROOM_AFTER_HEADING) -> None:
        """A heading; it never stands alone at the foot of a page: `room_after` is what follows it at least, in points."""
        size, leading = _HEADINGS[min(level, 3)]
        leaves = self._pages
        spans = [
            Span(text if isinstance(text, str) else "".join(span.text for span in text), "heavy" if level == 1 else "bold")
        ]
        lines = len(break_lines(spans, (RIGHT - LEFT) / size).lines)
        gap = _GAP * (1.2 if level == 1 else 0.6)
        if not leaves.reserve(leading * (lines + 0.5) + gap + room_after) and leaves.y < leaves.top:
            leaves.y -= leading * 0.5
        self._write_spans(spans, size, leading)
        leaves.y -= gap

    def paragraph(self, text: str | Sequence[Span], *, indent: int = 0, marker: str = "", size: float = _BODY) -> None:
        """A paragraph; one of two lines or three is kept together."""
        spans = [Span(text)] if isinstance(text, str) else list(text)
        leading = _LEADING * size / _BODY
        self._write_spans(spans, size, leading, indent * _INDENT, marker)
        self._pages.y -= _GAP * (0.45 if marker else 1)

    def markdown(self, text: str, top: int = 2, *, room_after: float = _ROOM_AFTER_HEADING) -> None:
        """A text in Markdown; its largest headings are of level `top`. `room_after`: what follows it at least, in points."""
        found = list(markdown_blocks(text))
        shift = top - min((block.level for block in found if block.kind == "heading"), default=top)
        for number, block in enumerate(found, 1):
            if block.kind == "heading":
                room = room_after if number == len(found) else _ROOM_AFTER_HEADING
                self.heading(block.spans, max(1, block.level + shift), room_after=room)
            elif block.kind == "rule":
                self._pages.reserve(6 * MM)
                self.gap(2)
                self._pages.draw_rule(self._pages.y)
                self.gap(4)
            else:
                self.paragraph(block.spans, indent=block.indent, marker=block.marker)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], style: TableStyle = DEFAULT_STYLE) -> int:
        """Rows under a head that is repeated on each page; how many there were."""
        written = write_table(self._pages, columns, rows, style)
        self.gap(4)
        return written

    def blank_table(self, columns: Sequence[Column], least: int, height: float) -> None:
        """A table of empty rows to be written in by hand, each `height` points high, closed in by lines on all sides.

        It has `least` rows, and as many more as the page has room for.
        """
        leaves, shares = self._pages, sum(column.share for column in columns)
        edges = [LEFT]
        for column in columns:
            edges.append(edges[-1] + (RIGHT - LEFT) * column.share / shares)
        leaves.reserve(blank_table_height(least, height))
        top = leaves.y
        count = max(least, int((top - leaves.bottom - 8 * MM) / height))
        for column, edge in zip(columns, edges, strict=False):
            self._write(column.title, edge + 1.5 * MM, top - 4.5 * MM, 9, "bold")
        for at in range(count + 1):
            leaves.draw_rule(top - 6.5 * MM - at * height, strong=True)
        leaves.draw_rule(top, strong=True)
        bottom = top - 6.5 * MM - count * height
        for edge in edges:
            leaves.canvas.line(edge, top, edge, bottom)
        leaves.y = bottom - _GAP

    def gap(self, millimetres: float) -> None:
        """Leave some room."""
        self._pages.y -= millimetres * MM

    def new_page(self) -> None:
        """Begin a new page."""
        self._pages.new_page()

    def finish(self) -> int:
        """End the document; how many pages it has."""
        return self._pages.finish()

    def _write_spans(self, spans: Sequence[Span], size: float, leading: float, indent: float = 0, marker: str = "") -> None:
        leaves = self._pages
        text = break_lines(spans, (RIGHT - LEFT - indent) / size)
        leaves.reserve(leading * min(len(text.lines), 3))
        for number, segments in enumerate(text.lines):
            leaves.reserve(leading)
            baseline = leaves.y - (leading + size * 0.7) / 2
            if marker and number == 0:
                edge = RIGHT - indent + 2 * MM if text.right_to_left else LEFT + indent - _INDENT + 2 * MM
                self._write(marker, edge, baseline, size)
            placed, width = text.place_line(segments)
            start = RIGHT - indent - width * size if text.right_to_left else LEFT + indent
            for line, x in placed:
                write_line(leaves.canvas, line, start + x * size, baseline, size, BLACK)
            leaves.y -= leading

    def _write(self, text: str, x: float, baseline: float, size: float, weight: Weight = "text") -> None:
        write_line(self._pages.canvas, shape_line(text, weight), x, baseline, size, BLACK)
