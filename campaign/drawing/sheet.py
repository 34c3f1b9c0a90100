"""Sheets to be signed by hand: A4, the whole of what is signed on every one, ruled rows, and a code that says which it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from campaign.domain.refusal import Refused
from campaign.drawing.bidi import is_right_to_left
from campaign.drawing.colours import MUTED
from campaign.drawing.letters import plain
from campaign.drawing.page import new_canvas, write, write_block, write_code
from campaign.drawing.paragraphs import Paragraph, place
from campaign.drawing.setting import Block, fit, one_line

_MM = 72 / 25.4
_WIDTH, _HEIGHT = float(A4[0]), float(A4[1])
_EDGE = 12 * _MM
_LEFT, _RIGHT = _EDGE, _WIDTH - _EDGE
_CODE = 27 * _MM
"""The side of the code, its white included."""
_FOOT = 15 * _MM
"""What stands below the rows."""
_HEADING = 7 * _MM
"""The row with what the columns are for."""
_LOWEST_ROW, _HIGHEST_ROW = 8.2 * _MM, 17 * _MM
"""People write by hand, on a board, standing."""
_NUMBER = 7 * _MM
_BLACK, _LINE, _TINT = "#000000", "#707070", "#eeeeee"
_SIZES = [size / 2 for size in range(23, 13, -1)]
"""Of what is asked, the largest first that leaves room for the rows."""
_FORM = "sheet"


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What a sheet says beside the campaign's own words, in its language."""

    sheet: str
    """With %(number)d in it."""
    page: str
    """With %(page)d and %(pages)d in it."""
    headings: Mapping[str, str]
    """What each column is for."""
    ticks: tuple[str, ...]
    """The boxes to tick in each row, in words."""
    call: str
    privacy: str
    text: str
    """Which version of the text it is."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What every sheet of a run has on it."""

    title: str
    recipient: str
    asked: str
    """What is signed, without markup, its paragraphs apart by an empty line. All of it is printed."""
    columns: Sequence[tuple[str, float]]
    """Each with its share of the width."""
    rows: int
    words: SheetWords
    site: str
    language: str


def draw_sheets(paper: Paper, sheets: Sequence[tuple[int, str]]) -> bytes:
    """Sheets as a PDF: each with its number and what its code leads to. The same sheets give the same bytes.

    Raises Refused where what is asked is too long to be read above so many rows.
    """
    out = BytesIO()
    canvas = new_canvas(out, A4, paper.language)
    canvas.setTitle(plain(f"{paper.title}: {paper.words.sheet % {'number': sheets[0][0]}} – {sheets[-1][0]}"))
    canvas.setAuthor(plain(paper.site))
    mirrored = is_right_to_left(paper.title)
    # What is the same on every sheet is drawn once.
    canvas.beginForm(_FORM)
    _draw_common(canvas, paper, mirrored=mirrored)
    canvas.endForm()
    for page, (number, address) in enumerate(sheets, start=1):
        canvas.doForm(_FORM)
        _draw_own(
            canvas, paper, number, address, f"{paper.words.page % {'page': page, 'pages': len(sheets)}}", mirrored=mirrored
        )
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_own(canvas: Canvas, paper: Paper, number: int, address: str, page: str, *, mirrored: bool) -> None:
    """The code, the number, and which page it is."""
    x = _LEFT if mirrored else _RIGHT - _CODE
    top = _HEIGHT - _EDGE
    write_code(canvas, address, x, top - _CODE, _CODE)
    block = one_line(paper.words.sheet % {"number": number}, "heavy", width=_CODE, largest=15, smallest=8)
    for line in block.lines:
        write(canvas, line, x + (_CODE - line.width * block.size) / 2, top - _CODE - 10, block.size, _BLACK)
    block = one_line(page, "text", width=40 * _MM, largest=8, smallest=6)
    for line in block.lines:
        write(canvas, line, _RIGHT - line.width * block.size, _EDGE - 1, block.size, MUTED)


def _draw_common(canvas: Canvas, paper: Paper, *, mirrored: bool) -> None:
    left, right = (_LEFT + _CODE + 5 * _MM, _RIGHT) if mirrored else (_LEFT, _RIGHT - _CODE - 5 * _MM)
    top = _HEIGHT - _EDGE
    beside = top - _CODE - 16
    to = fit(paper.recipient, "bold", width=right - left, height=9 * _MM, largest=11, smallest=8, leading=1.2, step=0.5)
    y = write_block(canvas, _at(to, mirrored), left, top, right, MUTED) - 1.5 * _MM
    title = fit(paper.title, "heavy", width=right - left, height=y - beside - 8, largest=22, smallest=11, step=0.5)
    y = write_block(canvas, _at(title, mirrored), left, y, right, _BLACK) - 2 * _MM
    top_of_rows = _asked(canvas, paper, y, beside, left, right, mirrored=mirrored)
    _table(canvas, paper, top_of_rows, mirrored=mirrored)
    _foot(canvas, paper, mirrored=mirrored)


