"""Slugs suggested from titles: the words of an address."""

import re
from collections.abc import Iterator

from campaign.domain.common.text_folding import fold_text

MAX_SLUG_LENGTH = 80
_MAX_SUGGESTED_LENGTH = 60
"""Characters after which no further word is begun: an address is read out and typed in."""
_DEFAULT_SLUG = "campaign"
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile(r"['’`ʼ]")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


def suggested_slug(title: str) -> str:
    """A slug made of a title's words; "campaign" where no letter of it can be in an address."""
    words = [word for word in _SEPARATORS.split(_APOSTROPHES.sub("", fold_text(title).translate(_LETTERS))) if word]
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:_MAX_SUGGESTED_LENGTH]
        if len(longer) > _MAX_SUGGESTED_LENGTH:
            break
        slug = longer
    return slug or _DEFAULT_SLUG


def slug_variants(slug: str) -> Iterator[str]:
    """The slug, and then others like it: "pond", "pond-2", "pond-3"."""
    yield slug
    number = 2
    while True:
        end = f"-{number}"
        yield slug[: MAX_SLUG_LENGTH - len(end)].rstrip("-") + end
        number += 1
