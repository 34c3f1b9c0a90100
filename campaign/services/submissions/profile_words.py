"""Words of the profiles that campaigners read at the desk, for translators; what stands in the papers is not among them."""

import tomllib
from collections.abc import Iterator
from typing import Any, BinaryIO

_LABELS = {
    "": ("name", "accepts_words"),
    "listing": ("why",),
    "papers": ("title",),
    "questions": ("label", "hint"),
    "checks": ("words",),
    "thresholds": ("purpose",),
    "confirmations": ("label", "hint"),
    "sources": ("seen",),
}
"""Fields that are read at the desk, by the table they stand in."""
_QUOTED_RULES = ("request",)
"""Rules whose words are quoted from the paper itself."""


def extract_words(file: BinaryIO, *_given: object, **_options: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """Messages of one `profile.toml`, as Babel asks an extraction method for them: line, function, message, comments."""
    for words in profile_words(tomllib.load(file)):
        yield 1, None, words, []


def profile_words(profile: dict[str, Any]) -> Iterator[str]:
    """All that one profile says to campaigners."""
    for table, names in _LABELS.items():
        found = profile if not table else profile.get(table, [])
        for row in found if isinstance(found, list) else [found]:
            if table != "checks" or row["rule"] not in _QUOTED_RULES:
                yield from (row[name].strip() for name in names if row.get(name))
            yield from (choice[1] for choice in row.get("choices", ()) if isinstance(choice, list))