def _asked(
    canvas: Canvas, paper: Paper, y: float, beside: float, left: float, right: float, *, mirrored: bool
) -> float:  # fmt: skip
    """What is asked, in the largest size that leaves room for the rows; where they begin.

    Paragraphs that have room beside the code stand there; the others below it, from edge to edge.
    """
    floor = _EDGE + _FOOT + _HEADING + paper.rows * _LOWEST_ROW + 9 * _MM
    paragraphs = [Paragraph(one) for one in paper.asked.split("\n\n") if one.strip()]
    for size in _SIZES:
        pieces, end = place(paragraphs, size, y, beside=beside, narrow=right - left, wide=_RIGHT - _LEFT)
        if end >= floor:
            break
    else:
        raise Refused("The text is too long for sheets with %(rows)d rows. Take fewer.", rows=paper.rows)
    for paragraph, lines, top, wide in pieces:
        block = paragraph.block(lines, size, mirrored)
        write_block(canvas, block, _LEFT if wide else left, top, _RIGHT if wide else right, _BLACK)
    end = min(end, beside) - 2 * _MM
    call = one_line(paper.words.call, "bold", width=_RIGHT - _LEFT, largest=9.5, smallest=7)
    return write_block(canvas, _at(call, mirrored), _LEFT, end, _RIGHT, _BLACK) - 1.5 * _MM


def _table(canvas: Canvas, paper: Paper, top: float, *, mirrored: bool) -> None:
    bottom = _EDGE + _FOOT
    row = min(_HIGHEST_ROW, (top - bottom - _HEADING) / paper.rows)
    bottom = top - _HEADING - row * paper.rows
    canvas.setFillColor(HexColor(_TINT))
    canvas.rect(_LEFT, top - _HEADING, _RIGHT - _LEFT, _HEADING, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor(_LINE))
    canvas.setLineWidth(0.6)
    for number in range(paper.rows + 1):
        y = top - _HEADING - number * row
        canvas.line(_LEFT, y, _RIGHT, y)
    canvas.line(_LEFT, top, _RIGHT, top)
    columns = _columns(paper, mirrored=mirrored)
    for key, left, right in columns:
        canvas.line(left, top, left, bottom)
        heading = one_line(paper.words.headings.get(key, ""), "bold", width=right - left - 3, largest=8.5, smallest=5)
        _middle(canvas, heading, left + 2, right - 1, top - _HEADING / 2, mirrored)
    # Row by row, as it is read aloud.
    for number in range(paper.rows):
        for key, left, right in columns:
            middle = top - _HEADING - (number + 0.5) * row
            if key == "number":
                digits = one_line(str(number + 1), "text", width=right - left, largest=8.5, smallest=6)
                _middle(canvas, digits, left + 2, right - 2, middle, mirrored)
            elif key == "ticks":
                _boxes(canvas, paper.words.ticks, left, right, middle, row, mirrored)
    canvas.line(_RIGHT, top, _RIGHT, bottom)


def _columns(paper: Paper, *, mirrored: bool) -> list[tuple[str, float, float]]:
    """Each column with its edges, the one with the numbers first."""
    width, x, found = _RIGHT - _LEFT - _NUMBER, _LEFT + _NUMBER, [("number", _LEFT, _LEFT + _NUMBER)]
    for key, share in paper.columns:
        found.append((key, x, x + share * width))
        x += share * width
    return [(key, _LEFT + _RIGHT - right, _LEFT + _RIGHT - left) for key, left, right in found] if mirrored else found


def _boxes(canvas: Canvas, ticks: Sequence[str], left: float, right: float, middle: float, row: float, mirrored: bool) -> None:
    side, step = 6.5, min(11.0, row / max(1, len(ticks)))
    for number, words in enumerate(ticks):
        y = middle + ((len(ticks) - 1) / 2 - number) * step
        x = right - 4 - side if mirrored else left + 4
        canvas.rect(x, y - side / 2, side, side, stroke=1, fill=0)
        block = one_line(words, "text", width=right - left - side - 10, largest=6.5, smallest=4.5)
        _middle(canvas, block, left + (2 if mirrored else side + 7), right - (side + 7 if mirrored else 1), y, mirrored)


def _foot(canvas: Canvas, paper: Paper, *, mirrored: bool) -> None:
    privacy = fit(
        paper.words.privacy, "text", width=_RIGHT - _LEFT, height=_FOOT - 5 * _MM, largest=8, smallest=6, leading=1.25,
        step=0.25,
    )  # fmt: skip
    write_block(canvas, _at(privacy, mirrored), _LEFT, _EDGE + _FOOT - 2 * _MM, _RIGHT, _BLACK)
    which = one_line(paper.words.text, "text", width=_RIGHT - _LEFT - 45 * _MM, largest=8, smallest=5.5)
    for line in which.lines:
        write(canvas, line, _LEFT, _EDGE - 1, which.size, MUTED)


def _middle(canvas: Canvas, block: Block, left: float, right: float, middle: float, mirrored: bool) -> None:
    for line in block.lines:
        write(canvas, line, _at(block, mirrored).start(line, left, right), middle - block.size * 0.35, block.size, _BLACK)


def _at(block: Block, mirrored: bool) -> Block:
    """The same lines at the edge where a sheet in this direction begins."""
    return Block(block.lines, block.size, block.leading, mirrored)
