"""Cards in full colour: the campaign's picture from edge to edge, darkened under its words, in the shapes that places show.

The same is drawn without a picture on the campaign's colour, for the shapes that `card` has none of.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.colour_canvas import ColourCanvas
from campaign.rendering.colours import colour_scheme, mix
from campaign.rendering.contents import CARD_SIZES, Card, CardShape
from campaign.rendering.fit_text import TextBlock, fit_line, fit_text
from campaign.rendering.shaping import can_draw

MAX_CARD_BYTES = 300_000
_DARKNESS = 0.82
"""Black over the lightest photograph on which white words have a contrast of 4.5 and more."""
_WHITE, _ON_DARK = "#ffffff", "#e6e8ee"


@dataclass(frozen=True, slots=True)
class _Inks:
    """Colours of what is written: on a dark photograph, or on the campaign's own colour."""

    text: str
    muted: str
    ground: str
    track: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """Measures of a shape, in pixels."""

    width: int
    height: int
    margin: int
    title_size: int
    title_height: int
    number_size: int
    foot: int
    """From the lower edge to the last line: apps lay buttons over the foot of a story."""


_LAYOUTS: dict[CardShape, _Layout] = {
    "wide": _Layout(*CARD_SIZES["wide"], margin=56, title_size=68, title_height=160, number_size=56, foot=36),
    "square": _Layout(*CARD_SIZES["square"], margin=64, title_size=84, title_height=300, number_size=76, foot=56),
    "story": _Layout(*CARD_SIZES["story"], margin=80, title_size=104, title_height=480, number_size=92, foot=340),
}


def draw_picture_card(card: Card, picture: bytes | None, shape: CardShape, logo: bytes | None = None) -> bytes:
    """The card as a JPEG with a picture (an image of ours, `rendering.picture_import`), as a PNG without. `logo`
    is the organiser's picture, an image of ours too."""
    layout, colours = _LAYOUTS[shape], colour_scheme(card.accent)
    canvas = ColourCanvas(layout.width, layout.height, colours.background)
    if picture:
        with Image.open(BytesIO(picture)) as opened:
            whole = ImageOps.fit(opened.convert("RGB"), CARD_SIZES[shape], Image.Resampling.LANCZOS, centering=(0.5, 0.4))
        canvas.image.paste(whole)
        inks = _Inks(_WHITE, _ON_DARK, "#000000", "#8b8f99")
    else:
        track = mix(colours.on_background, colours.background, 0.3)
        inks = _Inks(colours.on_background, colours.muted_on_background, colours.background, track)
    title = _title(card, layout)
    top = _words_top(layout, title)
    if picture:
        canvas.darken(max(0, top - round(layout.height * 0.28)), top, _DARKNESS)
    _write(canvas, card, layout, title, inks, top=top, logo=logo)
    return canvas.jpeg(MAX_CARD_BYTES) if picture else canvas.png()


def _title(card: Card, layout: _Layout) -> TextBlock:
    # A title in letters we have no font for would be gaps: the site that shows the card writes it below.
    words = card.title if can_draw(card.title, "heavy") else card.site
    return fit_text(
        words, "heavy", width=layout.width - 2 * layout.margin, height=layout.title_height, largest=layout.title_size,
        smallest=32, leading=1.1,
    )  # fmt: skip


def _words_top(layout: _Layout, title: TextBlock) -> int:
    """Where the title begins: all that stands below it ends at the foot."""
    return round(layout.height - layout.foot - 28 - layout.number_size * 1.9 - layout.title_size * 0.7 - title.height)


def _write(
    canvas: ColourCanvas, card: Card, layout: _Layout, title: TextBlock, inks: _Inks, *, top: float, logo: bytes | None
) -> None:  # fmt: skip
    left, right, mirrored = layout.margin, layout.width - layout.margin, is_right_to_left(card.title)
    canvas.write_text_block(title, left, top, right, inks.text, inks.ground)
    size = layout.title_size * 0.42
    behind = card.organiser if can_draw(card.organiser, "bold") else card.site
    y = top + title.height + size * 1.2
    taken = _paste_logo(canvas, logo, layout, round(y - size * 0.3), round(size * 1.45), end=mirrored) if logo else 0
    words = fit_line(behind, "bold", width=right - left - taken, largest=size, smallest=16)
    _line(canvas, words, y, inks.muted, layout, end=mirrored, indent=taken)
    y += layout.number_size * 1.15
    number = " ".join(filter(None, (card.number_prefix, card.number, card.number_suffix)))
    room = (right - left) * 0.62
    _line(
        canvas,
        fit_line(number, "heavy", width=room, largest=layout.number_size, smallest=24),
        y,
        inks.text,
        layout,
        end=mirrored,
    )
    time = fit_line(card.time_left, "bold", width=right - left - room - 24, largest=layout.number_size * 0.6, smallest=18)
    _line(canvas, time, y, inks.text, layout, end=not mirrored)
    bar_top, thick = y + layout.number_size * 0.3, max(14, layout.number_size // 4)
    canvas.draw_bar((left, bar_top, right, bar_top + thick), inks.track, inks.ground)
    filled = max((right - left) * min(card.progress, 1.0), thick) if card.progress > 0 else 0
    box = (right - filled, bar_top, right, bar_top + thick) if mirrored else (left, bar_top, left + filled, bar_top + thick)
    canvas.draw_bar(box, inks.text, inks.track)
    small = max(22, layout.number_size * 0.4)
    y = bar_top + thick + small * 1.3
    goal = fit_line(card.goal, "text", width=(right - left) / 2 - 12, largest=small, smallest=16)
    _line(canvas, goal, y, inks.muted, layout, end=mirrored)
    site = fit_line(
        card.site if behind != card.site else card.last_day, "text", width=(right - left) / 2 - 12, largest=small, smallest=16
    )
    _line(canvas, site, y, inks.muted, layout, end=not mirrored)


def _paste_logo(canvas: ColourCanvas, logo: bytes, layout: _Layout, middle: int, height: int, *, end: bool) -> int:
    """The organiser's picture before their name, its middle at a height; returns the width it takes, with a gap."""
    with Image.open(BytesIO(logo)) as opened:
        small = ImageOps.contain(opened.convert("RGB"), (height * 3, height), Image.Resampling.LANCZOS)
    corners = Image.new("L", (small.width * 2, small.height * 2), 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, corners.width - 1, corners.height - 1), radius=height // 3, fill=255)
    x = layout.width - layout.margin - small.width if end else layout.margin
    canvas.image.paste(small, (x, middle - small.height // 2), corners.resize(small.size, Image.Resampling.BOX))
    return small.width + height // 3


def _line(
    canvas: ColourCanvas, block: TextBlock, baseline: float, colour: str, layout: _Layout, *, end: bool, indent: float = 0
) -> None:  # fmt: skip
    """One line between the margins, at their start or end, `indent` away from it."""
    for line in block.lines:
        x = layout.width - layout.margin - indent - line.width * block.size if end else layout.margin + indent
        canvas.write_line(line, x, baseline, block.size, colour, colour)
