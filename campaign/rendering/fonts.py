"""The fonts we draw with, read once, and which of them has a letter."""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import uharfbuzz as hb

FONTS_FOLDER = Path(__file__).parent.parent / "fonts"

Weight = Literal["text", "bold", "heavy"]

# The scripts that names are most often in come first: a font is opened by the first letter that none before it has.
_SCRIPTS = (
    "Bengali", "Devanagari", "Gujarati", "Gurmukhi", "Tamil", "Thai", "Sinhala", "Malayalam", "Telugu", "Kannada", "Ethiopic",
    "Myanmar", "Khmer", "Oriya", "Thaana", "Syriac", "NKo", "Adlam", "Cherokee", "CanadianAboriginal", "Mongolian", "Yi",
    "Javanese", "Balinese", "Sundanese", "Buginese", "Cham", "TaiLe", "NewTaiLue", "TaiTham", "TaiViet", "Lepcha", "Limbu",
    "Lisu", "OlChiki", "MeeteiMayek", "Chakma", "SylotiNagri", "HanifiRohingya", "Vai", "Bamum", "Osage",
)  # fmt: skip
_ONE_WEIGHT = frozenset(
    {
        "Syriac", "NKo", "Mongolian", "Yi", "Buginese", "TaiLe", "NewTaiLue", "TaiViet", "Lepcha", "Limbu", "Chakma",
        "SylotiNagri", "Vai", "Osage",
    }
)  # fmt: skip
"""Scripts whose font has no bold."""
_NOTO = (
    *(f"NotoSans{script}-{'Regular' if script in _ONE_WEIGHT else 'Bold'}" for script in _SCRIPTS), "NotoSerifTibetan-Bold",
)  # fmt: skip
# Last, since they are megabytes: each is opened by the first letter that no font before it has. The second holds the ideographs
# of rare names alone.
_EAST_ASIAN = ("DroidSansFallback", "HanaMin")
FONT_FALLBACKS: dict[Weight, tuple[str, ...]] = {
    "text": ("Figtree-Medium", "NotoSansArabic-Medium", "DejaVuSans", *_NOTO, *_EAST_ASIAN),
    "bold": ("Figtree-Bold", "NotoSansArabic-Bold", "DejaVuSans-Bold", *_NOTO, *_EAST_ASIAN),
    "heavy": ("Figtree-ExtraBold", "NotoSansArabic-Bold", "DejaVuSans-Bold", *_NOTO, *_EAST_ASIAN),
}
"""For each weight, where a letter is looked for, in this order."""


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """One font, ready to shape with and to draw from."""

    name: str
    shaper: hb.Font
    units_per_em: int
    """To the em."""
    code_points: hb.Set
    """Code points it has a glyph for."""

    @property
    def path(self) -> Path:
        """Its file."""
        return FONTS_FOLDER / f"{self.name}.ttf"


@cache
def typeface(name: str) -> Typeface:
    """One of the fonts in CHAINS. Its file is mapped, not read: what is never drawn is never in memory."""
    face = hb.Face(hb.Blob.from_file_path(str(FONTS_FOLDER / f"{name}.ttf")))
    return Typeface(name, hb.Font(face), face.upem, face.unicodes)


@lru_cache(maxsize=4_096)
def font_with_glyph(letter: str, weight: Weight) -> Typeface | None:
    """The first font of a weight that has a letter; None where none has."""
    found = (typeface(name) for name in FONT_FALLBACKS[weight])
    return next((font for font in found if ord(letter) in font.code_points), None)
