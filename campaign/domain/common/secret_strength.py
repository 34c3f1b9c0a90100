"""Strength of a secret key that somebody has typed: what a person makes up, a program guesses.

A key made at random is not refused in practice. What is made of few letters, of a piece again and again, of a stretch of the
alphabet, or of words, is.
"""

import re
from itertools import pairwise

_MIN_DISTINCT = 8
"""Different letters. A random key of 32 hexadecimal digits has 14 or so."""
_MIN_DISTINCT_PART = 0.6
"""Part of all groups of three letters that come once; of a random key nearly all do."""
_MAX_RUN_PART = 0.5
"""Part of the letters that are the one before it, or its neighbour in the alphabet; 3 of 16 in random hexadecimal digits."""
_PLACEHOLDERS = re.compile(
    r"change.?me|changeit|secret|passw|default|example|insecure|placeholder|replace|countersign|petition|campaign|qwerty|"
    r"letmein|admin|master|unsafe|testing|your.?key|super",
    re.IGNORECASE,
)
_WORDS = re.compile(r"(?:[A-Za-z]?[a-z]{2,}|[A-Z]{2,})(?:[ _.,;:+/-]+(?:[A-Za-z]?[a-z]{1,}|[A-Z]{1,})){2,}[\W\d_]*")


def secret_weakness(secret: str) -> str:
    """Why a secret can be guessed, as the end of "it …"; "" where it looks random, or is none."""
    if not secret:
        return ""
    if len(set(secret)) < _MIN_DISTINCT:
        return "is made of very few different letters"
    groups = [secret[at : at + 3] for at in range(len(secret) - 2)]
    if len(set(groups)) < _MIN_DISTINCT_PART * len(groups):
        return "repeats itself"
    steps = [abs(ord(one) - ord(next_)) for one, next_ in pairwise(secret)]
    if sum(step <= 1 for step in steps) > _MAX_RUN_PART * len(steps):
        return "follows the alphabet"
    if _PLACEHOLDERS.search(secret) or _WORDS.fullmatch(secret):
        return "is made of words"
    return ""
