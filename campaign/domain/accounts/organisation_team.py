"""Team of the organisation: people who run several campaigns together, in the same roles in each."""

from dataclasses import dataclass

from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.reason import read_reason

MAX_TEAM_NAME_LENGTH = 80
"""Characters."""
MAX_TEAM_CAMPAIGNS = 500
"""Campaigns that one team holds."""
MAX_OWN_TEAMS = 20
"""Teams that one campaigner is an owner of."""


@dataclass(frozen=True, slots=True)
class OrganisationTeam:
    """Team of the organisation."""

    id: int
    name: str


def read_team_name(text: str) -> str:
    """Name of a team as typed, on one line. Raises InvalidInputError."""
    name = read_reason(text, MAX_TEAM_NAME_LENGTH, missing=N_("Give the team a name."))
    if not any(character.isalnum() for character in name):
        raise InvalidInputError("Give the team a name with letters.")
    return name
