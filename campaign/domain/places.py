"""Postcodes and countries as signatories write them."""

import re
import unicodedata

from campaign.domain.countries import COUNTRIES
from campaign.domain.refusal import Refused

LONGEST_FOREIGN_POSTCODE = 12
"""Characters; no country's postal code is longer than ten."""

# The shapes Royal Mail allots, after everything but letters and digits is gone. GIR 0AA and BFPO numbers are real.
_UK = re.compile(
    r"(?:GIR0AA|(?:[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]|[A-HK-Y][0-9][0-9ABEHMNPRV-Y]|[0-9][A-HJKPS-UW]))[0-9][ABD-HJLNP-UW-Z]{2})"
)
_BFPO = re.compile(r"BFPO(?:C/?O)?([0-9]{1,4})")


def read_country(code: str) -> str:
    """Read an ISO 3166 alpha-2 code in either case. Raises Refused for anything else."""
    code = code.strip().upper()
    if not code:
        raise Refused("Choose your country.")
    if code not in COUNTRIES:
        raise Refused("Choose a country from the list.")
    return code


def read_postcode(text: str, country: str) -> str:
    """Read a postcode in any usual spelling and return the usual one ("sw1a1aa" is "SW1A 1AA").

    For GB the shape is checked, not whether the postcode exists: a new street must be able to sign. Elsewhere any short
    code of letters and digits is kept as typed, in upper case. Raises Refused.
    """
    # Compatibility folding first: a phone may type full-width digits or a dash of any kind.
    folded = unicodedata.normalize("NFKC", text).upper().strip()
    if country != "GB":
        return _foreign(folded)
    bare = "".join(c for c in folded if c.isascii() and c.isalnum())
    if not bare:
        raise Refused("Enter your postcode, like SW1A 1AA.")
    if any(c.isalnum() and not c.isascii() for c in folded) or len(folded) > LONGEST_FOREIGN_POSTCODE * 2:
        raise Refused("Enter a full UK postcode, like SW1A 1AA.")
    if forces := _BFPO.fullmatch(bare):
        return f"BFPO {int(forces[1])}"
    if not _UK.fullmatch(bare):
        raise Refused("Enter a full UK postcode, like SW1A 1AA.")
    return f"{bare[:-3]} {bare[-3:]}"


def _foreign(folded: str) -> str:
    code = " ".join(folded.split())
    if not code:
        raise Refused("Enter your postcode.")
    if len(code) > LONGEST_FOREIGN_POSTCODE or not all(c.isalnum() or c in " -" for c in code) or code[0] == "-":
        raise Refused("Enter a postcode of at most %(most)d letters, digits and spaces.", most=LONGEST_FOREIGN_POSTCODE)
    return code
