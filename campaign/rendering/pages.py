"""The pages of a document, one after the other: A4, what each says at its head and foot, "page 3 of 12".

A page is squeezed as soon as it is full, so that a document of thousands of pages stays small in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from campaign.rendering.colours import MUTED_COLOUR
from campaign.rendering.fit_text import fit_line
from campaign.rendering.fonts import Weight
from campaign.rendering.pdf_canvas import A4, canvas_options, pdf_colour, write_line
from campaign.rendering.printable import printable_line

if TYPE_CHECKING:
    from campaign.rendering.compressing_canvas import CompressingCanvas

MM = 72 / 25.4
"""In the points a PDF counts in."""
WIDTH, HEIGHT = float(A4[0]), float(A4[1])
LEFT, RIGHT = 20 * MM, WIDTH - 20 * MM
BLACK, RULE_COLOUR = "#000000", "#b8b8b8"
_HEADER_BASELINE, _FOOTER_BASELINE = HEIGHT - 14 * MM, 12 * MM
"""Baselines of what each page says at its head and foot."""
_TOP, _BOTTOM = HEIGHT - 24 * MM, 22 * MM
_HEADER_SIZE, _WARNING_SIZE = 8.5, 9.5


@dataclass(frozen=True, slots=True)
class HeaderFooter:
    """Header and footer of every page of a document, and what a program that shows it is told."""

    title: str
    header_left: str
    """At the head of each page, at its left."""
    header_right: str
    """The same at its right."""
    warning: str = ""
    """Beneath it in bold: what nobody may overlook on any page. May be empty."""
    footer: str = ""
    author: str = ""
    language: str = "en"
    page_number: str = "Page %(number)d of %(pages)d"


class PageSequence:
    """A document that is written from its first page to its last."""

    def __init__(self, out: BinaryIO, header_footer: HeaderFooter) -> None:
        # Its base class is ReportLab's: see `pdf_canvas`.
        from campaign.rendering.compressing_canvas import CompressingCanvas  # noqa: PLC0415

        self._header_footer = header_footer
        self.canvas: CompressingCanvas = CompressingCanvas(out, **canvas_options(A4, header_footer.language))
        self.canvas.setTitle(printable_line(header_footer.title))
        self.canvas.setAuthor(printable_line(header_footer.author))
        self.canvas.setSubject(printable_line(header_footer.header_left or header_footer.title))
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.page_count, self.y = 0, 0.0

    @property
    def top(self) -> float:
        """Where the text of a page begins, counted from its foot."""
        return _TOP - (6 * MM if self._header_footer.warning else 0)

    @property
    def bottom(self) -> float:
        """Where the text of a page ends."""
        return _BOTTOM

    def new_page(self) -> None:
        """Begin a new page."""
        if self.page_count:
            self.canvas.showPage()
        self.page_count += 1
        self.y = self.top
        self._draw_header()

    def reserve(self, height: float) -> bool:
        """Begin a new page where less than `height` is left on this one; whether one was begun."""
        # What is higher than a page begins on the page it is on, if that is still empty.
        if self.page_count and (self.y - height >= self.bottom or self.y >= self.top):
            return False
        self.new_page()
        return True

    def finish(self) -> int:
        """End the document; how many pages it has."""
        if not self.page_count:
            self.new_page()
        self.canvas.showPage()
        # The total is known only now.
        for number in range(1, self.page_count + 1):
            self._draw_footer(number)
            self.canvas.add_to(number)
        self.canvas.save()
        return self.page_count

    def draw_rule(self, y: float, left: float = LEFT, right: float = RIGHT, *, strong: bool = False) -> None:
        """A line across the page."""
        self.canvas.setStrokeColor(pdf_colour(BLACK if strong else RULE_COLOUR))
        self.canvas.setLineWidth(0.8 if strong else 0.5)
        self.canvas.line(left, y, right, y)

    def _draw_header(self) -> None:
        binding, middle = self._header_footer, RIGHT - 52 * MM
        self._write_fitted(binding.header_left, _HEADER_BASELINE, middle - LEFT - 4 * MM)
        side = fit_line(binding.header_right, "text", width=RIGHT - middle, largest=_HEADER_SIZE, smallest=6)
        for line in side.lines:
            write_line(self.canvas, line, RIGHT - line.width * side.size, _HEADER_BASELINE, side.size, MUTED_COLOUR)
        if binding.header_left or binding.header_right:
            self.draw_rule(_HEADER_BASELINE - 2.5 * MM)
        if binding.warning:
            self._write_fitted(binding.warning, _HEADER_BASELINE - 7.5 * MM, RIGHT - LEFT, "bold", _WARNING_SIZE, BLACK)

    def _draw_footer(self, number: int) -> None:
        said = self._header_footer.page_number % {"number": number, "pages": self.page_count}
        self._write_fitted(said, _FOOTER_BASELINE, 40 * MM)
        foot = fit_line(self._header_footer.footer, "text", width=RIGHT - LEFT - 44 * MM, largest=_HEADER_SIZE, smallest=6)
        for line in foot.lines:
            write_line(self.canvas, line, RIGHT - line.width * foot.size, _FOOTER_BASELINE, foot.size, MUTED_COLOUR)

    def _write_fitted(
        self,
        text: str,
        y: float,
        width: float,
        weight: Weight = "text",
        size: float = _HEADER_SIZE,
        colour: str = MUTED_COLOUR,
    ) -> None:
        block = fit_line(text, weight, width=width, largest=size, smallest=6)
        for line in block.lines:
            write_line(self.canvas, line, LEFT, y, block.size, colour)
