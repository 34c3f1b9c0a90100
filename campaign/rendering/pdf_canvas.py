"""Letters and shapes on a page of PDF: fonts embedded, every word there to be copied and read aloud.

ReportLab is imported by the functions that use it: it is large, and few processes of a site ever draw a document.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from campaign.rendering.fit_text import TextBlock
from campaign.rendering.fonts import FONT_FALLBACKS, Typeface, typeface
from campaign.rendering.qr import QUIET_ZONE_MODULES, qr_dark_runs, qr_modules
from campaign.rendering.shaping import GlyphRun, ShapedLine

if TYPE_CHECKING:
    from reportlab.lib.colors import HexColor
    from reportlab.pdfgen.canvas import Canvas

A4 = (210 * (72 / 2.54 * 0.1), 297 * (72 / 2.54 * 0.1))
"""Points of its sides."""
_INVISIBLE_TEXT_MODE = 3
"""The rendering mode of text that is there and not painted."""
_MIN_KERN_EMS = 0.001
"""Of an em: what moves less than this is not moved."""


def new_canvas(out: BinaryIO, size: tuple[float, float], language: str) -> Canvas:
    """A document to write on. The same strokes give the same bytes."""
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    return Canvas(out, **canvas_options(size, language))


def canvas_options(size: tuple[float, float], language: str) -> dict[str, Any]:
    """What every document is made with."""
    font = typeface(FONT_FALLBACKS["text"][0])
    embed_font(font)
    # Else each page would name a font of the reader's machine, though nothing is written in it.
    return {"pagesize": size, "invariant": 1, "pageCompression": 1, "lang": language, "initialFontName": font.name}


@cache
def pdf_colour(colour: str) -> HexColor:
    """A colour as a canvas takes it, from "#rrggbb"."""
    from reportlab.lib.colors import HexColor  # noqa: PLC0415

    return HexColor(colour)


def write_line(canvas: Canvas, line: ShapedLine, x: float, baseline: float, size: float, colour: str) -> None:
    """Write one line, its left end at `x`, `baseline` counted from the foot of the page."""
    canvas.setFillColor(pdf_colour(colour))
    for run in line.runs:
        embed_font(run.font)
        canvas.setFont(run.font.name, size)
        if _is_simple(run):
            _write_letters(canvas, run, x, baseline, size)
        else:
            _write_outlines(canvas, run, x, baseline, size)


def write_text_block(canvas: Canvas, block: TextBlock, left: float, top: float, right: float, colour: str) -> float:
    """Write lines between two edges, the first one's top at `top`; where the last one ends."""
    for number, line in enumerate(block.lines):
        baseline = top - block.leading * number - (block.leading + block.size * 0.7) / 2
        write_line(canvas, line, block.line_start(line, left, right), baseline, block.size, colour)
    return top - block.height


def draw_qr_code(canvas: Canvas, address: str, x: float, y: float, side: float) -> None:
    """A QR code as black boxes within its white, in a square whose lower left corner is given."""
    module = side / (len(qr_modules(address)) + 2 * QUIET_ZONE_MODULES)
    path = canvas.beginPath()
    for column, row, length in qr_dark_runs(address):
        path.rect(
            x + (column + QUIET_ZONE_MODULES) * module,
            y + side - (row + QUIET_ZONE_MODULES + 1) * module,
            length * module,
            module,
        )
    canvas.setFillColor(pdf_colour("#000000"))
    canvas.drawPath(path, stroke=0, fill=1)


def _is_simple(run: GlyphRun) -> bool:
    """Whether each letter is its own glyph, so that the letters can be shown by a font that knows no shaping."""
    if run.right_to_left or len(run.glyphs) != len(run.text):
        return False
    return all(
        glyph.y == 0 and run.font.shaper.get_nominal_glyph(ord(letter)) == glyph.id
        for glyph, letter in zip(run.glyphs, run.text, strict=True)
    )


def _write_letters(canvas: Canvas, run: GlyphRun, x: float, baseline: float, size: float) -> None:
    """Show letters in stretches, a new one wherever two letters stand closer or wider than their widths say."""
    start, end = 0, 0.0
    for at, glyph in enumerate(run.glyphs):
        if at == 0:
            end = glyph.x
        if abs(glyph.x - end) > _MIN_KERN_EMS:
            canvas.drawString(x + run.glyphs[start].x * size, baseline, run.text[start:at])
            start, end = at, glyph.x
        end += run.font.shaper.get_glyph_h_advance(glyph.id) / run.font.units_per_em
    canvas.drawString(x + run.glyphs[start].x * size, baseline, run.text[start:])


def _write_outlines(canvas: Canvas, run: GlyphRun, x: float, baseline: float, size: float) -> None:
    """Paint shaped letters as shapes, and lay the same words over them unseen."""
    scale = size / run.font.units_per_em
    for glyph in run.glyphs:
        outline = _outline(run.font, glyph.id)
        if outline.drawn:
            canvas.saveState()
            canvas.transform(scale, 0, 0, scale, x + glyph.x * size, baseline + glyph.y * size)
            canvas.drawPath(outline, stroke=0, fill=1, fillMode=1)
            canvas.restoreState()
    words = "".join(reversed(run.text)) if run.right_to_left else run.text
    canvas.drawString(x + run.x * size, baseline, words, mode=_INVISIBLE_TEXT_MODE)


class _Outline:
    """The outline of a glyph in the units of its font, taken from HarfBuzz, quadratic curves made cubic."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self._here = (0.0, 0.0)

    def getCode(self) -> str:  # noqa: N802 - as a canvas calls it
        """The outline as a page has it."""
        return " ".join(self.drawn)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - named by HarfBuzz, as the next four
        self._add("m", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("c", *points)

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        (px, py), (ex, ey) = points
        hx, hy = self._here
        first, second = (hx + (px - hx) * 2 / 3, hy + (py - hy) * 2 / 3), (ex + (px - ex) * 2 / 3, ey + (py - ey) * 2 / 3)
        self._add("c", first, second, (ex, ey))

    def closePath(self) -> None:  # noqa: N802
        self.drawn.append("h")

    def _add(self, what: str, *points: tuple[float, float]) -> None:
        # Whole units are a thousandth of a letter and less: finer than any printer.
        self.drawn.append(" ".join(f"{x:.0f} {y:.0f}" for x, y in points) + f" {what}")
        self._here = points[-1]


@lru_cache(maxsize=4_096)
def _outline(font: Typeface, glyph: int) -> _Outline:
    outline = _Outline()
    font.shaper.draw_glyph_with_pen(glyph, outline)
    return outline


@cache
def embed_font(font: Typeface) -> None:
    """Let a font be written in; of it a document gets the letters it uses."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415

    from campaign.rendering.embedded_font import EmbeddedFont  # noqa: PLC0415

    pdfmetrics.registerFont(EmbeddedFont(font.name, str(font.path)))
