"""Duplicates: rows of a list that are left out, and why: as what, or as whom, they look like."""

from collections.abc import Mapping
from enum import StrEnum

from campaign.domain.common.i18n import N_
from campaign.domain.paper.entry import PaperEntry
from campaign.domain.signatures.search_keys import name_key


class ExclusionReason(StrEnum):
    """Reason why a row is no new signature."""

    INVALID = "wrong"
    """It cannot be read."""
    ALREADY_SIGNED = "same"
    """Somebody with this name and this address has signed, or has withdrawn, or was removed. Never taken in."""
    ONLINE = "online"
    PAPER = "paper"
    ADDRESS = "address"
    REPEATED = "repeated"


LIKELY_DUPLICATES = frozenset(
    {ExclusionReason.ONLINE, ExclusionReason.PAPER, ExclusionReason.ADDRESS, ExclusionReason.REPEATED}
)
"""What looks like the same person and need not be. Campaigners say whether it is taken in all the same."""
EXCLUSION_TEXTS: dict[ExclusionReason, str] = {
    ExclusionReason.INVALID: N_("cannot be read"),
    ExclusionReason.ALREADY_SIGNED: N_("signed before with the same name and address"),
    ExclusionReason.ONLINE: N_("somebody of this name and postcode has signed online"),
    ExclusionReason.PAPER: N_("somebody of this name and postcode has signed on paper"),
    ExclusionReason.ADDRESS: N_("somebody with this email address has signed, under another name or not verified yet"),
    ExclusionReason.REPEATED: N_("stands in the list more than once"),
}
_FINAL_STATES = ("verified", "invalidated", "withdrawn")


def exclusion_reason(
    entry: PaperEntry, signed_addresses: Mapping[str, tuple[str, str]], signed_people: Mapping[tuple[str, str], str]
) -> ExclusionReason | None:
    """What an entry looks like. `addresses` has the state and folded name of the signature of each canonical address,
    `people` how somebody of each folded name and postcode has signed."""
    key = name_key(entry.name)
    there = signed_addresses.get(entry.email_key) if entry.email_key else None
    if there is not None:
        state, name = there
        return ExclusionReason.ALREADY_SIGNED if name in (key, "") and state in _FINAL_STATES else ExclusionReason.ADDRESS
    kind = signed_people.get((key, entry.postcode)) if entry.postcode else None
    return None if kind is None else ExclusionReason(kind)
