"""A language nobody speaks: every message in letters that are not ours, written from right to left.

What a page shows in it that is still in our letters was never given to the translators.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from campaign.languages import BUNDLED_LANGUAGES, DESK_DOMAIN, TRANSLATIONS_FOLDER, Language, SiteLanguages

PSEUDO_LOCALE = "he"
_KEPT = re.compile(r"(%\(\w+\)[sd]|<[^>]*>|&\w+;)")


def pseudo_translate(text: str) -> str:
    """A text with each Latin letter changed for a Hebrew one; placeholders and markup stay."""
    parts = _KEPT.split(text)
    return "".join(part if _KEPT.fullmatch(part) else "".join(map(_pseudo_letter, part)) for part in parts)


def _pseudo_letter(character: str) -> str:
    if not (character.isascii() and character.isalpha()):
        return character
    return chr(0x5D0 + (ord(character.lower()) - ord("a")) % 27)


def pseudo_languages(folder: Path) -> SiteLanguages:
    """What the site speaks, and this language beside it, whose catalogues are written into `folder`."""
    for domain in ("messages", DESK_DOMAIN):
        _write_pseudo_catalogue(folder, domain)
    return SiteLanguages(
        (*BUNDLED_LANGUAGES.offered, Language(PSEUDO_LOCALE, pseudo_translate("Pseudo"))), (*BUNDLED_LANGUAGES.folders, folder)
    )


def _write_pseudo_catalogue(folder: Path, domain: str) -> None:
    with (TRANSLATIONS_FOLDER / f"{domain}.pot").open("rb") as source:
        messages = read_po(source)
    catalog = Catalog(locale=PSEUDO_LOCALE)
    for message in messages:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            singular, plural = map(pseudo_translate, message.id)
            catalog.add(message.id, (singular, *[plural] * (catalog.num_plurals - 1)))
        else:
            catalog.add(message.id, pseudo_translate(message.id))
    target = folder / PSEUDO_LOCALE / "LC_MESSAGES" / f"{domain}.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
