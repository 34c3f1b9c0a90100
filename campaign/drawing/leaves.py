"""The pages of a document, one after the other: A4, what each says at its head and foot, "page 3 of 12".

A page is squeezed as soon as it is full, so that a document of thousands of pages stays small in memory.
"""

import zlib
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfdoc import PDFArray, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from campaign.drawing.colours import MUTED
from campaign.drawing.fonts import Weight
from campaign.drawing.letters import plain
from campaign.drawing.page import new_canvas, write
from campaign.drawing.setting import one_line

MM = 72 / 25.4
"""In the points a PDF counts in."""
WIDTH, HEIGHT = float(A4[0]), float(A4[1])
LEFT, RIGHT = 20 * MM, WIDTH - 20 * MM
BLACK, RULE = "#000000", "#b8b8b8"
_HEAD, _FOOT = HEIGHT - 14 * MM, 12 * MM
"""Baselines of what each page says at its head and foot."""
_TOP, _BOTTOM = HEIGHT - 24 * MM, 22 * MM
_SMALL, _LOUD = 8.5, 9.5


@dataclass(frozen=True, slots=True)
class Binding:
    """What every page of a document says, and what a program that shows it is told."""

    title: str
    head: str
    """At the head of each page, at its left."""
    side: str
    """The same at its right."""
    note: str = ""
    """Beneath it in bold: what nobody may overlook on any page. May be empty."""
    foot: str = ""
    author: str = ""
    language: str = "en"


class Leaves:
    """A document that is written from its first page to its last."""

    def __init__(self, out: BinaryIO, binding: Binding) -> None:
        self._binding = binding
        self.canvas: _Squeezed = new_canvas(out, A4, binding.language, _Squeezed)
        self.canvas.setTitle(plain(binding.title))
        self.canvas.setAuthor(plain(binding.author))
        self.canvas.setSubject(plain(binding.head))
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.pages, self.y = 0, 0.0

    @property
    def top(self) -> float:
        """Where the text of a page begins, counted from its foot."""
        return _TOP - (6 * MM if self._binding.note else 0)

    @property
    def bottom(self) -> float:
        """Where the text of a page ends."""
        return _BOTTOM

    def turn(self) -> None:
        """Begin a new page."""
        if self.pages:
            self.canvas.showPage()
        self.pages += 1
        self.y = self.top
        self._head()

    def need(self, height: float) -> bool:
        """Begin a new page where less than `height` is left on this one; whether one was begun."""
        # What is higher than a page begins on the page it is on, if that is still empty.
        if self.pages and (self.y - height >= self.bottom or self.y >= self.top):
            return False
        self.turn()
        return True

    def finish(self) -> int:
        """End the document; how many pages it has."""
        if not self.pages:
            self.turn()
        self.canvas.showPage()
        # The total is known only now.
        for number in range(1, self.pages + 1):
            self._foot(number)
            self.canvas.add_to(number)
        self.canvas.save()
        return self.pages

    def rule(self, y: float, left: float = LEFT, right: float = RIGHT, *, strong: bool = False) -> None:
        """A line across the page."""
        self.canvas.setStrokeColor(HexColor(BLACK if strong else RULE))
        self.canvas.setLineWidth(0.8 if strong else 0.5)
        self.canvas.line(left, y, right, y)

    def _head(self) -> None:
        binding, middle = self._binding, RIGHT - 52 * MM
        self._fitted(binding.head, LEFT, _HEAD, middle - LEFT - 4 * MM)
        side = one_line(binding.side, "text", width=RIGHT - middle, largest=_SMALL, smallest=6)
        for line in side.lines:
            write(self.canvas, line, RIGHT - line.width * side.size, _HEAD, side.size, MUTED)
        self.rule(_HEAD - 2.5 * MM)
        if binding.note:
            self._fitted(binding.note, LEFT, _HEAD - 7.5 * MM, RIGHT - LEFT, "bold", _LOUD, BLACK)

    def _foot(self, number: int) -> None:
        self._fitted(f"Page {number} of {self.pages}", LEFT, _FOOT, 40 * MM)
        foot = one_line(self._binding.foot, "text", width=RIGHT - LEFT - 44 * MM, largest=_SMALL, smallest=6)
        for line in foot.lines:
            write(self.canvas, line, RIGHT - line.width * foot.size, _FOOT, foot.size, MUTED)

    def _fitted(
        self, text: str, x: float, y: float, width: float, weight: Weight = "text", size: float = _SMALL, colour: str = MUTED
    ) -> None:
        block = one_line(text, weight, width=width, largest=size, smallest=6)
        for line in block.lines:
            write(self.canvas, line, x, y, block.size, colour)


class _Squeezed(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that compresses each page when it is done, instead of all of them when the document is saved."""

    _code: list[str]

    def showPage(self) -> None:  # noqa: N802 - as it is called
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.Contents, page.stream = self._squeezed(page.stream), None

    def add_to(self, number: int) -> None:
        """Put what was drawn since the last page was done on a page that is done already, by its number from 1."""
        page = self._doc.Pages.pages[number - 1]
        more = self._squeezed("\n".join(self._code) + "\n")
        page.Contents = PDFArray([self._doc.Reference(part) for part in (page.Contents, more)])
        self._code = []

    @staticmethod
    def _squeezed(code: str) -> PDFStream:
        stream = PDFStream(content=zlib.compress(code.encode("latin-1")))
        stream.dictionary["Filter"] = PDFArray([PDFName("FlateDecode")])
        return stream
