"""Names of councils: "Leeds City Council", as people write it, and "Leeds", as statistics call its area, are one."""

import re

from campaign.domain.common.text_folding import fold_text

_FORMS = re.compile(
    r"\b(?:the|of|city|county|borough|district|metropolitan|london|royal|royal borough|unitary|authority|council|corporation|"
    r"cyngor|sir|dinas|bwrdeistref|sirol|and)\b"
)
_NOT_DISTRICTS = re.compile(r"\b(?:parish|town|community) council\b|\bcyngor (?:tref|cymuned)\b")
"""Councils of parts of an area that statistics know: how many signed in theirs is not known."""


def council_key(name: str) -> str:
    """A council's name without the words for what kind of council it is: "leeds"; "" where nothing is left, or where it is a
    council of a part of a district."""
    plain = re.sub(r"[^\w\s]", " ", fold_text(name.replace("&", " and ")))
    if _NOT_DISTRICTS.search(" ".join(plain.split())):
        return ""
    return " ".join(_FORMS.sub(" ", plain).split())
