"""Searching campaigns by words: both sides are folded the same way, so that case and accents do not matter."""

import unicodedata

MAX_QUERY_LENGTH = 100
"""Characters of a query that are read."""
_MAX_QUERY_WORDS = 8


def fold_text(*texts: str) -> str:
    """Texts in one line without case and accents: "Llŷn" is found as "llyn"."""
    # Taken apart first: a letter in disguise (a bold one, "№") has no case until then.
    plain = unicodedata.normalize("NFKD", " ".join(texts)).casefold()
    decomposed = unicodedata.normalize("NFKD", plain)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).replace("\x00", " ").split())


def query_words(query: str) -> tuple[str, ...]:
    """The words of a query, each of which must occur."""
    return tuple(dict.fromkeys(fold_text(query[:MAX_QUERY_LENGTH]).split()))[:_MAX_QUERY_WORDS]
