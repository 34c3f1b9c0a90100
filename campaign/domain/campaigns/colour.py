"""A campaign's accent colour, made readable: any colour becomes a pair for light and dark with the contrast WCAG asks for.

Lightness is moved in OKLCH, where a colour keeps its hue as it grows lighter or darker to the eye; whatever falls outside sRGB
gives up chroma, not hue. https://bottosson.github.io/posts/oklab/ has the matrices.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from campaign.domain.common.invalid_input import InvalidInputError

MIN_CONTRAST = 4.5
"""The contrast of text with its ground, WCAG 2.2, 1.4.3."""
LIGHT_BACKGROUNDS = ("#ffffff", "#fbfaf7", "#f7f6f2")
DARK_BACKGROUNDS = ("#12171b", "#1b2228", "#232b32")
"""What the accent stands on in the style sheet: page, card, and a card on a card."""

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_WHITE = "#ffffff"
_LIGHTNESS_STEP = 0.005
# A colour at the very end of the scale leaves no room for the stronger one a pointer calls up.
_MIN_LIGHTNESS, _MAX_LIGHTNESS = 0.28, 0.90
_INK_LIGHTNESS, _INK_CHROMA = 0.22, 0.04


@dataclass(frozen=True, slots=True)
class Shades:
    """The accent on grounds of one kind, each as "#rrggbb"."""

    accent: str
    accent_strong: str
    """Further from the ground than `accent`: under a pointer, or pressed."""
    on_accent: str
    """Text on either of them."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The accent for the light and for the dark scheme."""

    light: Shades
    dark: Shades


def read_accent(text: str) -> str:
    """Read "#rrggbb" or "#rgb" in either case as "#rrggbb"; "" for none. Raises InvalidInputError, in words that follow
    "accent: "."""
    text = text.strip().lower()
    if not text:
        return ""
    if not _HEX.fullmatch(text):
        raise InvalidInputError("write a colour as # and six hexadecimal digits, as in #175676")
    return text if len(text) == 7 else "#" + "".join(digit * 2 for digit in text[1:])


def contrast_ratio(a: str, b: str) -> float:
    """The contrast of two "#rrggbb" after WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=256)
def accent_palette(accent: str) -> Palette:
    """What a page needs for one accent ("#rrggbb"). A colour that can be read as it is stays as it is."""
    lightness, chroma, hue = _oklch(accent)
    ink = _hex_from_oklch(_INK_LIGHTNESS, min(chroma, _INK_CHROMA), hue)

    own = accent if lightness >= _MIN_LIGHTNESS else _hex_from_oklch(_MIN_LIGHTNESS, chroma, hue)
    light = _with_contrast(own, LIGHT_BACKGROUNDS, _WHITE, -_LIGHTNESS_STEP)
    light_strong = _with_contrast(
        _hex_from_oklch(_oklch(light)[0] * 0.8, chroma, hue), LIGHT_BACKGROUNDS, _WHITE, -_LIGHTNESS_STEP
    )

    own = accent if lightness <= _MAX_LIGHTNESS else _hex_from_oklch(_MAX_LIGHTNESS, chroma, hue)
    dark = _with_contrast(own, DARK_BACKGROUNDS, ink, _LIGHTNESS_STEP)
    dark_strong = _with_contrast(
        _hex_from_oklch(1 - (1 - _oklch(dark)[0]) * 0.6, chroma, hue), DARK_BACKGROUNDS, ink, _LIGHTNESS_STEP
    )
    return Palette(Shades(light, light_strong, _WHITE), Shades(dark, dark_strong, ink))


def palette_css(palette: Palette) -> str:
    """The palette as a style sheet that overrides the site's own accent."""
    return f"{_css_rule(palette.light)}@media (prefers-color-scheme:dark){{{_css_rule(palette.dark)}}}"


def _css_rule(shades: Shades) -> str:
    return f":root{{--accent:{shades.accent};--accent-strong:{shades.accent_strong};--on-accent:{shades.on_accent}}}"


def _with_contrast(colour: str, backgrounds: Iterable[str], text: str, step: float) -> str:
    """The nearest in lightness that can be read on each ground and carries `text`."""
    against = (*backgrounds, text)
    lightness, chroma, hue = _oklch(colour)
    while not all(contrast_ratio(colour, ground) >= MIN_CONTRAST for ground in against):
        lightness += step
        colour = _hex_from_oklch(lightness, chroma, hue)
    return colour


def _luminance(colour: str) -> float:
    red, green, blue = _linear_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear_rgb(colour: str) -> tuple[float, float, float]:
    """The light of each channel, from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _linear_channel(red), _linear_channel(green), _linear_channel(blue)


def _linear_channel(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _srgb_channel(light: float) -> int:
    value = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(255 * min(max(value, 0.0), 1.0))


def _oklch(colour: str) -> tuple[float, float, float]:
    """Lightness from 0 to 1, chroma, and hue in radians."""
    r, g, b = _linear_rgb(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(green_red, blue_yellow), math.atan2(blue_yellow, green_red)


def _hex_from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The colour, with as much of its chroma as sRGB has room for."""
    lightness = min(max(lightness, 0.0), 1.0)
    light = _linear_rgb_from_oklch(lightness, chroma, hue)
    if not _in_gamut(light):
        least, most = 0.0, chroma
        for _ in range(16):
            middle = (least + most) / 2
            least, most = (middle, most) if _in_gamut(_linear_rgb_from_oklch(lightness, middle, hue)) else (least, middle)
        light = _linear_rgb_from_oklch(lightness, least, hue)
    return "#" + "".join(f"{_srgb_channel(channel):02x}" for channel in light)


def _in_gamut(light: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in light)


def _linear_rgb_from_oklch(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    green_red, blue_yellow = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    medium = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
