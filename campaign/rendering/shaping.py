"""Text as glyphs in their places: cleaned, each letter in a font that has it, both directions, shaped as its script wants.

Shaping is HarfBuzz's, which comes as a wheel; nothing here needs a library of the system. All lengths are in ems: a line is
measured once and drawn at any size.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import uharfbuzz as hb

from campaign.rendering.bidi import embedding_levels, visual_order
from campaign.rendering.fonts import Typeface, Weight, font_with_glyph
from campaign.rendering.printable import JOINERS, printable_line

# A ligature is a glyph without a letter of its own, which nobody can copy out of a PDF. Scripts that need theirs get them
# all the same.
_FEATURES = {"liga": False, "clig": False}


_LETTERS = ("L", "M", "N")
_UNKNOWN = ("Cn", "Co")
"""Code points that are given to no letter, or to one of somebody's own: no font of ours has any."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph, placed from the start of its line."""

    id: int
    x: float
    y: float
    text_index: int
    """The index, in the text of its run, of the first letter it stands for."""


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Letters that stand side by side in one font and one direction."""

    font: Typeface
    text: str
    glyphs: tuple[Glyph, ...]
    x: float
    right_to_left: bool


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """One line, from left to right."""

    text: str
    runs: tuple[GlyphRun, ...]
    width: float


def unprintable_letters(text: str) -> str:
    """The letters, digits and marks of a text that none of our fonts has, each once, in the order they are read."""
    if text.isascii():
        return ""
    found = dict.fromkeys(letter for letter in unicodedata.normalize("NFC", text) if _is_unprintable(letter))
    return "".join(found)


def spell_unprintable(text: str) -> str:
    """A text with the code points of letters that cannot be printed in their places, as in "Li [U+2A6D6]"."""
    return "".join(
        f"[U+{ord(letter):04X}]" if _is_unprintable(letter) else letter for letter in unicodedata.normalize("NFC", text)
    )


def _is_unprintable(letter: str) -> bool:
    kind = unicodedata.category(letter)
    # Variants of emoji are signs without a glyph of their own.
    is_wanted = (kind[0] in _LETTERS and not 0xFE00 <= ord(letter) <= 0xFE0F) or kind in _UNKNOWN
    return is_wanted and font_with_glyph(letter, "text") is None


def can_draw(text: str, weight: Weight) -> bool:
    """Whether nearly all letters of a text are in our fonts, so that it can still be read without the others."""
    letters = [c for c in printable_line(text) if unicodedata.category(c)[0] in "LN"]
    return sum(font_with_glyph(c, weight) is None for c in letters) <= len(letters) // 10


@lru_cache(maxsize=2_048)
def shape_line(text: str, weight: Weight, *, right_to_left: bool = False) -> ShapedLine:
    """Set one line whose main direction is given. Letters that none of our fonts has are left out."""
    x, runs = 0.0, []
    pieces = list(_pieces(printable_line(text), weight, right_to_left))
    for at in visual_order([level for _, level, _ in pieces]):
        font, level, piece = pieces[at]
        glyphs, end = _glyphs(font, piece, x, bool(level % 2))
        runs.append(GlyphRun(font, piece, glyphs, x, bool(level % 2)))
        x = end
    return ShapedLine(text, tuple(runs), x)


def _pieces(text: str, weight: Weight, right_to_left: bool) -> Iterator[tuple[Typeface, int, str]]:
    """The text in stretches of one font, one level and one script, in the order they are read."""
    shown = list(_with_fonts(text, weight))
    depth = embedding_levels("".join(letter for letter, _, _ in shown), right_to_left=right_to_left)
    kept = zip(shown, depth, strict=True)
    for (font, level, _), group in groupby(kept, key=lambda item: (item[0][1], item[1], item[0][2])):
        yield font, level, "".join(letter for (letter, _, _), _ in group)


def _with_fonts(text: str, weight: Weight) -> Iterator[tuple[str, Typeface, str]]:
    """Each letter that can be drawn, with its font and its script."""
    before: Typeface | None = None
    script, at_space = "", True
    for letter in text:
        kind = unicodedata.category(letter)
        # A mark belongs to the letter it stands on, and a space to the word before it.
        stays = before is not None and (kind[0] == "M" or letter in JOINERS or letter == " ")
        font = (
            before
            if stays and before is not None and (letter in JOINERS or ord(letter) in before.code_points)
            else font_with_glyph(letter, weight)
        )
        # Where a letter was left out, so are the second space around it and the joiners within it.
        if font is None or (at_space and (letter == " " or letter in JOINERS)):
            continue
        if kind[0] == "L":
            script = unicodedata.name(letter, "").partition(" ")[0]
        before, at_space = font, letter == " "
        yield letter, font, script


def _glyphs(font: Typeface, text: str, x: float, right_to_left: bool) -> tuple[tuple[Glyph, ...], float]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if right_to_left else "ltr"
    hb.shape(font.shaper, buffer, _FEATURES)
    glyphs = []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append(
            Glyph(info.codepoint, x + place.x_offset / font.units_per_em, place.y_offset / font.units_per_em, info.cluster)
        )
        x += place.x_advance / font.units_per_em
    return tuple(glyphs), x
