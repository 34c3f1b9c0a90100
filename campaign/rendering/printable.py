"""Text made ready to be set: one line without what cannot be seen, and as many sentences as there is room for."""

import re
import unicodedata

ELLIPSIS = "…"
JOINERS = "\u200c\u200d"
"""Without width, but how Persian and the scripts of India are written depends on them."""
_MAX_COMBINING_MARKS = 3
"""Marks above and below a letter: more than any language writes."""
_MAX_SIGNS = 8
"""Signs beside and beneath a letter: vowels, and the letters that Tibetan stacks."""
MAX_ASK_CHARACTERS = 420
"""Characters: what is read standing before a notice board."""
_SENTENCE = re.compile(r".*?[.!?…。؟।](?=\s|$)", re.DOTALL)


def printable_line(text: str) -> str:
    """One line of text without what cannot be seen: control characters, marks of direction, variants of emoji.

    Nor with more marks on a letter than any language writes: a pile of them would cover the lines around.
    """
    kept, marks = [], 0
    for letter in unicodedata.normalize("NFC", " ".join(text.split())):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind == "Mn" else 0
        seen = kind[0] != "C" and kind != "Me" and not 0xFE00 <= ord(letter) <= 0xFE0F
        if letter in JOINERS or (seen and marks <= (_MAX_COMBINING_MARKS if unicodedata.combining(letter) else _MAX_SIGNS)):
            kept.append(letter)
    return "".join(kept)


def shorten_to_sentences(text: str, max_characters: int = MAX_ASK_CHARACTERS) -> str:
    """As many whole sentences as fit; where not even the first does, its beginning up to the end of a word."""
    text = printable_line(text)
    if len(text) <= max_characters:
        return text
    kept = ""
    for sentence in _SENTENCE.findall(text):
        if len(kept + sentence) > max_characters:
            break
        kept += sentence
    return kept.strip() or (text[:max_characters].rpartition(" ")[0] or text[:max_characters]).rstrip(" ,;:–-") + ELLIPSIS
