"""Supporters who chose to be public, as a campaign's page shows them: a first name and an area, and why they signed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

MAX_SHOWN_NAME_LENGTH = 40
"""Characters of a name that is shown."""

_HONORIFICS = frozenset({
    "dr", "doctor", "mr", "mister", "mrs", "ms", "miss", "mx", "prof", "professor", "rev", "revd", "rev'd", "reverend", "fr",
    "father", "sr", "sister", "brother", "pastor", "rabbi", "imam", "canon", "bishop", "venerable", "sir", "dame", "lord",
    "lady", "baroness", "baron", "cllr", "councillor", "hon", "honourable", "capt", "captain", "colonel", "lt", "major", "sgt",
    "cpl", "madam", "mme", "mlle", "herr", "frau", "parch", "parchg", "parchedig", "cyng", "cynghorydd", "athro",
})  # fmt: skip
"""Without those that are as often first names (Col, Earl, Dean)."""
# They stand before an honorific ("The Rt Hon", "Mr and Mrs", "Y Parch") and are names, or parts of names, anywhere else.
_BEFORE_HONORIFICS = frozenset({"the", "right", "rt", "very", "most", "and", "&", "+", "a'r", "y", "yr"})
_AFTER_NAMES = frozenset({
    "jr", "jnr", "junior", "sr", "snr", "senior", "ii", "iii", "iv", "phd", "dphil", "md", "mbe", "obe", "cbe", "kbe", "dbe",
    "mvo", "bem", "ba", "bsc", "ma", "msc", "mba", "meng", "beng", "llb", "jp", "kc", "qc", "mp", "ms", "msp", "mla", "as",
    "am", "rn", "rgn", "frs", "frsa", "fba", "esq", "esquire", "retd",
})  # fmt: skip
# First names of two words whose first is no name by itself.
_NAME_PREFIXES = frozenset(("abd", "عبد", "st"))
_COMMA = re.compile("[,，،、;]")
_HONORIFIC_WITHOUT_SPACE = re.compile(r"(\w+)\.(?=\w\w)")
_AT_SIGNS = "@\uff20\ufe6b"
_SURROUNDING_PUNCTUATION = '()[]{}<>"“”„«»…:'
_LETTER_CATEGORIES = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo"))


@dataclass(frozen=True, slots=True)
class Supporter:
    """One of them."""

    name: str
    """As shown: a first name, or the full one where the campaign says so."""
    area: str
    """A town or a country (`campaign.domain.places.postcode_areas`); empty where nothing is known."""
    verified_at: datetime
    comment: str = ""
    """Why they signed, where that is shown."""


def first_name(name: str) -> str:
    """The name to show of somebody who signed as `name`, at most 40 characters, never empty for a name that was accepted.

    An initial is shown as it is: the word behind it may be a family name, which its bearer did not choose to show. A name in
    one word, in any script, is shown whole.
    """
    words = _without_honorifics(_given_name_part(name).split()) or name.split()
    shown = words[0] if words else ""
    if len(words) > 1 and _comparable(shown) in _NAME_PREFIXES:
        shown = f"{shown} {words[1]}"
    return _shortened(shown)


def is_presentable(name: str) -> bool:
    """Whether a name, as it would be shown, is to be: one with a digit or an @ in it is an address or junk."""
    return not any(character.isdigit() or character in _AT_SIGNS for character in name)


def _given_name_part(name: str) -> str:
    """The part of a name that begins with the first name: in "Smith, Ann" what follows the comma, unless it is a title."""
    for number, part in enumerate(parts := _COMMA.split(name)):
        words = part.split()
        if number > 0 and _has_letter(part) and not all(_comparable(word) in _AFTER_NAMES for word in words):
            # "Smith, Dr" has nothing but a title behind its comma.
            return part if _without_honorifics(words) else parts[0]
    return next((part for part in parts if _has_letter(part)), name)


def _without_honorifics(words: list[str]) -> list[str]:
    """The words from the first that is a name; none if there is none."""
    words = [
        cleaned
        for word in words
        if _has_letter(cleaned := word.strip(_SURROUNDING_PUNCTUATION)) or cleaned in _BEFORE_HONORIFICS
    ]
    at = 0
    while at < len(words):
        glued = _HONORIFIC_WITHOUT_SPACE.match(words[at])
        if glued and _comparable(glued[1]) in _HONORIFICS:
            words[at] = words[at][glued.end() :]
        elif _comparable(words[at]) in _HONORIFICS or (
            _comparable(words[at]) in _BEFORE_HONORIFICS and _precedes_honorific(words, at)
        ):
            at += 1
        elif _has_letter(words[at]):
            break
        else:
            at += 1
    return words[at:]


def _precedes_honorific(words: list[str], at: int) -> bool:
    """Whether nothing but such words stands between this one and an honorific."""
    following = (word for word in words[at + 1 :] if _comparable(word) not in _BEFORE_HONORIFICS)
    return _comparable(next(following, "")) in _HONORIFICS


def _comparable(word: str) -> str:
    return word.replace("’", "'").rstrip(".").casefold()


def _has_letter(text: str) -> bool:
    return any(unicodedata.category(character) in _LETTER_CATEGORIES for character in text)


def _shortened(text: str) -> str:
    if len(text) <= MAX_SHOWN_NAME_LENGTH:
        return text
    cut = MAX_SHOWN_NAME_LENGTH - 1
    # Not between a letter and its marks.
    while cut > 1 and (unicodedata.category(text[cut])[0] == "M" or text[cut] in "\u200c\u200d"):
        cut -= 1
    return text[:cut].rstrip() + "…"
