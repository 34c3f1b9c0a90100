"""The poster of a campaign: one page of A4 to print and hang up, with a code that leads to the form."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.colours import MUTED_COLOUR, ColourScheme, colour_scheme
from campaign.rendering.contents import Poster
from campaign.rendering.fit_text import TextBlock, fit_line, fit_text
from campaign.rendering.pdf_canvas import A4, draw_qr_code, new_canvas, pdf_colour, write_line, write_text_block
from campaign.rendering.printable import printable_line, shorten_to_sentences
from campaign.rendering.shaping import can_draw, shape_line

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_MM = 72 / 25.4
"""In the points a PDF counts in."""
_BLACK = "#000000"
_MARGIN = 15 * _MM
"""Wider than what a printer at home leaves white."""
_QR_SIDE, _FRAME, _INSET = 92 * _MM, 2 * _MM, 3 * _MM
"""The square with the code, the line around it, and where within it the white of the code begins: clear of round corners."""
_LOGO_HEIGHT, _LOGO_WIDTH = 14 * _MM, 42 * _MM
"""The box of the organiser's picture."""


def draw_poster(poster: Poster) -> bytes:
    """The poster as a PDF. The same poster gives the same bytes."""
    out = BytesIO()
    canvas = new_canvas(out, A4, poster.language)
    canvas.setTitle(printable_line(poster.title))
    canvas.setAuthor(printable_line(poster.site))
    canvas.setSubject(poster.printed_address)
    colours, mirrored = colour_scheme(poster.accent), is_right_to_left(poster.title)
    top = _draw_band(canvas, poster, colours, mirrored=mirrored)
    floor = _draw_qr_panel(canvas, poster, colours, mirrored=mirrored)
    _draw_texts(canvas, poster, top, floor)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_band(canvas: Canvas, poster: Poster, colours: ColourScheme, *, mirrored: bool) -> float:
    """The band at the top; where it ends."""
    width, height = float(A4[0]), float(A4[1])
    bottom, tall = height - _MARGIN - 20 * _MM, 20 * _MM
    canvas.setFillColor(pdf_colour(colours.background))
    canvas.roundRect(_MARGIN, bottom, width - 2 * _MARGIN, tall, 3 * _MM, stroke=0, fill=1)
    call = fit_line(poster.call_to_action, "heavy", width=110 * _MM, largest=27, smallest=16)
    site = fit_line(poster.site, "bold", width=58 * _MM, largest=13, smallest=8)
    for block, at_end in ((call, mirrored), (site, not mirrored)):
        for line in block.lines:
            x = width - _MARGIN - 8 * _MM - line.width * block.size if at_end else _MARGIN + 8 * _MM
            write_line(canvas, line, x, bottom + tall / 2 - block.size * 0.35, block.size, colours.on_background)
    return bottom


def _draw_texts(canvas: Canvas, poster: Poster, top: float, bottom: float) -> None:
    """The title, of whom it is asked and what, between the band and the code."""
    left, right = _MARGIN, A4[0] - _MARGIN
    room, width = top - bottom - 20 * _MM, right - left
    ask = shorten_to_sentences(poster.ask)
    to = fit_text(poster.recipient, "bold", width=width, height=15 * _MM, largest=17, smallest=12, leading=1.3)
    logo = _logo_size(poster) if poster.organiser else (0.0, 0.0)
    beside = logo[0] + 4 * _MM if logo[0] else 0.0
    behind = fit_text(poster.organiser, "text", width=width - beside, height=12 * _MM, largest=14, smallest=10, leading=1.3)
    asked = (
        fit_text(ask, "text", width=width, height=room * 0.42, largest=19, smallest=11, leading=1.42, step=0.5) if ask else None
    )
    taken = to.height + max(behind.height, logo[1]) + (asked.height if asked else 0) + 12 * _MM
    words = poster.title if can_draw(poster.title, "heavy") else poster.site
    title = fit_text(words, "heavy", width=width, height=room - taken, largest=64, smallest=20, leading=1.08)
    # What is left over goes above and below in equal parts, so that a short title does not hang from the band.
    y = top - 10 * _MM - max(0.0, room - taken - title.height) * 0.4
    y = write_text_block(canvas, title, left, y, right, _BLACK) - 6 * _MM
    y = write_text_block(canvas, to.aligned_with(title), left, y, right, MUTED_COLOUR) - 6 * _MM
    if behind.lines:
        y = _draw_organiser(canvas, poster, behind.aligned_with(title), y + 3 * _MM, logo) - 6 * _MM
    if asked:
        write_text_block(canvas, asked.aligned_with(title), left, y, right, _BLACK)


