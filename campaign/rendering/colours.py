"""The colours of a drawing, from a campaign's accent: whatever it is, what is written on it and in it can be read."""

from dataclasses import dataclass

from campaign.domain.campaigns.colour import MIN_CONTRAST, accent_palette, contrast_ratio

DEFAULT_ACCENT = "#2a3da8"
"""The accent of a campaign that has chosen none: that of the style sheet."""
PAGE_COLOUR = "#faf8f4"
TEXT_COLOUR = "#17191f"
MUTED_COLOUR = "#565b67"
_WHITE = "#ffffff"


@dataclass(frozen=True, slots=True)
class ColourScheme:
    """Colours as "#rrggbb". Each text has AA contrast with what it stands on."""

    background: str
    on_background: str
    muted_on_background: str
    accent: str
    """For large words and bars on PAPER or white."""
    bar_track: str
    """The part of a bar that is still empty, on PAPER."""


def colour_scheme(accent: str) -> ColourScheme:
    """The colours for an accent ("#rrggbb", or "" for ours)."""
    shades = accent_palette(accent or DEFAULT_ACCENT).light
    own = accent or DEFAULT_ACCENT
    if contrast_ratio(own, _WHITE) >= MIN_CONTRAST:
        ground, text = own, _WHITE
    elif contrast_ratio(own, TEXT_COLOUR) >= MIN_CONTRAST:  # a bright yellow stays one, with dark words on it
        ground, text = own, TEXT_COLOUR
    else:
        ground, text = shades.accent, _WHITE
    return ColourScheme(ground, text, _muted_colour(text, ground), shades.accent, mix(shades.accent, PAGE_COLOUR, 0.16))


def mix(colour: str, other: str, share: float) -> str:
    """`share` of one colour in another."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _muted_colour(text: str, background: str) -> str:
    """As much of the ground in a text as leaves it readable, down to three quarters of itself."""
    shares = (0.78, 0.84, 0.9, 0.95)
    return next(
        (quiet for share in shares if contrast_ratio(quiet := mix(text, background, share), background) >= MIN_CONTRAST), text
    )
