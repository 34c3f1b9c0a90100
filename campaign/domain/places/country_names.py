"""Countries as people write them: names in several languages, codes of two and three letters, and other names in use."""

import re
from functools import lru_cache

from babel.core import get_global

from campaign.domain.common.formatting import country_names
from campaign.domain.common.text_folding import fold_text
from campaign.domain.places.countries import COUNTRIES

_LANGUAGES = ("en", "cy", "ga", "gd", "fr", "de", "es", "it", "pt", "nl", "pl", "ro", "tr", "ar", "ur")
"""Languages whose names of countries are known, as the CLDR has them; of two that use one name, the first counts."""
_ALIASES = {
    "britain": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "uk": "GB",
    "u k": "GB", "lloegr": "GB",
    "cymru": "GB", "yr alban": "GB", "gogledd iwerddon": "GB", "usa": "US", "u s a": "US", "america": "US",
    "united states of america": "US", "eire": "IE", "republic of ireland": "IE", "turkey": "TR", "czech republic": "CZ",
    "holland": "NL", "uae": "AE", "burma": "MM", "ivory coast": "CI", "swaziland": "SZ", "macedonia": "MK", "cape verde": "CV",
    "east timor": "TL", "russian federation": "RU", "south korea": "KR", "republic of korea": "KR", "north korea": "KP",
    "viet nam": "VN", "hong kong sar": "HK", "macau": "MO", "palestinian territories": "PS", "vatican": "VA", "holy see": "VA",
    "brunei darussalam": "BN", "syrian arab republic": "SY", "congo kinshasa": "CD", "congo brazzaville": "CG", "drc": "CD",
    "democratic republic of the congo": "CD", "republic of the congo": "CG", "the gambia": "GM", "bahamas": "BS",
}  # fmt: skip
"""Names in use that no list of the CLDR has: former ones, short ones, parts of the United Kingdom. Folded."""


def find_country(text: str) -> str:
    """The code of the country that a name or a code stands for; "" where none is known by it."""
    bare = _plain(text)
    known = _codes_by_name()
    return known.get(bare) or known.get(bare.removeprefix("the ").strip(), "")


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in COUNTRIES.items():
        found.setdefault(_plain(name), code)
    for alias, code in _ALIASES.items():
        found.setdefault(alias, code)
    for language in _LANGUAGES:
        for code, name in country_names(language).items():
            if code in COUNTRIES:
                found.setdefault(_plain(name), code)
    for alias, codes in get_global("territory_aliases").items():
        # Codes of three letters and of three digits, and former ones that one country took over.
        if len(codes) == 1 and codes[0] in COUNTRIES:
            found.setdefault(alias.casefold(), codes[0])
    return found | {code.casefold(): code for code in COUNTRIES}


def _plain(name: str) -> str:
    return " ".join(re.sub(r"\W+", " ", fold_text(name)).split())
