"""Text as anybody might send it, for looking for properties."""

import unicodedata

from hypothesis import strategies as st

any_character = st.characters(codec=None, exclude_categories=())
"""Every code point there is: lone surrogates, controls and unassigned ones too."""

any_text = st.text(any_character, max_size=300)

_troublesome = st.sampled_from(
    "\u200c\u200d\u200e\u200f\ufeff\u00ad\u0344\u0958\u0301\u0300\u1e9e\u0130\u01f0\ufdfa\uff1d\uff0b\uff20"
    "=+-@'. \t\r\n\x00\x85\u2028\u3000"
    "AaZz09éÉΐßſİı王אع𝒜🙂"
)
likely_text = st.text(_troublesome | st.characters(codec="utf-8"), max_size=60)
"""Text that is accepted now and then, rich in characters that have broken somebody's form."""


def has_control_characters(text: str, *, allowed: str = "") -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text if character not in allowed)
