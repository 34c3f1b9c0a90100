"""Folding: names and words made alike for comparing and searching, so that case, accents and keyboards do not matter.

One folding serves the duplicates of paper and import, the search for signatures at the desk, and the search for campaigns.
"""

import unicodedata

MAX_QUERY_LENGTH = 100
"""Characters of a query that are read."""
_MAX_QUERY_WORDS = 8
FOLDED_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "q",
    "ə": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƒ": "f", "ɠ": "g", "ɣ": "g", "ƙ": "k", "ƴ": "y", "ʋ": "v",
    "ɨ": "i", "ʉ": "u", "ɩ": "i", "ʊ": "u", "ɲ": "n", "ƀ": "b", "ǥ": "g", "ƶ": "z", "ǝ": "e", "ⱡ": "l", "ƚ": "l", "ɫ": "l",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "ʹ": "'", "ʾ": "'", "ʿ": "'", "`": "'", "ꞌ": "'", "′": "'",
    "‐": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "־": "-", "·": "",
    "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
}  # fmt: skip
"""What Unicode takes for letters of their own, and people type as others: what is left after NFKD, case folding and taking off
accents. The letters are those of Unicode CLDR's transform Latin-ASCII that some living language writes names with; `ə` is as in
passports (ICAO Doc 9303). A stored name that is folded by an older table is brought to this one by a migration.
"""
_TRANSLATION = str.maketrans(FOLDED_LETTERS)


def fold_text(*texts: str) -> str:
    """Texts in one line without case and accents: "Llŷn" is found as "llyn", "Bjørn Wróbel" as "bjorn wrobel"."""
    # Taken apart first: a letter in disguise (a bold one, "№") has no case until then.
    plain = unicodedata.normalize("NFKD", " ".join(texts)).casefold()
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_TRANSLATION)
    return " ".join(bare.replace("\x00", " ").split())


def query_words(query: str) -> tuple[str, ...]:
    """The words of a query, each of which must occur."""
    return tuple(dict.fromkeys(fold_text(query[:MAX_QUERY_LENGTH]).split()))[:_MAX_QUERY_WORDS]
