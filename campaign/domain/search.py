"""Searching campaigns by words: both sides are folded the same way, so that case and accents do not matter."""

import unicodedata

LONGEST_QUERY = 100
"""Characters of a query that are read."""
_MOST_WORDS = 8


def folded(*texts: str) -> str:
    """Texts in one line without case and accents: "Llŷn" is found as "llyn"."""
    # Taken apart first: a letter in disguise (a bold one, "№") has no case until then.
    plain = unicodedata.normalize("NFKD", " ".join(texts)).casefold()
    decomposed = unicodedata.normalize("NFKD", plain)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).replace("\x00", " ").split())


def words(query: str) -> tuple[str, ...]:
    """The words of a query, each of which must occur."""
    return tuple(dict.fromkeys(folded(query[:LONGEST_QUERY]).split()))[:_MOST_WORDS]
