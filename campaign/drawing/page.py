"""Letters and shapes on a page of PDF: fonts embedded, every word there to be copied and read aloud."""

from functools import cache
from typing import BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from campaign.drawing.fonts import CHAINS, Typeface, typeface
from campaign.drawing.letters import Line, Run
from campaign.drawing.setting import Block

_INVISIBLE = 3
"""The rendering mode of text that is there and not painted."""
_LEAST_KERN = 0.001
"""Of an em: what moves less than this is not moved."""


def new_canvas(out: BinaryIO, size: tuple[float, float], language: str) -> Canvas:
    """A document to write on. The same strokes give the same bytes."""
    font = typeface(CHAINS["text"][0])
    _embed(font)
    # Else each page would name a font of the reader's machine, though nothing is written in it.
    return Canvas(out, pagesize=size, invariant=1, pageCompression=1, lang=language, initialFontName=font.name)


def write(canvas: Canvas, line: Line, x: float, baseline: float, size: float, colour: str) -> None:
    """Write one line, its left end at `x`, `baseline` counted from the foot of the page."""
    canvas.setFillColor(HexColor(colour))
    for run in line.runs:
        _embed(run.font)
        canvas.setFont(run.font.name, size)
        if _is_simple(run):
            _write_letters(canvas, run, x, baseline, size)
        else:
            _write_outlines(canvas, run, x, baseline, size)


def write_block(canvas: Canvas, block: Block, left: float, top: float, right: float, colour: str) -> float:
    """Write lines between two edges, the first one's top at `top`; where the last one ends."""
    for number, line in enumerate(block.lines):
        baseline = top - block.leading * number - (block.leading + block.size * 0.7) / 2
        write(canvas, line, block.start(line, left, right), baseline, block.size, colour)
    return top - block.height


def _is_simple(run: Run) -> bool:
    """Whether each letter is its own glyph, so that the letters can be shown by a font that knows no shaping."""
    if run.right_to_left or len(run.glyphs) != len(run.text):
        return False
    return all(
        glyph.y == 0 and run.font.shaper.get_nominal_glyph(ord(letter)) == glyph.id
        for glyph, letter in zip(run.glyphs, run.text, strict=True)
    )


def _write_letters(canvas: Canvas, run: Run, x: float, baseline: float, size: float) -> None:
    """Show letters in stretches, a new one wherever two letters stand closer or wider than their widths say."""
    start, end = 0, 0.0
    for at, glyph in enumerate(run.glyphs):
        if at == 0:
            end = glyph.x
        if abs(glyph.x - end) > _LEAST_KERN:
            canvas.drawString(x + run.glyphs[start].x * size, baseline, run.text[start:at])
            start, end = at, glyph.x
        end += run.font.shaper.get_glyph_h_advance(glyph.id) / run.font.units
    canvas.drawString(x + run.glyphs[start].x * size, baseline, run.text[start:])


def _write_outlines(canvas: Canvas, run: Run, x: float, baseline: float, size: float) -> None:
    """Paint shaped letters as shapes, and lay the same words over them unseen."""
    pen = _Pen(canvas.beginPath(), size / run.font.units)
    for glyph in run.glyphs:
        pen.at = (x + glyph.x * size, baseline + glyph.y * size)
        run.font.shaper.draw_glyph_with_pen(glyph.id, pen)
    canvas.drawPath(pen.path, stroke=0, fill=1, fillMode=1)
    words = "".join(reversed(run.text)) if run.right_to_left else run.text
    canvas.drawString(x + run.x * size, baseline, words, mode=_INVISIBLE)


class _Pen:
    """Takes the outline of a glyph from HarfBuzz and puts it on a page, quadratic curves made cubic."""

    def __init__(self, path: PDFPathObject, scale: float) -> None:
        self.path, self.at = path, (0.0, 0.0)
        self._scale, self._here = scale, (0.0, 0.0)

    def _point(self, point: tuple[float, float]) -> tuple[float, float]:
        return self.at[0] + point[0] * self._scale, self.at[1] + point[1] * self._scale

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - named by HarfBuzz, as the next four
        self._here = self._point(point)
        self.path.moveTo(*self._here)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._here = self._point(point)
        self.path.lineTo(*self._here)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        first, second, end = (self._point(point) for point in points)
        self.path.curveTo(*first, *second, *end)
        self._here = end

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        (px, py), (ex, ey) = (self._point(point) for point in points)
        hx, hy = self._here
        self.path.curveTo(
            hx + (px - hx) * 2 / 3, hy + (py - hy) * 2 / 3, ex + (px - ex) * 2 / 3, ey + (py - ey) * 2 / 3, ex, ey
        )
        self._here = (ex, ey)

    def closePath(self) -> None:  # noqa: N802
        self.path.close()


@cache
def _embed(font: Typeface) -> None:
    pdfmetrics.registerFont(TTFont(font.name, str(font.path)))
