"""Sheets to be signed by hand: which columns each kind of recipient wants, and how many people fit on one."""

from dataclasses import dataclass
from typing import Literal

from campaign.domain.refusal import Refused
from campaign.domain.standing import RecipientKind

Column = Literal["name", "address", "address-postcode", "postcode", "signature", "email", "ticks", "date"]

FEWEST_ROWS, MOST_ROWS, USUAL_ROWS = 2, 20, 10
MOST_SHEETS = 200
"""Sheets of one run."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of sheet."""

    key: str
    name: str
    hint: str
    columns: tuple[tuple[Column, float], ...]
    """With the share of the width that each takes."""


PROFILES: dict[str, Profile] = {
    profile.key: profile
    for profile in (
        Profile(
            "commons", "House of Commons or Lords", "Name, address and signature, as a petition to Parliament asks for them.",
            (("name", 0.29), ("address", 0.42), ("signature", 0.29)),
        ),
        Profile(
            "council", "Council", "Name, address with postcode, and signature.",
            (("name", 0.27), ("address-postcode", 0.36), ("signature", 0.25), ("date", 0.12)),
        ),
        Profile(
            "general", "Anybody else", "Name, postcode, signature; for those who like, an email address and two boxes to tick.",
            (("name", 0.24), ("postcode", 0.12), ("signature", 0.22), ("email", 0.26), ("ticks", 0.16)),
        ),
    )
}  # fmt: skip
_BY_KIND: dict[RecipientKind, str] = {"commons": "commons", "lords": "commons", "council": "council"}


def usual_profile(kind: RecipientKind) -> str:
    """The kind of sheet a recipient wants."""
    return _BY_KIND.get(kind, "general")


def read_amount(text: str, least: int, most: int) -> int:
    """A whole number typed into a form. Raises Refused."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise Refused("Write a number from %(least)d to %(most)d.", least=least, most=most)
    return int(text)