def _logo_size(poster: Poster) -> tuple[float, float]:
    """Width and height of the organiser's picture in points; zeros where there is none."""
    if not poster.organiser_picture:
        return 0.0, 0.0
    with Image.open(BytesIO(poster.organiser_picture)) as opened:
        scale = min(_LOGO_HEIGHT / opened.height, _LOGO_WIDTH / opened.width)
        return opened.width * scale, opened.height * scale


def _draw_organiser(
    canvas: Canvas, poster: Poster, words: TextBlock, y: float, logo: tuple[float, float]
) -> float:  # fmt: skip
    """Who is behind it, after their picture where there is one; returns where that ends."""
    left, right, (width, height) = _MARGIN, A4[0] - _MARGIN, logo
    if not width:
        return write_text_block(canvas, words, left, y, right, MUTED_COLOUR)
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415

    x = right - width if words.right_to_left else left
    canvas.drawImage(ImageReader(BytesIO(poster.organiser_picture)), x, y - height, width, height)
    beside, top = width + 4 * _MM, y - max(0.0, (height - words.height) / 2)
    ends = (left, right - beside) if words.right_to_left else (left + beside, right)
    return min(y - height, write_text_block(canvas, words, ends[0], top, ends[1], MUTED_COLOUR))


def _draw_qr_panel(canvas: Canvas, poster: Poster, colours: ColourScheme, *, mirrored: bool) -> float:
    """The code, and beside it what to do with it; where they begin, counted from the foot."""
    width, bottom = A4[0], _MARGIN + 14 * _MM
    x = width - _MARGIN - _QR_SIDE if mirrored else _MARGIN
    canvas.setStrokeColor(pdf_colour(colours.accent))
    canvas.setLineWidth(_FRAME)
    canvas.roundRect(x + _FRAME / 2, bottom + _FRAME / 2, _QR_SIDE - _FRAME, _QR_SIDE - _FRAME, 3 * _MM, stroke=1, fill=0)
    draw_qr_code(canvas, poster.qr_url, x + _INSET, bottom + _INSET, _QR_SIDE - 2 * _INSET)
    left, right = (_MARGIN, x - 9 * _MM) if mirrored else (x + _QR_SIDE + 9 * _MM, width - _MARGIN)
    blocks = list(_qr_panel_blocks(poster, right - left))
    y = bottom + (_QR_SIDE + sum(block.height for block, _ in blocks) + 5 * _MM * (len(blocks) - 1)) / 2
    for block, colour in blocks:
        aligned = TextBlock(block.lines, block.size, block.leading, mirrored)
        y = write_text_block(canvas, aligned, left, y, right, colours.accent if colour else _BLACK) - 5 * _MM
    foot = fit_line(poster.footer, "text", width=width - 2 * _MARGIN, largest=10, smallest=7)
    write_text_block(
        canvas,
        TextBlock(foot.lines, foot.size, foot.leading, mirrored),
        _MARGIN,
        _MARGIN + 5 * _MM,
        width - _MARGIN,
        MUTED_COLOUR,
    )
    return bottom + _QR_SIDE


def _qr_panel_blocks(poster: Poster, width: float) -> Iterator[tuple[TextBlock, bool]]:
    """The blocks beside the code, and whether each is in the accent's colour."""
    yield fit_text(poster.scan_label, "heavy", width=width, height=42 * _MM, largest=38, smallest=18, leading=1.08), True
    if poster.deadline:
        yield fit_text(poster.deadline, "bold", width=width, height=22 * _MM, largest=15, smallest=10, leading=1.3), False
    if poster.address_label:
        yield fit_text(poster.address_label, "text", width=width, height=8 * _MM, largest=12, smallest=9, leading=1.2), False
    yield _fit_address(poster.printed_address, width), False


def _fit_address(address: str, width: float) -> TextBlock:
    """The address on one line where it can be read so, else broken."""
    line = shape_line(address, "bold")
    if line.width * 11 <= width:
        return TextBlock((line,), min(14, width / line.width), 18, right_to_left=False)
    return fit_text(address, "bold", width=width, height=24 * _MM, largest=13, smallest=8, leading=1.3, address=True)
