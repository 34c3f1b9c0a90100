"""The colours of a drawing, from a campaign's accent: whatever it is, what is written on it and in it can be read."""

from dataclasses import dataclass

from campaign.domain.colour import AA, contrast, palette

OURS = "#2a3da8"
"""The accent of a campaign that has chosen none: that of the style sheet."""
PAPER = "#faf8f4"
INK = "#17191f"
MUTED = "#565b67"
_WHITE = "#ffffff"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours as "#rrggbb". Each text has AA contrast with what it stands on."""

    ground: str
    on_ground: str
    quiet_on_ground: str
    accent: str
    """For large words and bars on PAPER or white."""
    track: str
    """The part of a bar that is still empty, on PAPER."""


def scheme(accent: str) -> Scheme:
    """The colours for an accent ("#rrggbb", or "" for ours)."""
    shades = palette(accent or OURS).light
    own = accent or OURS
    if contrast(own, _WHITE) >= AA:
        ground, text = own, _WHITE
    elif contrast(own, INK) >= AA:  # a bright yellow stays one, with dark words on it
        ground, text = own, INK
    else:
        ground, text = shades.accent, _WHITE
    return Scheme(ground, text, _quiet(text, ground), shades.accent, mix(shades.accent, PAPER, 0.16))


def mix(colour: str, other: str, share: float) -> str:
    """`share` of one colour in another."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _quiet(text: str, ground: str) -> str:
    """As much of the ground in a text as leaves it readable, down to three quarters of itself."""
    shares = (0.78, 0.84, 0.9, 0.95)
    return next((quiet for share in shares if contrast(quiet := mix(text, ground, share), ground) >= AA), text)
