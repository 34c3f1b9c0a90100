"""Certificates: to each representative, on a page of A4 of its own, how many of their constituents signed.

What all pages share is drawn once, and each page refers to it: a certificate for every constituency is small, and quickly made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from campaign.drawing.colours import MUTED, Scheme, scheme
from campaign.drawing.letters import plain
from campaign.drawing.page import new_canvas, write, write_block, write_code
from campaign.drawing.poster import shortened
from campaign.drawing.setting import Block, fit, one_line

_MM = 72 / 25.4
"""In the points a PDF counts in."""
_WIDTH, _HEIGHT = float(A4[0]), float(A4[1])
_LEFT, _RIGHT = 22 * _MM, _WIDTH - 22 * _MM
_ROOM = _RIGHT - _LEFT
_BLACK = "#17191f"
_TOP = _HEIGHT - 20 * _MM
_BAND_TOP, _BAND_BOTTOM = _HEIGHT - 84 * _MM, _HEIGHT - 146 * _MM
_TITLE_TOP = _BAND_BOTTOM - 12 * _MM
_CODE = 34 * _MM
_FOOT = 20 * _MM
_NOTE_TOP = _FOOT + _CODE + 24 * _MM
_LONGEST_ASK = 330
"""Characters."""
_SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Certificates:
    """What all certificates of a campaign say."""

    title: str
    recipient: str
    """As a phrase: "To: The parish council"."""
    ask: str
    """Without markup."""
    address: str
    """The campaign's page, in full: what the code leads to."""
    text_hash: str
    site: str
    accent: str
    """As "#rrggbb"; empty for ours."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one of them says."""

    to: str
    """Whom it is for, in the largest words: a name, or that of the area."""
    to_before: str
    """What stands before that, as "To the Member of Parliament for". May be empty."""
    to_after: str
    """What stands under it, as "Member of Parliament for Leeds South". May be empty."""
    greeting: str
    """May be empty."""
    number: str
    signed: str
    """What stands under the number: "of your constituents have signed"."""
    note: str
    """When and how it was counted."""


def draw_certificates(out: BinaryIO, shared: Certificates, certificates: Sequence[Certificate]) -> None:
    """Write them as one PDF. The same certificates give the same bytes."""
    canvas = new_canvas(out, A4, "en")
    canvas.setTitle(plain(f"Certificates: {shared.title}"))
    canvas.setAuthor(plain(shared.site))
    canvas.setSubject(shared.address)
    colours = scheme(shared.accent)
    canvas.beginForm(_SHARED, 0, 0, _WIDTH, _HEIGHT)
    _draw_shared(canvas, shared, colours)
    canvas.endForm()
    for certificate in certificates:
        canvas.doForm(_SHARED)
        _draw_own(canvas, certificate, colours)
        canvas.showPage()
    canvas.save()


def _draw_shared(canvas: Canvas, shared: Certificates, colours: Scheme) -> None:
    heading = one_line("Certificate of signatures", "bold", width=_ROOM * 0.6, largest=11, smallest=11)
    write(canvas, heading.lines[0], _LEFT, _TOP - 8, heading.size, colours.accent)
    site = one_line(shared.site, "text", width=_ROOM * 0.35, largest=10, smallest=7)
    for line in site.lines:
        write(canvas, line, _RIGHT - line.width * site.size, _TOP - 8, site.size, MUTED)
    canvas.setStrokeColor(HexColor(colours.accent))
    canvas.setLineWidth(1.5)
    canvas.line(_LEFT, _TOP - 16, _RIGHT, _TOP - 16)
    canvas.setFillColor(HexColor(colours.ground))
    canvas.roundRect(_LEFT, _BAND_BOTTOM, _ROOM, _BAND_TOP - _BAND_BOTTOM, 3 * _MM, stroke=0, fill=1)
    _draw_text(canvas, shared)
    # The code, and beside it what it leads to.
    write_code(canvas, shared.address, _LEFT - 3 * _MM, _FOOT - 3 * _MM, _CODE)
    left, y = _LEFT + _CODE + 4 * _MM, _FOOT + _CODE - 9 * _MM
    proof = shared.text_hash if len(shared.text_hash) <= 32 else f"{shared.text_hash[:32]} {shared.text_hash[32:]}"
    for words, weight, size, colour in (
        ("The text they signed, and how many have:", "text", 9.5, MUTED),
        (shared.address, "bold", 10.5, _BLACK),
        ("Fingerprint of that text (SHA-256):", "text", 8.5, MUTED),
        (proof, "text", 8.5, MUTED),
    ):
        block = fit(
            words, weight, width=_RIGHT - left, height=28, largest=size, smallest=6, leading=1.35, step=0.5,  # type: ignore[arg-type]
            address=words == shared.address,
        )  # fmt: skip
        y = write_block(canvas, block, left, y, _RIGHT, colour) - (5 if weight == "bold" else 0)


