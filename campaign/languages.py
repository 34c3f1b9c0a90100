"""The languages the site speaks, and where their words are kept.

English is what the source is written in; each other language is a folder under `translations/`, whose name is its code. What
a catalogue lacks is said in English, message by message. A campaign chooses its own languages; pages speak the one a reader
chose, else one their browser asks for, else the campaign's.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations, Translations

TRANSLATIONS_FOLDER = Path(__file__).parent / "translations"
_COMPILED_CATALOGUE = Path("LC_MESSAGES", "messages.mo")
DESK_DOMAIN = "desk"
"""The catalogue of what only campaigners read: the desk, and the mails to them. A language may be without."""
_COMPILED_DESK_CATALOGUE = Path("LC_MESSAGES", f"{DESK_DOMAIN}.mo")
_TAG_OR_PLACEHOLDER = re.compile(r"(<[^>]*>)|(%\((?!address\)|contact\))\w+\)[sd])")
"""Addresses stay bare: a program that finds a link in a mail would take the isolate for its last letter."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    code: str
    """As in `lang` attributes and addresses: "en", "cy"."""
    name: str
    """Its own name for itself."""


@dataclass(frozen=True)
class SiteLanguages:
    """Languages of one site."""

    offered: tuple[Language, ...]
    folders: tuple[Path, ...] = (TRANSLATIONS_FOLDER,)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The code of each."""
        return tuple(language.code for language in self.offered)

    @cached_property
    def desk_codes(self) -> tuple[str, ...]:
        """The code of each that the desk speaks: English, and those with a catalogue of its words."""
        return tuple(
            code for code in self.codes
            if code == ENGLISH.code or any((folder / code / _COMPILED_DESK_CATALOGUE).exists() for folder in self.folders)
        )  # fmt: skip

    def get(self, code: str) -> Language:
        """A language by its code; one that is not offered goes by the name it has for itself."""
        return next((language for language in self.offered if language.code == code), Language(code, native_name(code)))


NATIVE_NAMES = {
    "ar": "العربية",
    "cy": "Cymraeg",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
    "ur": "اردو",
}
"""What CLDR calls the bundled languages in themselves: to ask it, a megabyte of each would stay in memory."""


@cache
def native_name(code: str) -> str:
    """A language's own name for itself, with a capital: "Cymraeg"; the code where nobody has told us the name."""
    return NATIVE_NAMES.get(code) or name_from_cldr(code)


def name_from_cldr(code: str) -> str:
    """The same as CLDR has it."""
    try:
        name = Locale.parse(code, sep="-").get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[0].upper() + name[1:]


def find_languages(folder: Path) -> SiteLanguages:
    """English, and each language that has a compiled catalogue in `folder`, by their names."""
    codes = (catalogue.parts[-3] for catalogue in folder.glob(f"*/{_COMPILED_CATALOGUE}"))
    found = sorted((Language(code, native_name(code)) for code in codes), key=lambda language: language.name)
    return SiteLanguages((ENGLISH, *found), (folder,))


ENGLISH = Language("en", "English")
BUNDLED_LANGUAGES = find_languages(TRANSLATIONS_FOLDER)
"""The languages this program comes with."""


@cache
def load_catalogue(code: str) -> NullTranslations:
    """Translations of a language, for use outside of a request; English where there are none."""
    return Translations.load(str(TRANSLATIONS_FOLDER), [code])


@cache
def load_desk_catalogue(code: str, folder: Path = TRANSLATIONS_FOLDER) -> NullTranslations:
    """Words of the desk in a language, then what the public pages say in it, then English."""
    public = Translations.load(str(folder), [code])
    desk = Translations.load(str(folder), [code], DESK_DOMAIN)
    if type(desk) is NullTranslations:
        return public
    desk.add_fallback(public)
    return desk


FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"


@lru_cache(maxsize=4_096)
def isolate_placeholders(message: str) -> str:
    """A message written from right to left, with an isolate around each value that is put into it (as in Unicode's
    bidirectional algorithm): an English title, with the full stop at its end, stays whole and in its place."""
    before, after = FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE
    return _TAG_OR_PLACEHOLDER.sub(lambda found: found[1] or f"{before}{found[2]}{after}", message)
