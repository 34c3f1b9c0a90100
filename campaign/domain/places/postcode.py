"""Postcodes and countries as signatories write them."""

import re
import unicodedata

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.places.countries import COUNTRIES

MAX_FOREIGN_POSTCODE_LENGTH = 12
"""Characters; no country's postal code is longer than ten."""

# The shapes Royal Mail allots, after everything but letters and digits is gone. GIR 0AA and BFPO numbers are real.
_UK_POSTCODE = re.compile(
    r"(?:GIR0AA|(?:[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]|[A-HK-Y][0-9][0-9ABEHMNPRV-Y]|[0-9][A-HJKPS-UW]))[0-9][ABD-HJLNP-UW-Z]{2})"
)
_BFPO_NUMBER = re.compile(r"BFPO(?:C/?O)?([0-9]{1,4})")


def read_country(code: str) -> str:
    """Read an ISO 3166 alpha-2 code in either case. Raises InvalidInputError for anything else."""
    code = code.strip().upper()
    if not code:
        raise InvalidInputError("Choose your country.")
    if code not in COUNTRIES:
        raise InvalidInputError("Choose a country from the list.")
    return code


def read_postcode(text: str, country: str) -> str:
    """Read a postcode in any usual spelling and return the usual one ("sw1a1aa" is "SW1A 1AA").

    For GB the shape is checked, not whether the postcode exists: a new street must be able to sign. Elsewhere any short
    code of letters and digits is kept as typed, in upper case. Raises InvalidInputError.
    """
    # Compatibility folding first: a phone may type full-width digits or a dash of any kind.
    folded = unicodedata.normalize("NFKC", text).upper().strip()
    if country != "GB":
        return _foreign_postcode(folded)
    bare = "".join(c for c in folded if c.isascii() and c.isalnum())
    if not bare:
        raise InvalidInputError("Enter your postcode, like SW1A 1AA.")
    if any(c.isalnum() and not c.isascii() for c in folded) or len(folded) > MAX_FOREIGN_POSTCODE_LENGTH * 2:
        raise InvalidInputError("Enter a full UK postcode, like SW1A 1AA.")
    if forces := _BFPO_NUMBER.fullmatch(bare):
        return f"BFPO {int(forces[1])}"
    if not _UK_POSTCODE.fullmatch(bare):
        raise InvalidInputError("Enter a full UK postcode, like SW1A 1AA.")
    return f"{bare[:-3]} {bare[-3:]}"


def _foreign_postcode(folded: str) -> str:
    code = " ".join(folded.split())
    if not code:
        raise InvalidInputError("Enter your postcode.")
    if len(code) > MAX_FOREIGN_POSTCODE_LENGTH or not all(c.isalnum() or c in " -" for c in code) or code[0] == "-":
        raise InvalidInputError(
            "Enter a postcode of at most %(most)d letters, digits and spaces.", most=MAX_FOREIGN_POSTCODE_LENGTH
        )
    return code
