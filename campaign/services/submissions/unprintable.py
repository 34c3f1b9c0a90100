"""Names with letters that no font of ours has: counted, named by their numbers, and spelled by code points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_number
from campaign.rendering.shaping import spell_unprintable, unprintable_letters
from campaign.services.submissions.profiles import Profile
from campaign.services.submissions.supporters import supporter_list

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MAX_NUMBERS = 50
"""Numbers that a sentence names."""
_MAX_SPELLED = 1_000
"""Names that an annex spells."""


class UnprintableRows:
    """Rows of a list of supporters whose names cannot be printed whole, collected while the list is written."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        """Their numbers in the list."""
        self.spelled: list[tuple[str, str]] = []
        """Number and name, with code points in the place of letters."""

    def watch(self, rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        """The same rows (number, name, and other cells), looked at as they go by."""
        for row in rows:
            if unprintable_letters(row[1]):
                self.numbers.append(row[0])
                if len(self.spelled) < _MAX_SPELLED:
                    self.spelled.append((row[0], spell_unprintable(row[1])))
            yield row

    @property
    def sentence(self) -> str:
        """How many there are, and which."""
        amount, shown = len(self.numbers), ", ".join(self.numbers[:_MAX_NUMBERS])
        rest = f" and {format_number(amount - _MAX_NUMBERS)} more" if amount > _MAX_NUMBERS else ""
        names, numbers = ("name holds", "number") if amount == 1 else ("names hold", "numbers")
        return f"{format_number(amount)} {names} letters that no font of this paper has: {numbers} {shown}{rest}."


def find_unprintable(
    connection: Connection, campaign: Campaign, profile: Profile, answers: Mapping[str, str]
) -> UnprintableRows:
    """Those of the list a recipient would get. Reads all of it."""
    found = UnprintableRows()
    listed = supporter_list(connection, campaign, profile, answers)
    if listed is not None:
        for _ in found.watch([f"{number:,}", *row] for number, row in enumerate(listed.rows, 1)):
            pass
    return found
