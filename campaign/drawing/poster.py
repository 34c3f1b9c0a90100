"""The poster of a campaign: one page of A4 to print and hang up, with a code that leads to the form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from campaign.drawing.bidi import is_right_to_left
from campaign.drawing.colours import MUTED, Scheme, scheme
from campaign.drawing.letters import can_draw, plain, shape
from campaign.drawing.page import new_canvas, write, write_block, write_code
from campaign.drawing.setting import ELLIPSIS, Block, fit, one_line

_MM = 72 / 25.4
"""In the points a PDF counts in."""
_BLACK = "#000000"
_EDGE = 15 * _MM
"""Wider than what a printer at home leaves white."""
_CODE, _FRAME, _INSET = 92 * _MM, 2 * _MM, 3 * _MM
"""The square with the code, the line around it, and where within it the white of the code begins: clear of round corners."""
_LONGEST_ASK = 420
"""Characters: what is read standing before a notice board."""
_SENTENCE = re.compile(r".*?[.!?…。؟।](?=\s|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says, in words of its language."""

    title: str
    ask: str
    """What is asked, without markup. Shortened at the end of a sentence."""
    recipient: str
    """Of whom, as a phrase: "To: The parish council". May be empty."""
    call: str
    """What to do, in the band at the top: "Add your name"."""
    scan: str
    """What to do with the code: "Scan to sign"."""
    deadline: str
    """Until when, as a phrase. May be empty."""
    or_at: str
    """What stands before the address in print: "or sign at". May be empty."""
    address: str
    """The campaign's page as people type it."""
    code: str
    """What the code leads to."""
    footer: str
    site: str
    accent: str
    """As "#rrggbb"; empty for ours."""
    language: str


def draw_poster(poster: Poster) -> bytes:
    """The poster as a PDF. The same poster gives the same bytes."""
    out = BytesIO()
    canvas = new_canvas(out, A4, poster.language)
    canvas.setTitle(plain(poster.title))
    canvas.setAuthor(plain(poster.site))
    canvas.setSubject(poster.address)
    colours, mirrored = scheme(poster.accent), is_right_to_left(poster.title)
    top = _band(canvas, poster, colours, mirrored=mirrored)
    floor = _sign_here(canvas, poster, colours, mirrored=mirrored)
    _words(canvas, poster, top, floor)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def shortened(text: str, longest: int = _LONGEST_ASK) -> str:
    """As many whole sentences as fit; where not even the first does, its beginning up to the end of a word."""
    text = plain(text)
    if len(text) <= longest:
        return text
    kept = ""
    for sentence in _SENTENCE.findall(text):
        if len(kept + sentence) > longest:
            break
        kept += sentence
    return kept.strip() or (text[:longest].rpartition(" ")[0] or text[:longest]).rstrip(" ,;:–-") + ELLIPSIS


def _band(canvas: Canvas, poster: Poster, colours: Scheme, *, mirrored: bool) -> float:
    """The band at the top; where it ends."""
    width, height = float(A4[0]), float(A4[1])
    bottom, tall = height - _EDGE - 20 * _MM, 20 * _MM
    canvas.setFillColor(HexColor(colours.ground))
    canvas.roundRect(_EDGE, bottom, width - 2 * _EDGE, tall, 3 * _MM, stroke=0, fill=1)
    call = one_line(poster.call, "heavy", width=110 * _MM, largest=27, smallest=16)
    site = one_line(poster.site, "bold", width=58 * _MM, largest=13, smallest=8)
    for block, at_end in ((call, mirrored), (site, not mirrored)):
        for line in block.lines:
            x = width - _EDGE - 8 * _MM - line.width * block.size if at_end else _EDGE + 8 * _MM
            write(canvas, line, x, bottom + tall / 2 - block.size * 0.35, block.size, colours.on_ground)
    return bottom


