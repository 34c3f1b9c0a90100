"""Sheets to be signed by hand: which columns each kind of recipient wants, and how many people fit on one."""

from dataclasses import dataclass
from typing import Literal

from campaign.domain.campaigns.campaign import RecipientKind
from campaign.domain.common.invalid_input import InvalidInputError

SheetColumn = Literal["name", "address", "address-postcode", "postcode", "signature", "email", "ticks", "date", "declared"]

MIN_ROWS, MAX_ROWS, DEFAULT_ROWS = 2, 20, 10
MAX_SHEETS = 200
"""Sheets of one run."""


@dataclass(frozen=True, slots=True)
class SheetProfile:
    """A kind of sheet."""

    key: str
    name: str
    hint: str
    columns: tuple[tuple[SheetColumn, float], ...]
    """With the share of the width that each takes."""
    plain: bool = False
    """Whether nothing but the petition is printed: no code, no web address, no hash."""


SHEET_PROFILES: dict[str, SheetProfile] = {
    profile.key: profile
    for profile in (
        SheetProfile(
            "commons", "A parliament", "Name, address and signature, as a petition to a parliament asks for them.",
            (("name", 0.29), ("address", 0.42), ("signature", 0.29)),
        ),
        SheetProfile(
            "council", "Council", "Name, address with postcode, and signature.",
            (("name", 0.27), ("address-postcode", 0.36), ("signature", 0.25), ("date", 0.12)),
        ),
        SheetProfile(
            "plain", "Plain, for a parliament that wants nothing else on it",
            "Name, address and signature; no code, no web address, no hash. The number of the sheet is all that is added.",
            (("name", 0.29), ("address", 0.42), ("signature", 0.29)), plain=True,
        ),
        SheetProfile(
            "general", "Anybody else", "Name, postcode, signature; for those who like, an email address and two boxes to tick.",
            (("name", 0.24), ("postcode", 0.12), ("signature", 0.22), ("email", 0.26), ("ticks", 0.16)),
        ),
    )
}  # fmt: skip
_PROFILE_BY_RECIPIENT: dict[RecipientKind, str] = {
    "commons": "commons", "lords": "commons", "council": "council", "scotland": "commons", "senedd": "commons",
    "bundestag": "commons", "new-zealand": "commons", "canada": "plain", "australia": "plain",
}  # fmt: skip


_TICK_SHARE = 0.08
"""Share of the width that a column with a box for who may sign takes."""


def sheet_columns(profile: str, *, with_tick: bool) -> tuple[tuple[SheetColumn, float], ...]:
    """The columns of a kind of sheet, with one to tick who may sign where it has that."""
    columns = SHEET_PROFILES[profile].columns
    if not with_tick:
        return columns
    return (*((key, share * (1 - _TICK_SHARE)) for key, share in columns), ("declared", _TICK_SHARE))


def default_profile(kind: RecipientKind) -> str:
    """The kind of sheet a recipient wants."""
    return _PROFILE_BY_RECIPIENT.get(kind, "general")


def read_integer(text: str, minimum: int, maximum: int) -> int:
    """A whole number typed into a form. Raises InvalidInputError."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6 and minimum <= int(text) <= maximum):
        raise InvalidInputError("Write a number from %(least)d to %(most)d.", least=minimum, most=maximum)
    return int(text)
