"""Countries by their two-letter codes, with the English names that people look for in a list.

Codes and names are those of the Unicode CLDR, which Babel brings; Kosovo (XK), which ISO 3166-1 has no code for, is among them.
"""

import re

from campaign.domain.common.formatting import ENGLISH, country_names

_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())  # noqa: SIM905 - fourteen codes on one line
"""Codes that CLDR has for parts and unions of countries, and for tests of programs."""
_NAMES = {
    "CD": "Congo (Democratic Republic)",
    "CG": "Congo",
    "CV": "Cabo Verde",
    "GS": "South Georgia and the South Sandwich Islands",
    "HK": "Hong Kong",
    "HM": "Heard Island and McDonald Islands",
    "MM": "Myanmar",
    "MO": "Macao",
    "PN": "Pitcairn",
    "PS": "Palestine",
    "SH": "Saint Helena, Ascension and Tristan da Cunha",
    "UM": "United States Outlying Islands",
    "VC": "Saint Vincent and the Grenadines",
    "VI": "United States Virgin Islands",
}
"""Names that differ from CLDR's: those people look for, in full."""

COUNTRIES: dict[str, str] = {
    code: _NAMES.get(code) or re.sub(r"\bSt\.? ", "Saint ", name).replace(" & ", " and ")
    for code, name in sorted(country_names(ENGLISH).items())
    if code not in _NOT_COUNTRIES
}
