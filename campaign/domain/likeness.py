"""Which rows of a list are left out, and why: as what, or as whom, they look like."""

from collections.abc import Mapping
from enum import StrEnum

from campaign.domain.findable import name_key
from campaign.domain.paper import Entry


class Why(StrEnum):
    """Why a row is no new signature."""

    WRONG = "wrong"
    """It cannot be read."""
    SAME = "same"
    """Somebody with this name and this address has signed, or has withdrawn, or was removed. Never taken in."""
    ONLINE = "online"
    PAPER = "paper"
    ADDRESS = "address"
    REPEATED = "repeated"


LIKELY = frozenset({Why.ONLINE, Why.PAPER, Why.ADDRESS, Why.REPEATED})
"""What looks like the same person and need not be. Campaigners say whether it is taken in all the same."""
WORDS: dict[Why, str] = {
    Why.WRONG: "cannot be read",
    Why.SAME: "signed before with the same name and address",
    Why.ONLINE: "somebody of this name and postcode has signed online",
    Why.PAPER: "somebody of this name and postcode has signed on paper",
    Why.ADDRESS: "somebody with this email address has signed, under another name or not verified yet",
    Why.REPEATED: "stands in the list more than once",
}
_SETTLED = ("verified", "invalidated", "withdrawn")


def likeness(entry: Entry, addresses: Mapping[str, tuple[str, str]], people: Mapping[tuple[str, str], str]) -> Why | None:
    """What an entry looks like. `addresses` has the state and folded name of the signature of each canonical address,
    `people` how somebody of each folded name and postcode has signed."""
    key = name_key(entry.name)
    there = addresses.get(entry.email_key) if entry.email_key else None
    if there is not None:
        state, name = there
        return Why.SAME if name in (key, "") and state in _SETTLED else Why.ADDRESS
    kind = people.get((key, entry.postcode)) if entry.postcode else None
    return None if kind is None else Why(kind)
