"""The languages the site speaks, and where their words are kept.

English is what the source is written in; each other language has a catalogue under `translations/`. A campaign chooses its
own languages; pages speak the one a reader chose, else one their browser asks for, else the campaign's.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations, Translations

TRANSLATIONS_FOLDER = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    code: str
    """As in `lang` attributes and addresses: "en", "cy"."""
    name: str
    """Its own name for itself."""


@dataclass(frozen=True)
class SiteLanguages:
    """What one site speaks."""

    offered: tuple[Language, ...]
    folders: tuple[Path, ...] = (TRANSLATIONS_FOLDER,)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The code of each."""
        return tuple(language.code for language in self.offered)

    def get(self, code: str) -> Language:
        """A language by its code; one that is not offered goes by the name it has for itself."""
        return next((language for language in self.offered if language.code == code), Language(code, _native_name(code)))


@cache
def _native_name(code: str) -> str:
    """The code itself where nobody has told us the name."""
    try:
        name = Locale.parse(code, sep="-").get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[0].upper() + name[1:]


ENGLISH = Language("en", "English")
BUNDLED_LANGUAGES = SiteLanguages((ENGLISH, Language("cy", "Cymraeg")))
"""The languages this program comes with, each complete."""


@cache
def load_catalogue(code: str) -> NullTranslations:
    """Translations of a language, for use outside of a request; English where there are none."""
    return Translations.load(str(TRANSLATIONS_FOLDER), [code])
