"""A language nobody speaks: every message in letters that are not ours, written from right to left.

What a page shows in it that is still in our letters was never given to the translators.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from campaign.languages import FOLDER, OURS, Language, Languages

CODE = "he"
_KEPT = re.compile(r"(%\(\w+\)[sd]|<[^>]*>|&\w+;)")


def letters(text: str) -> str:
    """A text with each Latin letter changed for a Hebrew one; placeholders and markup stay."""
    parts = _KEPT.split(text)
    return "".join(part if _KEPT.fullmatch(part) else "".join(map(_letter, part)) for part in parts)


def _letter(character: str) -> str:
    if not (character.isascii() and character.isalpha()):
        return character
    return chr(0x5D0 + (ord(character.lower()) - ord("a")) % 27)


def pseudo_languages(folder: Path) -> Languages:
    """What the site speaks, and this language beside it, whose catalogue is written into `folder`."""
    with (FOLDER / "messages.pot").open("rb") as source:
        messages = read_po(source)
    catalog = Catalog(locale=CODE)
    for message in messages:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            singular, plural = map(letters, message.id)
            catalog.add(message.id, (singular, *[plural] * (catalog.num_plurals - 1)))
        else:
            catalog.add(message.id, letters(message.id))
    target = folder / CODE / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
    return Languages((*OURS.offered, Language(CODE, letters("Pseudo"))), (*OURS.folders, folder))
