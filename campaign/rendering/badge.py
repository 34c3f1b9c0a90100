"""The count of a campaign as a small SVG for other people's pages and README files."""

from xml.sax.saxutils import escape, quoteattr

from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.colours import TEXT_COLOUR, colour_scheme
from campaign.rendering.shaping import shape_line
from campaign.rendering.svg_glyphs import svg_paths

_HEIGHT, _SIZE, _BASELINE = 28, 13, 18.5
_TICK = (
    '<path d="M9.5 14.6l3.4 3.4 6.8-7.6" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" '
    'stroke-linejoin="round"/>'
)
_START, _GAP = 27, 9
"""Where the words begin, and how far apart things stand."""


def badge_svg(label: str, value: str, accent: str) -> bytes:
    """Badge with a label and a number side by side; screen readers are given both.

    The letters are drawn as shapes: it looks the same wherever it is shown, and asks for no font.
    """
    colours = colour_scheme(accent)
    words, number = shape_line(label, "bold", right_to_left=is_right_to_left(label)), shape_line(value, "bold")
    middle = round(_START + words.width * _SIZE + _GAP)
    width = round(middle + 2 * _GAP + number.width * _SIZE)
    said = f"{label}: {value}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" viewBox="0 0 {width} {_HEIGHT}" '
        f'role="img" aria-label={quoteattr(said)}><title>{escape(said)}</title>'
        f'<clipPath id="round"><rect width="{width}" height="{_HEIGHT}" rx="6"/></clipPath>'
        f'<g clip-path="url(#round)"><rect width="{middle}" height="{_HEIGHT}" fill="{TEXT_COLOUR}"/>'
        f'<rect x="{middle}" width="{width - middle}" height="{_HEIGHT}" fill="{colours.background}"/></g>{_TICK}'
        f'<g aria-hidden="true">{svg_paths(words, _START, _BASELINE, _SIZE, "#ffffff")}'
        f"{svg_paths(number, middle + _GAP, _BASELINE, _SIZE, colours.on_background)}</g></svg>"
    ).encode()
