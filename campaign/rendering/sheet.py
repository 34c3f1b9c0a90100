"""Sheets to be signed by hand: A4, the whole of what is signed on every one, ruled rows, and a code that says which it is."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.colours import MUTED_COLOUR
from campaign.rendering.contents import SheetContent
from campaign.rendering.fit_text import TextBlock, fit_line, fit_text
from campaign.rendering.paragraphs import Paragraph, lay_out
from campaign.rendering.pdf_canvas import A4, draw_qr_code, new_canvas, pdf_colour, write_line, write_text_block
from campaign.rendering.printable import printable_line
from campaign.rendering.shaping import unprintable_letters

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_MM = 72 / 25.4
_WIDTH, _HEIGHT = float(A4[0]), float(A4[1])
_MARGIN = 12 * _MM
_LEFT, _RIGHT = _MARGIN, _WIDTH - _MARGIN
_QR_SIDE = 27 * _MM
"""The side of the code, its white included."""
_FOOTER_HEIGHT = 15 * _MM
"""What stands below the rows."""
_HEADING_HEIGHT = 7 * _MM
"""The row with what the columns are for."""
_MIN_ROW_HEIGHT, _MAX_ROW_HEIGHT = 8.2 * _MM, 17 * _MM
"""People write by hand, on a board, standing."""
_NUMBER_WIDTH = 7 * _MM
_STATEMENT_HEIGHT = 10 * _MM
"""What says who may sign, above the rows: two lines at most."""
_BOX_SIDE = 3.5 * _MM
_BLACK, _LINE, _TINT = "#000000", "#707070", "#eeeeee"
_TEXT_SIZES = [size / 2 for size in range(23, 13, -1)]
"""Of what is asked, the largest first that leaves room for the rows."""
_FORM = "sheet"
_MAX_NAMED_LETTERS = 10
"""Letters that cannot be printed which a message names."""


def draw_sheets(content: SheetContent, sheets: Sequence[tuple[int, str]]) -> bytes:
    """Sheets as a PDF: each with its number and what its code leads to. The same sheets give the same bytes.

    Raises InvalidInputError where what is asked is too long to be read above so many rows, or has letters that cannot be
    printed: nobody is to sign what they cannot read.
    """
    _require_printable(content)
    out = BytesIO()
    canvas = new_canvas(out, A4, content.language)
    canvas.setTitle(printable_line(f"{content.title}: {content.texts.sheet % {'number': sheets[0][0]}} – {sheets[-1][0]}"))
    canvas.setAuthor(printable_line(content.site))
    mirrored = is_right_to_left(content.title)
    # What is the same on every sheet is drawn once.
    canvas.beginForm(_FORM)
    _draw_common(canvas, content, mirrored=mirrored)
    canvas.endForm()
    for page, (number, address) in enumerate(sheets, start=1):
        canvas.doForm(_FORM)
        _draw_numbered(
            canvas, content, number, address, f"{content.texts.page % {'page': page, 'pages': len(sheets)}}", mirrored=mirrored
        )
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _require_printable(content: SheetContent) -> None:
    said = (content.title, content.recipient, content.ask, content.texts.statement)
    lacking = dict.fromkeys(letter for words in said for letter in unprintable_letters(words))
    if lacking:
        shown = ", ".join(f"U+{ord(letter):04X}" for letter in [*lacking][:_MAX_NAMED_LETTERS])
        raise InvalidInputError(
            "The text has letters that no font here has, so it cannot be printed whole: %(letters)s. "
            "Write it in other letters.",
            letters=shown + (", …" if len(lacking) > _MAX_NAMED_LETTERS else ""),
        )


def _draw_numbered(canvas: Canvas, content: SheetContent, number: int, address: str, page: str, *, mirrored: bool) -> None:
    """The code, the number, and which page it is."""
    x = _LEFT if mirrored else _RIGHT - _QR_SIDE
    top = _HEIGHT - _MARGIN
    if not content.plain:
        draw_qr_code(canvas, address, x, top - _QR_SIDE, _QR_SIDE)
    block = fit_line(
        content.texts.sheet % {"number": number}, "heavy", width=_QR_SIDE, largest=9 if content.plain else 15, smallest=8
    )
    baseline = _MARGIN - 1 if content.plain else top - _QR_SIDE - 10
    for line in block.lines:
        start = (_WIDTH - line.width * block.size) / 2 if content.plain else x + (_QR_SIDE - line.width * block.size) / 2
        write_line(canvas, line, start, baseline, block.size, _BLACK)
    block = fit_line(page, "text", width=40 * _MM, largest=8, smallest=6)
    for line in block.lines:
        write_line(canvas, line, _RIGHT - line.width * block.size, _MARGIN - 1, block.size, MUTED_COLOUR)


def _draw_common(canvas: Canvas, content: SheetContent, *, mirrored: bool) -> None:
    left, right = (_LEFT + _QR_SIDE + 5 * _MM, _RIGHT) if mirrored else (_LEFT, _RIGHT - _QR_SIDE - 5 * _MM)
    top = _HEIGHT - _MARGIN
    # Nothing stands beside the text of a plain sheet, so it goes from edge to edge.
    beside = top - _QR_SIDE - 16
    if content.plain:
        left, right = _LEFT, _RIGHT
    to = fit_text(content.recipient, "bold", width=right - left, height=9 * _MM, largest=11, smallest=8, leading=1.2, step=0.5)
    y = write_text_block(canvas, _aligned(to, mirrored), left, top, right, MUTED_COLOUR) - 1.5 * _MM
    title = fit_text(content.title, "heavy", width=right - left, height=y - beside - 8, largest=22, smallest=11, step=0.5)
    y = write_text_block(canvas, _aligned(title, mirrored), left, y, right, _BLACK) - 2 * _MM
    top_of_rows = _draw_ask(canvas, content, y, y if content.plain else beside, left, right, mirrored=mirrored)
    _draw_table(canvas, content, top_of_rows, mirrored=mirrored)
    _draw_footer(canvas, content, mirrored=mirrored)


def _draw_ask(
    canvas: Canvas, content: SheetContent, y: float, beside: float, left: float, right: float, *, mirrored: bool
) -> float:  # fmt: skip
    """What is asked, in the largest size that leaves room for the rows; where they begin.

    Paragraphs that have room beside the code stand there; the others below it, from edge to edge.
    """
    statement_height = _STATEMENT_HEIGHT if content.texts.statement else 0
    floor = _MARGIN + _FOOTER_HEIGHT + _HEADING_HEIGHT + content.rows * _MIN_ROW_HEIGHT + 9 * _MM + statement_height
    paragraphs = [Paragraph(one) for one in content.ask.split("\n\n") if one.strip()]
    for size in _TEXT_SIZES:
        pieces, end = lay_out(paragraphs, size, y, beside=beside, narrow=right - left, wide=_RIGHT - _LEFT)
        if end >= floor:
            break
    else:
        raise InvalidInputError("The text is too long for sheets with %(rows)d rows. Take fewer.", rows=content.rows)
    for paragraph, lines, top, wide in pieces:
        block = paragraph.text_block(lines, size, mirrored)
        write_text_block(canvas, block, _LEFT if wide else left, top, _RIGHT if wide else right, _BLACK)
    end = min(end, beside) - 2 * _MM
    call = fit_line(content.texts.call_to_action, "bold", width=_RIGHT - _LEFT, largest=9.5, smallest=7)
    end = write_text_block(canvas, _aligned(call, mirrored), _LEFT, end, _RIGHT, _BLACK) - 1.5 * _MM
    if not content.texts.statement:
        return end
    said = fit_text(
        content.texts.statement, "text", width=_RIGHT - _LEFT, height=_STATEMENT_HEIGHT - 1.5 * _MM, largest=9.5, smallest=6.5,
        leading=1.2, step=0.5,
    )  # fmt: skip
    return write_text_block(canvas, _aligned(said, mirrored), _LEFT, end, _RIGHT, _BLACK) - 1.5 * _MM


def _draw_table(canvas: Canvas, content: SheetContent, top: float, *, mirrored: bool) -> None:
    bottom = _MARGIN + _FOOTER_HEIGHT
    row = min(_MAX_ROW_HEIGHT, (top - bottom - _HEADING_HEIGHT) / content.rows)
    bottom = top - _HEADING_HEIGHT - row * content.rows
    canvas.setFillColor(pdf_colour(_TINT))
    canvas.rect(_LEFT, top - _HEADING_HEIGHT, _RIGHT - _LEFT, _HEADING_HEIGHT, stroke=0, fill=1)
    canvas.setStrokeColor(pdf_colour(_LINE))
    canvas.setLineWidth(0.6)
    for number in range(content.rows + 1):
        y = top - _HEADING_HEIGHT - number * row
        canvas.line(_LEFT, y, _RIGHT, y)
    canvas.line(_LEFT, top, _RIGHT, top)
    columns = _column_edges(content, mirrored=mirrored)
    for key, left, right in columns:
        canvas.line(left, top, left, bottom)
        heading = fit_line(content.texts.headings.get(key, ""), "bold", width=right - left - 3, largest=8.5, smallest=5)
        _write_centred(canvas, heading, left + 2, right - 1, top - _HEADING_HEIGHT / 2, mirrored)
    # Row by row, as it is read aloud.
    for number in range(content.rows):
        for key, left, right in columns:
            middle = top - _HEADING_HEIGHT - (number + 0.5) * row
            if key == "number":
                digits = fit_line(str(number + 1), "text", width=right - left, largest=8.5, smallest=6)
                _write_centred(canvas, digits, left + 2, right - 2, middle, mirrored)
            elif key == "declared":
                canvas.rect((left + right - _BOX_SIDE) / 2, middle - _BOX_SIDE / 2, _BOX_SIDE, _BOX_SIDE, stroke=1, fill=0)
            elif key == "ticks":
                _draw_tick_boxes(canvas, content.texts.ticks, left, right, middle, row, mirrored)
    canvas.line(_RIGHT, top, _RIGHT, bottom)


def _column_edges(content: SheetContent, *, mirrored: bool) -> list[tuple[str, float, float]]:
    """Each column with its edges, the one with the numbers first."""
    width, x, found = _RIGHT - _LEFT - _NUMBER_WIDTH, _LEFT + _NUMBER_WIDTH, [("number", _LEFT, _LEFT + _NUMBER_WIDTH)]
    for key, share in content.columns:
        found.append((key, x, x + share * width))
        x += share * width
    return [(key, _LEFT + _RIGHT - right, _LEFT + _RIGHT - left) for key, left, right in found] if mirrored else found


def _draw_tick_boxes(
    canvas: Canvas, ticks: Sequence[str], left: float, right: float, middle: float, row: float, mirrored: bool
) -> None:
    side, step = 6.5, min(11.0, row / max(1, len(ticks)))
    for number, words in enumerate(ticks):
        y = middle + ((len(ticks) - 1) / 2 - number) * step
        x = right - 4 - side if mirrored else left + 4
        canvas.rect(x, y - side / 2, side, side, stroke=1, fill=0)
        block = fit_line(words, "text", width=right - left - side - 10, largest=6.5, smallest=4.5)
        _write_centred(canvas, block, left + (2 if mirrored else side + 7), right - (side + 7 if mirrored else 1), y, mirrored)


def _draw_footer(canvas: Canvas, content: SheetContent, *, mirrored: bool) -> None:
    privacy = fit_text(
        content.texts.privacy,
        "text",
        width=_RIGHT - _LEFT,
        height=_FOOTER_HEIGHT - 5 * _MM,
        largest=8,
        smallest=6,
        leading=1.25,
        step=0.25,
    )
    write_text_block(canvas, _aligned(privacy, mirrored), _LEFT, _MARGIN + _FOOTER_HEIGHT - 2 * _MM, _RIGHT, _BLACK)
    if content.plain:
        return
    which = fit_line(content.texts.text_version, "text", width=_RIGHT - _LEFT - 45 * _MM, largest=8, smallest=5.5)
    for line in which.lines:
        write_line(canvas, line, _LEFT, _MARGIN - 1, which.size, MUTED_COLOUR)


def _write_centred(canvas: Canvas, block: TextBlock, left: float, right: float, middle: float, mirrored: bool) -> None:
    for line in block.lines:
        write_line(
            canvas,
            line,
            _aligned(block, mirrored).line_start(line, left, right),
            middle - block.size * 0.35,
            block.size,
            _BLACK,
        )


def _aligned(block: TextBlock, mirrored: bool) -> TextBlock:
    """The same lines at the edge where a sheet in this direction begins."""
    return TextBlock(block.lines, block.size, block.leading, mirrored)
