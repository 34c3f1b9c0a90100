"""Reasons why signatures are invalidated: the few kinds of reason that the public is told in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.reason import read_reason
from campaign.domain.signatures.filters import Filters, filters_from_json

MAX_REMOVAL_REASON_LENGTH = 200
"""Characters."""


class RemovalKind(StrEnum):
    """A kind of reason. The public reads how many verified signatures were removed for each."""

    PROGRAM = "program"
    DUPLICATE = "duplicate"
    FALSE = "false"
    NOT_ENTITLED = "not-entitled"
    ABUSIVE = "abusive"
    OTHER = "other"
    RULE = "rule"
    """Caught by a standing rule before it was counted; nobody chooses this one."""


REMOVAL_LABELS = {
    RemovalKind.PROGRAM: (
        N_("Made by a program"),
        N_("A burst from one place, names by a pattern, addresses one after the other."),
    ),
    RemovalKind.DUPLICATE: (N_("The same person more than once"), N_("One person with several addresses.")),
    RemovalKind.FALSE: (N_("False details"), N_("Made-up names, or the names of people who did not sign.")),
    RemovalKind.NOT_ENTITLED: (
        N_("Not entitled to sign"),
        N_("From outside the area, say, where the recipient counts only those in it."),
    ),
    RemovalKind.ABUSIVE: (N_("Abusive"), N_("An insult or an advertisement in place of a name.")),
    RemovalKind.OTHER: (N_("Another reason"), N_("Say which below; the public is told “for other reasons”.")),
}
"""What each that can be chosen is called at the desk, and when to choose it."""
RULE_REMOVAL_LABEL = N_("Caught by a standing rule")


@dataclass(frozen=True, slots=True)
class SignatureSelection:
    """Selection of the signatures of a batch: those the filters fit; where some are named by number, only those."""

    filters: Filters = field(default_factory=Filters)
    ids: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"filters": self.filters.to_json(), "ids": list(self.ids)}


def selection_from_json(stored: Mapping[str, Any]) -> SignatureSelection:
    """What `to_json` wrote."""
    return SignatureSelection(filters_from_json(stored["filters"]), tuple(stored["ids"]))


def read_removal_kind(typed: str) -> RemovalKind:
    """Raises InvalidInputError where it is none of those that can be chosen."""
    kind = next((each for each in REMOVAL_LABELS if each.value == typed), None)
    if kind is None:
        raise InvalidInputError("Choose what kind of reason it is; the public is told how many were removed for each.")
    return kind


def removal_label(kind: RemovalKind) -> str:
    """What a kind is called at the desk."""
    return REMOVAL_LABELS[kind][0] if kind in REMOVAL_LABELS else RULE_REMOVAL_LABEL


def read_removal_reason(text: str) -> str:
    """Reason of a removal, on one line. Raises InvalidInputError."""
    return read_reason(text, MAX_REMOVAL_REASON_LENGTH, missing=N_("Give the reason; it is kept with the signature."))