def _draw_text(canvas: Canvas, shared: Certificates) -> None:
    """The title, of whom it is asked and what, between the band and the note."""
    title = fit(shared.title, "heavy", width=_ROOM, height=26 * _MM, largest=25, smallest=13, leading=1.15, step=1)
    to = fit(shared.recipient, "bold", width=_ROOM, height=12 * _MM, largest=12.5, smallest=9, leading=1.3, step=0.5)
    ask = shortened(shared.ask, _LONGEST_ASK)
    y = write_block(canvas, title, _LEFT, _TITLE_TOP, _RIGHT, _BLACK) - 3 * _MM
    y = write_block(canvas, _beside(to, title), _LEFT, y, _RIGHT, MUTED) - 3 * _MM
    if ask and y - _NOTE_TOP > 8 * _MM:
        asked = fit(ask, "text", width=_ROOM, height=y - _NOTE_TOP, largest=12, smallest=9, leading=1.45, step=0.5)
        write_block(canvas, _beside(asked, title), _LEFT, y, _RIGHT, _BLACK)


def _draw_own(canvas: Canvas, certificate: Certificate, colours: Scheme) -> None:
    y = _TOP - 16 - 9 * _MM
    if certificate.to_before:
        y = _put(canvas, one_line(certificate.to_before, "text", width=_ROOM, largest=13, smallest=9), y, MUTED) - 2 * _MM
    to = fit(certificate.to, "heavy", width=_ROOM, height=22 * _MM, largest=26, smallest=13, leading=1.12, step=1)
    y = _put(canvas, to, y, _BLACK) - 2 * _MM
    if certificate.to_after:
        y = _put(canvas, one_line(certificate.to_after, "text", width=_ROOM, largest=13, smallest=8), y, MUTED) - 2 * _MM
    if certificate.greeting:
        _put(canvas, one_line(certificate.greeting, "text", width=_ROOM, largest=12, smallest=8), y - 2 * _MM, _BLACK)
    middle = _LEFT + _ROOM / 2
    number = one_line(certificate.number, "heavy", width=_ROOM - 16 * _MM, largest=96, smallest=40)
    signed = one_line(certificate.signed, "bold", width=_ROOM - 16 * _MM, largest=19, smallest=11)
    for block, baseline in ((number, _BAND_BOTTOM + 26 * _MM), (signed, _BAND_BOTTOM + 12 * _MM)):
        for line in block.lines:
            write(canvas, line, middle - line.width * block.size / 2, baseline, block.size, colours.on_ground)
    note = fit(certificate.note, "text", width=_ROOM, height=20 * _MM, largest=10, smallest=7.5, leading=1.4, step=0.5)
    _put(canvas, note, _NOTE_TOP - 2 * _MM, MUTED)


def _put(canvas: Canvas, block: Block, top: float, colour: str) -> float:
    return write_block(canvas, block, _LEFT, top, _RIGHT, colour)


def _beside(block: Block, title: Block) -> Block:
    """The same lines at the edge where the title begins."""
    return Block(block.lines, block.size, block.leading, title.right_to_left)