def _words(canvas: Canvas, poster: Poster, top: float, floor: float) -> None:
    """The title, of whom it is asked and what, between the band and the code."""
    left, right = _EDGE, A4[0] - _EDGE
    room, width = top - floor - 20 * _MM, right - left
    ask = shortened(poster.ask)
    to = fit(poster.recipient, "bold", width=width, height=15 * _MM, largest=17, smallest=12, leading=1.3)
    asked = fit(ask, "text", width=width, height=room * 0.42, largest=19, smallest=11, leading=1.42, step=0.5) if ask else None
    taken = to.height + (asked.height if asked else 0) + 12 * _MM
    words = poster.title if can_draw(poster.title, "heavy") else poster.site
    title = fit(words, "heavy", width=width, height=room - taken, largest=64, smallest=20, leading=1.08)
    # What is left over goes above and below in equal parts, so that a short title does not hang from the band.
    y = top - 10 * _MM - max(0.0, room - taken - title.height) * 0.4
    y = write_block(canvas, title, left, y, right, _BLACK) - 6 * _MM
    y = write_block(canvas, _beside(to, title), left, y, right, MUTED) - 6 * _MM
    if asked:
        write_block(canvas, _beside(asked, title), left, y, right, _BLACK)


def _beside(block: Block, title: Block) -> Block:
    """The same lines at the edge where the title begins."""
    return Block(block.lines, block.size, block.leading, title.right_to_left)


def _sign_here(canvas: Canvas, poster: Poster, colours: Scheme, *, mirrored: bool) -> float:
    """The code, and beside it what to do with it; where they begin, counted from the foot."""
    width, bottom = A4[0], _EDGE + 14 * _MM
    x = width - _EDGE - _CODE if mirrored else _EDGE
    canvas.setStrokeColor(HexColor(colours.accent))
    canvas.setLineWidth(_FRAME)
    canvas.roundRect(x + _FRAME / 2, bottom + _FRAME / 2, _CODE - _FRAME, _CODE - _FRAME, 3 * _MM, stroke=1, fill=0)
    write_code(canvas, poster.code, x + _INSET, bottom + _INSET, _CODE - 2 * _INSET)
    left, right = (_EDGE, x - 9 * _MM) if mirrored else (x + _CODE + 9 * _MM, width - _EDGE)
    blocks = list(_beside_code(poster, right - left))
    y = bottom + (_CODE + sum(block.height for block, _ in blocks) + 5 * _MM * (len(blocks) - 1)) / 2
    for block, colour in blocks:
        aligned = Block(block.lines, block.size, block.leading, mirrored)
        y = write_block(canvas, aligned, left, y, right, colours.accent if colour else _BLACK) - 5 * _MM
    foot = one_line(poster.footer, "text", width=width - 2 * _EDGE, largest=10, smallest=7)
    write_block(canvas, Block(foot.lines, foot.size, foot.leading, mirrored), _EDGE, _EDGE + 5 * _MM, width - _EDGE, MUTED)
    return bottom + _CODE


def _beside_code(poster: Poster, width: float) -> Iterator[tuple[Block, bool]]:
    """The blocks beside the code, and whether each is in the accent's colour."""
    yield fit(poster.scan, "heavy", width=width, height=42 * _MM, largest=38, smallest=18, leading=1.08), True
    if poster.deadline:
        yield fit(poster.deadline, "bold", width=width, height=22 * _MM, largest=15, smallest=10, leading=1.3), False
    if poster.or_at:
        yield fit(poster.or_at, "text", width=width, height=8 * _MM, largest=12, smallest=9, leading=1.2), False
    yield _address(poster.address, width), False


def _address(address: str, width: float) -> Block:
    """The address on one line where it can be read so, else broken."""
    line = shape(address, "bold")
    if line.width * 11 <= width:
        return Block((line,), min(14, width / line.width), 18, right_to_left=False)
    return fit(address, "bold", width=width, height=24 * _MM, largest=13, smallest=8, leading=1.3, address=True)
