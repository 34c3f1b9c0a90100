"""Slugs suggested from titles: the words of an address."""

import re
from collections.abc import Iterator

from campaign.domain.search import folded

LONGEST = 80
_COMFORTABLE = 60
"""Characters after which no further word is begun: an address is read out and typed in."""
_NOTHING_LEFT = "campaign"
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_SILENT = re.compile(r"['’`ʼ]")
_APART = re.compile(r"[^a-z0-9]+")


def suggested(title: str) -> str:
    """A slug made of a title's words; "campaign" where no letter of it can be in an address."""
    words = [word for word in _APART.split(_SILENT.sub("", folded(title).translate(_LETTERS))) if word]
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:_COMFORTABLE]
        if len(longer) > _COMFORTABLE:
            break
        slug = longer
    return slug or _NOTHING_LEFT


def variants(slug: str) -> Iterator[str]:
    """The slug, and then others like it: "pond", "pond-2", "pond-3"."""
    yield slug
    number = 2
    while True:
        end = f"-{number}"
        yield slug[: LONGEST - len(end)].rstrip("-") + end
        number += 1
