"""Parts of British postcodes, to look for: an area ("LS"), a district ("LS1"), a sector ("LS1 1"), or all of one."""

import re
import unicodedata
from dataclasses import dataclass

from campaign.domain.common.invalid_input import InvalidInputError

_AREA = r"[A-Z]{1,2}"
_DISTRICT = r"[A-Z]{1,2}[0-9][0-9A-Z]?"
_SPACED = re.compile(rf"(?P<district>{_DISTRICT}|GIR) (?P<inward>[0-9](?:[A-Z]{{2}})?)")
_WHOLE = re.compile(rf"(?P<district>{_DISTRICT}|GIR)(?P<inward>[0-9][A-Z]{{2}})")
_LONG_SECTOR = re.compile(r"(?P<district>[A-Z]{1,2}[0-9][0-9A-Z])(?P<inward>[0-9])")
"""Without a space only one that is longer than any district is a sector for sure."""
_FORCES = re.compile(r"BFPO ?([0-9]{1,4})")
_FORCES_AREA = "BF"


@dataclass(frozen=True, slots=True)
class PostcodePart:
    """Part of a postcode that others are compared with; of `whole`, `sector` and `district` one at most is there."""

    area: str
    """The letters they begin with, as `campaign.domain.places.postcode_areas` has them; "" for a postcode without an area."""
    whole: str = ""
    """"LS1 1AA"."""
    sector: str = ""
    """"LS1 1"."""
    district: str = ""
    """"LS1"; "SW1" is also the part of "SW1A" that its digits name."""


def read_postcode_part(text: str) -> str:
    """A part of a postcode in its usual spelling: "ls1 1aa" and "LS11AA" are "LS1 1AA", "LS1 1" is the sector, "LS11" the
    district. "" for nothing. Raises InvalidInputError.
    """
    typed = unicodedata.normalize("NFKC", text).upper()
    spaced = " ".join(re.sub(r"[^\w\s]", " ", typed).split())
    if not spaced:
        return ""
    if found := _FORCES.fullmatch(spaced):
        return f"BFPO {int(found[1])}"
    if spaced == "BFPO":
        return spaced
    bare = spaced.replace(" ", "")
    if found := _SPACED.fullmatch(spaced) or _WHOLE.fullmatch(bare) or _LONG_SECTOR.fullmatch(spaced):
        return f"{found['district']} {found['inward']}"
    if re.fullmatch(f"{_AREA}|{_DISTRICT}", bare):
        return bare
    raise InvalidInputError("Enter a postcode or the beginning of one, like SW, SW1A, SW1A 1 or SW1A 1AA.")


def split_postcode_part(part: str) -> PostcodePart:
    """What `read_postcode_part` returned, as it is compared."""
    district, _, inward = part.partition(" ")
    if district == "BFPO":
        return PostcodePart(_FORCES_AREA, whole=part if inward else "")
    letters = "" if district == "GIR" else part[: len(part) - len(part.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    if not inward:
        return PostcodePart(letters, district=district if district != letters else "")
    return PostcodePart(letters, sector=part) if len(inward) == 1 else PostcodePart(letters, whole=part)
