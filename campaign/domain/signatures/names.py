"""Names and comments of signatories: any script, but nothing that would harm readers of the list later."""

import re
import unicodedata

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.invisible_characters import UNSHOWABLE, WITHOUT_INVISIBLE

MAX_NAME_LENGTH = 120
"""Characters. The longest names on parliamentary petitions stay well below it."""
MAX_COMMENT_LENGTH = 500
"""Characters."""

# Spreadsheets run a cell that begins like this (also in full width); a name never does.
_FORMULA_LEADS = "=+-@\uff1d\uff0b\uff0d\uff20"
# A web address by its shape, in any script: what no name has. A dot between two words of which the second is in small letters
# ("freemoney.shop"), unless it follows an initial or a title ("j.smith", "dr.singh"); a path behind a dotted word
# ("bit.ly/nhs"); a scheme; "www."; a full stop of Chinese or Japanese inside a word. Words with a capital each ("J.Top",
# "Mehmet.Top") are names, but for the few endings that nobody is called ("EVIL.COM").
_LINK = re.compile(
    r"://|\bwww\.|\S\.\S+/\S|\w[\u3002\uff0e\uff61]\w|\w\.(?:com|org|net|info|biz|co\.uk|org\.uk)\b(?!\.\w)", re.IGNORECASE
)
_DOTTED_WORDS = re.compile(r"(?<![\w.])(\w[\w-]+)\.([a-z][a-z-]+)\b(?!\.?\w)")
_TITLES = frozenset(
    {"dr", "mr", "mrs", "ms", "mx", "prof", "rev", "revd", "st", "sr", "fr", "sir", "cllr", "capt", "lt", "sgt"}
)
_MAX_DIGITS = 4
"""Digits in a name: "Henry 8th" has some, a telephone number has more."""
_MONEY_OR_AT = re.compile(r"[@\uff20]|[£€$¥]\s?\d|\d\s?[£€$¥]")
_SPACES = re.compile(r"\s+")
# Tag characters spell the flags of Wales, Scotland and England behind a black flag; anywhere else they are invisible.
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{1,6}\U000e007f")
_TAGS = re.compile("[\U000e0000-\U000e007f]")
# Letters put together from more than four combining marks appear in no language, only in text made to spill over a page.
_MAX_COMBINING_MARKS = 4
# Letters, and what may be one in a version of Unicode that the interpreter does not know yet.
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Cn"})


def read_name(text: str) -> str:
    """Read a name as typed: NFC, single spaces. Raises InvalidInputError with a sentence that says what to do."""
    # Normalised before it is judged: one mark can become two.
    text = unicodedata.normalize("NFC", _TAGS.sub("", text.translate(WITHOUT_INVISIBLE)).strip())
    if UNSHOWABLE.search(text) or "\n" in text or "\ufffd" in text or _without_stacked_marks(text) != text:
        raise InvalidInputError("Your name contains characters that cannot be shown. Type it again.")
    name = _SPACES.sub(" ", text).strip()
    if not name:
        raise InvalidInputError("Enter your name.")
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidInputError("Your name must be %(most)d characters or fewer.", most=MAX_NAME_LENGTH)
    if name[0] in _FORMULA_LEADS:
        raise InvalidInputError("Your name cannot begin with =, +, - or @.")
    if _LINK.search(name) or any(first.lower() not in _TITLES for first, _ in _DOTTED_WORDS.findall(name)):
        raise InvalidInputError("Your name cannot contain a web address.")
    if not any(unicodedata.category(character) in _LETTERS for character in name):
        raise InvalidInputError("Enter your name in letters, in any script.")
    if _MONEY_OR_AT.search(name) or sum(character.isdigit() for character in name) > _MAX_DIGITS:
        raise InvalidInputError("Enter your name only, without numbers, prices or addresses.")
    return name


def read_comment(text: str) -> str:
    """Read an optional comment: NFC, line breaks kept as \\n. Returns "" for none. Raises InvalidInputError.

    What cannot be shown is dropped: nobody's signature is refused for it.
    """
    text = text.translate(WITHOUT_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n")
    text = UNSHOWABLE.sub("", _without_stray_tags(text)).strip()
    comment = _without_stacked_marks(unicodedata.normalize("NFC", text))
    if len(comment) > MAX_COMMENT_LENGTH:
        raise InvalidInputError(
            "Your comment must be %(most)d characters or fewer. It has %(has)d.", most=MAX_COMMENT_LENGTH, has=len(comment)
        )
    if "://" in comment or "www." in comment.lower():
        raise InvalidInputError("Your comment cannot contain a web address.")
    return comment


def _without_stray_tags(text: str) -> str:
    flags = _FLAG.findall(text)
    parts = [_TAGS.sub("", part) for part in _FLAG.split(text)]
    return "".join(part + flag for part, flag in zip(parts, [*flags, ""], strict=True))


def _without_stacked_marks(text: str) -> str:
    """Text without the combining marks that make it spill over a page."""
    kept, stacked = [], 0
    for character in text:
        stacked = stacked + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if stacked <= _MAX_COMBINING_MARKS:
            kept.append(character)
    return "".join(kept)
