"""The picture of a campaign that other sites show where somebody shares it: Open Graph and Twitter cards."""

from dataclasses import replace

from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.colours import MUTED_COLOUR, PAGE_COLOUR, TEXT_COLOUR, ColourScheme, colour_scheme
from campaign.rendering.contents import CARD_SIZES, Card
from campaign.rendering.fit_text import TextBlock, fit_line, fit_text
from campaign.rendering.raster import RasterCanvas
from campaign.rendering.shaping import can_draw, shape_line

WIDTH_PIXELS, HEIGHT_PIXELS = CARD_SIZES["wide"]
_MARGIN = 64
_BAND_HEIGHT = 388
"""Where the coloured upper part ends and the paper begins."""
_BASELINE, _LAST_BASELINE = 520, 602
"""Of the number, and of the goal below the bar."""
_GAP = 16


def draw_card(card: Card) -> bytes:
    """The card of a campaign without a picture, as a PNG; `picture_card` draws the others."""
    colours = colour_scheme(card.accent)
    sheet = RasterCanvas(WIDTH_PIXELS, HEIGHT_PIXELS, PAGE_COLOUR)
    mirrored = is_right_to_left(card.title)
    sheet.fill((0, 0, WIDTH_PIXELS, _BAND_HEIGHT), colours.background)
    _draw_title(sheet, card, colours)
    _draw_count(sheet, card, colours, mirrored=mirrored)
    _draw_progress(sheet, card, colours, mirrored=mirrored)
    return sheet.png()


def draw_plain_card(accent: str, words: str, width: int, height: int) -> bytes:
    """A PNG with a line of words on a campaign's colour: what is shown while there is no time to draw more."""
    colours = colour_scheme(accent)
    canvas = RasterCanvas(width, height, colours.background)
    block = fit_line(words, "heavy", width=width - 2 * _MARGIN, largest=72, smallest=24)
    canvas.write_text_block(
        block, _MARGIN, (height - block.height) / 2, width - _MARGIN, colours.on_background, colours.background
    )
    return canvas.png()


def _draw_title(canvas: RasterCanvas, card: Card, colours: ColourScheme) -> None:
    """The title, and of whom it is asked; in the middle between the upper edge and the paper."""
    width = WIDTH_PIXELS - 2 * _MARGIN
    to = _fit_recipient(card.recipient, width=width, lines=1)
    below = to.height + 22 if to else 0
    # A title in letters we have no font for would be gaps: the site that shows the card writes it below.
    words = card.title if can_draw(card.title, "heavy") else card.site
    title = fit_text(
        words,
        "heavy",
        width=width,
        height=_BAND_HEIGHT - 96 - below,
        largest=104,
        smallest=34,
        leading=1.08,
    )
    left = WIDTH_PIXELS - _MARGIN - width if title.right_to_left else _MARGIN
    top = (_BAND_HEIGHT - title.height - below) / 2
    canvas.write_text_block(title, left, top, left + width, colours.on_background, colours.background)
    if to:
        # One title, one edge: the phrase goes where the title begins.
        aligned = replace(to, right_to_left=title.right_to_left)
        canvas.write_text_block(
            aligned, left, top + title.height + 22, left + width, colours.muted_on_background, colours.background
        )


def _fit_recipient(text: str, *, width: float, lines: int) -> TextBlock | None:
    if not text or not can_draw(text, "text"):
        return None
    return fit_text(text, "text", width=width, height=40 * lines, largest=32, smallest=28, leading=1.25)


def _draw_count(canvas: RasterCanvas, card: Card, colours: ColourScheme, *, mirrored: bool) -> None:
    """The number with its words, and opposite it the time."""
    time = fit_line(card.time_left, "bold", width=400, largest=38, smallest=26)
    until = fit_line(card.last_day, "text", width=400, largest=26, smallest=20)
    _draw_at_end(canvas, time, _BASELINE - (34 if until.lines else 0), TEXT_COLOUR, mirrored=mirrored)
    _draw_at_end(canvas, until, _BASELINE, MUTED_COLOUR, mirrored=mirrored)
    taken = max((line.width * block.size for block in (time, until) for line in block.lines), default=0)
    _draw_number(canvas, card, colours.accent, WIDTH_PIXELS - 2 * _MARGIN - 48 - taken, mirrored=mirrored)


def _draw_number(canvas: RasterCanvas, card: Card, accent: str, max_width: float, *, mirrored: bool) -> None:
    """The number as large as it fits, and the words around it."""
    before, after = shape_line(card.number_prefix, "bold"), shape_line(card.number_suffix, "bold")
    number, size = shape_line(card.number, "heavy"), 120.0
    while number.width * size + (before.width + after.width) * _label_size(size) + 2 * _GAP > max_width and size > 40:
        size -= 2
    parts = [(before, _label_size(size), TEXT_COLOUR), (number, size, accent), (after, _label_size(size), TEXT_COLOUR)]
    parts = [part for part in (reversed(parts) if mirrored else parts) if part[0].runs]
    total = sum(line.width * part_size for line, part_size, _ in parts) + _GAP * (len(parts) - 1)
    x = WIDTH_PIXELS - _MARGIN - total if mirrored else float(_MARGIN)
    for line, part_size, colour in parts:
        canvas.write_line(line, x, _BASELINE, part_size, colour, PAGE_COLOUR)
        x += line.width * part_size + _GAP


def _label_size(size: float) -> float:
    """How large words stand beside a number of a size."""
    return 26 + size / 10


def _draw_progress(canvas: RasterCanvas, card: Card, colours: ColourScheme, *, mirrored: bool) -> None:
    """The bar, the goal and the site."""
    left, top, right, bottom = _MARGIN, _BASELINE + 26, WIDTH_PIXELS - _MARGIN, _BASELINE + 44
    canvas.draw_bar((left, top, right, bottom), colours.bar_track, PAGE_COLOUR)
    # Even the first signature is seen.
    filled = max((right - left) * min(card.progress, 1.0), bottom - top) if card.progress > 0 else 0
    box = (right - filled, top, right, bottom) if mirrored else (left, top, left + filled, bottom)
    canvas.draw_bar(box, colours.accent, colours.bar_track)
    # Who is behind it says more than where the page is: the site has its name beside it where both fit.
    behind = card.organiser if can_draw(card.organiser, "bold") else ""
    foot = fit_line(" · ".join(filter(None, (behind, card.site))), "bold", width=700, largest=24, smallest=16)
    _draw_at_end(canvas, foot, _LAST_BASELINE, MUTED_COLOUR, mirrored=not mirrored)
    _draw_at_end(
        canvas, fit_line(card.goal, "text", width=400, largest=24, smallest=18), _LAST_BASELINE, MUTED_COLOUR, mirrored=mirrored
    )


def _draw_at_end(canvas: RasterCanvas, block: TextBlock, baseline: float, colour: str, *, mirrored: bool) -> None:
    """One line at the end of the card, opposite to where it is read from."""
    for line in block.lines:
        x = _MARGIN if mirrored else WIDTH_PIXELS - _MARGIN - line.width * block.size
        canvas.write_line(line, x, baseline, block.size, colour, PAGE_COLOUR)
