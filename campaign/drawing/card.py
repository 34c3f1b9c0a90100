"""The picture of a campaign that other sites show where somebody shares it: Open Graph and Twitter cards."""

import hashlib
from dataclasses import astuple, dataclass, replace
from io import BytesIO

from PIL import Image, ImageOps

from campaign.drawing.bidi import is_right_to_left
from campaign.drawing.brush import Sheet
from campaign.drawing.colours import INK, MUTED, PAPER, Scheme, scheme
from campaign.drawing.letters import can_draw, shape
from campaign.drawing.setting import Block, fit, one_line

WIDTH, HEIGHT = 1200, 630
"""Pixels: what Facebook, X, WhatsApp, Mastodon and Bluesky show uncut."""
_EDGE = 64
_HEAD = 388
"""Where the coloured upper part ends and the paper begins."""
_PICTURE = 452
_BASELINE, _LAST_BASELINE = 520, 602
"""Of the number, and of the goal below the bar."""
_GAP = 16
_COLOURS_OF_PICTURE = 120


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says, in words of its language."""

    title: str
    recipient: str
    """Of whom it is asked, as a phrase: "To: The parish council". May be empty."""
    number: str
    """The number, set large: "12,000+"."""
    before: str
    """What stands before the number, where the language puts something there."""
    after: str
    """What stands after it: "signatures"."""
    goal: str
    reached: float
    """Of the goal, from 0 to 1."""
    time: str
    """How much time is left, or that none is: "29 days left", "Closed"."""
    until: str
    """The day it ends or ended, as a phrase. May be empty."""
    site: str
    accent: str
    """As "#rrggbb"; empty for ours."""
    picture: str = ""
    """The hash of the picture that is drawn with it; empty for none."""

    @property
    def version(self) -> str:
        """Changes when anything on the card does."""
        return hashlib.blake2b(repr(astuple(self)).encode(), digest_size=8).hexdigest()


def draw_card(card: Card, picture: bytes | None = None) -> bytes:
    """The card as a PNG. `picture` is an image of ours (`drawing.picture`), shown beside the title."""
    colours = scheme(card.accent)
    sheet = Sheet(WIDTH, HEIGHT, PAPER)
    mirrored = is_right_to_left(card.title)
    sheet.fill((0, 0, WIDTH, _HEAD), colours.ground)
    _head(sheet, card, colours, beside=_PICTURE if picture else 0)
    _number(sheet, card, colours, mirrored=mirrored)
    _foot(sheet, card, colours, mirrored=mirrored)
    if picture:
        with Image.open(BytesIO(picture)) as opened:
            hung = ImageOps.fit(opened.convert("RGB"), (_PICTURE, _HEAD), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
        sheet.hang(hung, (0 if mirrored else WIDTH - _PICTURE, 0), _COLOURS_OF_PICTURE)
    return sheet.png()


def _head(sheet: Sheet, card: Card, colours: Scheme, *, beside: int) -> None:
    """The title, and of whom it is asked; in the middle between the upper edge and the paper, beside a picture as wide."""
    width = WIDTH - 2 * _EDGE - beside + (16 if beside else 0)
    to = _phrase(card.recipient, width=width, lines=2 if beside else 1)
    below = to.height + 22 if to else 0
    # A title in letters we have no font for would be gaps: the site that shows the card writes it below.
    words = card.title if can_draw(card.title, "heavy") else card.site
    title = fit(
        words, "heavy", width=width, height=_HEAD - 96 - below, largest=80 if beside else 104, smallest=34, leading=1.08
    )
    left = WIDTH - _EDGE - width if title.right_to_left else _EDGE
    top = (_HEAD - title.height - below) / 2
    sheet.write_block(title, left, top, left + width, colours.on_ground, colours.ground)
    if to:
        # One title, one edge: the phrase goes where the title begins.
        aligned = replace(to, right_to_left=title.right_to_left)
        sheet.write_block(aligned, left, top + title.height + 22, left + width, colours.quiet_on_ground, colours.ground)


def _phrase(text: str, *, width: float, lines: int) -> Block | None:
    if not text or not can_draw(text, "text"):
        return None
    return fit(text, "text", width=width, height=40 * lines, largest=32, smallest=28, leading=1.25)


def _number(sheet: Sheet, card: Card, colours: Scheme, *, mirrored: bool) -> None:
    """The number with its words, and opposite it the time."""
    time = one_line(card.time, "bold", width=400, largest=38, smallest=26)
    until = one_line(card.until, "text", width=400, largest=26, smallest=20)
    _opposite(sheet, time, _BASELINE - (34 if until.lines else 0), INK, mirrored=mirrored)
    _opposite(sheet, until, _BASELINE, MUTED, mirrored=mirrored)
    taken = max((line.width * block.size for block in (time, until) for line in block.lines), default=0)
    _spread(sheet, card, colours.accent, WIDTH - 2 * _EDGE - 48 - taken, mirrored=mirrored)


def _spread(sheet: Sheet, card: Card, accent: str, room: float, *, mirrored: bool) -> None:
    """The number as large as it fits, and the words around it."""
    before, after = shape(card.before, "bold"), shape(card.after, "bold")
    number, size = shape(card.number, "heavy"), 120.0
    while number.width * size + (before.width + after.width) * _beside(size) + 2 * _GAP > room and size > 40:
        size -= 2
    parts = [(before, _beside(size), INK), (number, size, accent), (after, _beside(size), INK)]
    parts = [part for part in (reversed(parts) if mirrored else parts) if part[0].runs]
    total = sum(line.width * part_size for line, part_size, _ in parts) + _GAP * (len(parts) - 1)
    x = WIDTH - _EDGE - total if mirrored else float(_EDGE)
    for line, part_size, colour in parts:
        sheet.write(line, x, _BASELINE, part_size, colour, PAPER)
        x += line.width * part_size + _GAP


def _beside(size: float) -> float:
    """How large words stand beside a number of a size."""
    return 26 + size / 10


def _foot(sheet: Sheet, card: Card, colours: Scheme, *, mirrored: bool) -> None:
    """The bar, the goal and the site."""
    left, top, right, bottom = _EDGE, _BASELINE + 26, WIDTH - _EDGE, _BASELINE + 44
    sheet.bar((left, top, right, bottom), colours.track, PAPER)
    # Even the first signature is seen.
    filled = max((right - left) * min(card.reached, 1.0), bottom - top) if card.reached > 0 else 0
    box = (right - filled, top, right, bottom) if mirrored else (left, top, left + filled, bottom)
    sheet.bar(box, colours.accent, colours.track)
    site = one_line(card.site, "bold", width=640, largest=24, smallest=16)
    _opposite(sheet, site, _LAST_BASELINE, MUTED, mirrored=not mirrored)
    _opposite(sheet, one_line(card.goal, "text", width=400, largest=24, smallest=18), _LAST_BASELINE, MUTED, mirrored=mirrored)


def _opposite(sheet: Sheet, block: Block, baseline: float, colour: str, *, mirrored: bool) -> None:
    """One line at the end of the card, opposite to where it is read from."""
    for line in block.lines:
        x = _EDGE if mirrored else WIDTH - _EDGE - line.width * block.size
        sheet.write(line, x, baseline, block.size, colour, PAPER)
