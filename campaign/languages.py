"""The languages the site speaks, and where their words are kept.

English is what the source is written in; each other language has a catalogue under `translations/`. A campaign chooses its
own languages; pages speak the one a reader chose, else one their browser asks for, else the campaign's.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    code: str
    """As in `lang` attributes and addresses: "en", "cy"."""
    name: str
    """Its own name for itself."""


@dataclass(frozen=True)
class Languages:
    """What one site speaks."""

    offered: tuple[Language, ...]
    folders: tuple[Path, ...] = (FOLDER,)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The code of each."""
        return tuple(language.code for language in self.offered)

    def get(self, code: str) -> Language:
        """A language by its code; one that is not offered is taken as its code says, left to right."""
        return next((language for language in self.offered if language.code == code), Language(code, code))


ENGLISH = Language("en", "English")
OURS = Languages((ENGLISH, Language("cy", "Cymraeg")))
"""The languages this program comes with, each complete."""


@cache
def catalogue(code: str) -> NullTranslations:
    """The words of a language, for whoever writes outside of a request; English where there are none."""
    return Translations.load(str(FOLDER), [code])
