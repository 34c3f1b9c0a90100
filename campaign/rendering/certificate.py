"""Certificates: to each representative, on a page of A4 of its own, how many of their constituents signed.

What all pages share is drawn once, and each page refers to it: a certificate for every constituency is small, and quickly made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from campaign.rendering.colours import MUTED_COLOUR, ColourScheme, colour_scheme
from campaign.rendering.contents import Certificate, CertificateSet
from campaign.rendering.fit_text import TextBlock, fit_line, fit_text
from campaign.rendering.pdf_canvas import A4, draw_qr_code, new_canvas, pdf_colour, write_line, write_text_block
from campaign.rendering.printable import printable_line, shorten_to_sentences

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_MM = 72 / 25.4
"""In the points a PDF counts in."""
_WIDTH, _HEIGHT = float(A4[0]), float(A4[1])
_LEFT, _RIGHT = 22 * _MM, _WIDTH - 22 * _MM
_CONTENT_WIDTH = _RIGHT - _LEFT
_BLACK = "#17191f"
_TOP = _HEIGHT - 20 * _MM
_BAND_TOP, _BAND_BOTTOM = _HEIGHT - 84 * _MM, _HEIGHT - 146 * _MM
_TITLE_TOP = _BAND_BOTTOM - 12 * _MM
_QR_SIDE = 34 * _MM
_FOOT = 20 * _MM
_NOTE_TOP = _FOOT + _QR_SIDE + 24 * _MM
_MAX_ASK_CHARACTERS = 330
"""Characters."""
_SHARED = "shared"


def draw_certificates(out: BinaryIO, shared: CertificateSet, certificates: Sequence[Certificate]) -> None:
    """Write them as one PDF. The same certificates give the same bytes."""
    canvas = new_canvas(out, A4, "en")
    canvas.setTitle(printable_line(f"Certificates: {shared.title}"))
    canvas.setAuthor(printable_line(shared.site))
    canvas.setSubject(shared.campaign_url)
    colours = colour_scheme(shared.accent)
    canvas.beginForm(_SHARED, 0, 0, _WIDTH, _HEIGHT)
    _draw_shared(canvas, shared, colours)
    canvas.endForm()
    for certificate in certificates:
        canvas.doForm(_SHARED)
        _draw_certificate(canvas, certificate, colours)
        canvas.showPage()
    canvas.save()


def _draw_shared(canvas: Canvas, shared: CertificateSet, colours: ColourScheme) -> None:
    heading = fit_line("Certificate of signatures", "bold", width=_CONTENT_WIDTH * 0.6, largest=11, smallest=11)
    write_line(canvas, heading.lines[0], _LEFT, _TOP - 8, heading.size, colours.accent)
    site = fit_line(shared.site, "text", width=_CONTENT_WIDTH * 0.35, largest=10, smallest=7)
    for line in site.lines:
        write_line(canvas, line, _RIGHT - line.width * site.size, _TOP - 8, site.size, MUTED_COLOUR)
    canvas.setStrokeColor(pdf_colour(colours.accent))
    canvas.setLineWidth(1.5)
    canvas.line(_LEFT, _TOP - 16, _RIGHT, _TOP - 16)
    canvas.setFillColor(pdf_colour(colours.background))
    canvas.roundRect(_LEFT, _BAND_BOTTOM, _CONTENT_WIDTH, _BAND_TOP - _BAND_BOTTOM, 3 * _MM, stroke=0, fill=1)
    _draw_text(canvas, shared)
    # The code, and beside it what it leads to.
    draw_qr_code(canvas, shared.campaign_url, _LEFT - 3 * _MM, _FOOT - 3 * _MM, _QR_SIDE)
    left, y = _LEFT + _QR_SIDE + 4 * _MM, _FOOT + _QR_SIDE - 5 * _MM
    proof = shared.text_hash if len(shared.text_hash) <= 32 else f"{shared.text_hash[:32]} {shared.text_hash[32:]}"
    for words, weight, size, colour in (
        (shared.text_note, "text", 9.5, MUTED_COLOUR),
        (shared.campaign_url, "bold", 10.5, _BLACK),
        ("Fingerprint of the text asked for now (SHA-256):", "text", 8.5, MUTED_COLOUR),
        (proof, "text", 8.5, MUTED_COLOUR),
        *((line, "text", 7, MUTED_COLOUR) for line in shared.log_note),
    ):
        block = fit_text(
            words, weight, width=_RIGHT - left, height=28, largest=size, smallest=6, leading=1.35, step=0.5,  # type: ignore[arg-type]
            address=words == shared.campaign_url,
        )  # fmt: skip
        y = write_text_block(canvas, block, left, y, _RIGHT, colour) - (5 if weight == "bold" else 0)


def _draw_text(canvas: Canvas, shared: CertificateSet) -> None:
    """The title, of whom it is asked and what, between the band and the note."""
    title = fit_text(
        shared.title, "heavy", width=_CONTENT_WIDTH, height=26 * _MM, largest=25, smallest=13, leading=1.15, step=1
    )
    to = fit_text(
        shared.recipient, "bold", width=_CONTENT_WIDTH, height=12 * _MM, largest=12.5, smallest=9, leading=1.3, step=0.5
    )
    ask = shorten_to_sentences(shared.ask, _MAX_ASK_CHARACTERS)
    y = write_text_block(canvas, title, _LEFT, _TITLE_TOP, _RIGHT, _BLACK) - 3 * _MM
    y = write_text_block(canvas, to.aligned_with(title), _LEFT, y, _RIGHT, MUTED_COLOUR) - 3 * _MM
    if ask and y - _NOTE_TOP > 8 * _MM:
        asked = fit_text(
            ask, "text", width=_CONTENT_WIDTH, height=y - _NOTE_TOP, largest=12, smallest=9, leading=1.45, step=0.5
        )
        write_text_block(canvas, asked.aligned_with(title), _LEFT, y, _RIGHT, _BLACK)


def _draw_certificate(canvas: Canvas, certificate: Certificate, colours: ColourScheme) -> None:
    y = _TOP - 16 - 9 * _MM
    if certificate.addressee_prefix:
        y = (
            _write_from_left(
                canvas,
                fit_line(certificate.addressee_prefix, "text", width=_CONTENT_WIDTH, largest=13, smallest=9),
                y,
                MUTED_COLOUR,
            )
            - 2 * _MM
        )
    to = fit_text(
        certificate.addressee, "heavy", width=_CONTENT_WIDTH, height=22 * _MM, largest=26, smallest=13, leading=1.12, step=1
    )
    y = _write_from_left(canvas, to, y, _BLACK) - 2 * _MM
    if certificate.addressee_suffix:
        y = (
            _write_from_left(
                canvas,
                fit_line(certificate.addressee_suffix, "text", width=_CONTENT_WIDTH, largest=13, smallest=8),
                y,
                MUTED_COLOUR,
            )
            - 2 * _MM
        )
    if certificate.greeting:
        _write_from_left(
            canvas, fit_line(certificate.greeting, "text", width=_CONTENT_WIDTH, largest=12, smallest=8), y - 2 * _MM, _BLACK
        )
    middle = _LEFT + _CONTENT_WIDTH / 2
    number = fit_line(certificate.number, "heavy", width=_CONTENT_WIDTH - 16 * _MM, largest=96, smallest=40)
    signed = fit_line(certificate.number_label, "bold", width=_CONTENT_WIDTH - 16 * _MM, largest=19, smallest=11)
    for block, baseline in ((number, _BAND_BOTTOM + 26 * _MM), (signed, _BAND_BOTTOM + 12 * _MM)):
        for line in block.lines:
            write_line(canvas, line, middle - line.width * block.size / 2, baseline, block.size, colours.on_background)
    note = fit_text(
        certificate.note, "text", width=_CONTENT_WIDTH, height=20 * _MM, largest=10, smallest=7.5, leading=1.4, step=0.5
    )
    _write_from_left(canvas, note, _NOTE_TOP - 2 * _MM, MUTED_COLOUR)


def _write_from_left(canvas: Canvas, block: TextBlock, top: float, colour: str) -> float:
    return write_text_block(canvas, block, _LEFT, top, _RIGHT, colour)
