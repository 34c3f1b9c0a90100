"""Switches of the whole site: what its operator can throw when something goes wrong, and what the public then sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.reason import read_reason

MAX_SWITCH_MESSAGE_LENGTH = 300
"""Characters."""


class Switch(StrEnum):
    """Switch of the whole site. Each acts at once and everywhere, and can be thrown back."""

    PAUSE_SIGNING = "pause-signing"
    """No new signatures. Links already mailed still verify."""
    READ_ONLY = "read-only"
    """Nobody signs, verifies, or changes anything at the desk. Withdrawing works, as it always does."""
    HIDE_SUPPORTERS = "hide-supporters"
    """No campaign shows who signed lately."""
    SLOW_COUNT = "slow-count"
    """Pages ask for the count, and are made anew, much more seldom."""


PAUSING_SWITCHES = (Switch.PAUSE_SIGNING, Switch.READ_ONLY)
"""The switches that stop new signatures; each has a message that the public reads."""


@dataclass(frozen=True, slots=True)
class Switches:
    """Switches that are on at one moment."""

    on: Mapping[Switch, str] = field(default_factory=dict)
    """Those that are, each with its message; the message may be empty."""
    revision: int = 0
    """Grows with every throw of any."""

    @property
    def pauses_signing(self) -> bool:
        """Whether nobody can sign."""
        return any(switch in self.on for switch in PAUSING_SWITCHES)

    @property
    def read_only(self) -> bool:
        """Whether verifying waits as well, and the desk only shows."""
        return Switch.READ_ONLY in self.on

    @property
    def hides_supporters(self) -> bool:
        """Whether no campaign shows who signed lately."""
        return Switch.HIDE_SUPPORTERS in self.on

    @property
    def slows_count(self) -> bool:
        """Whether pages ask more seldom."""
        return Switch.SLOW_COUNT in self.on

    @property
    def message(self) -> str:
        """What the public is told of why it cannot sign; empty where nothing was typed."""
        return next((self.on[switch] for switch in (Switch.READ_ONLY, Switch.PAUSE_SIGNING) if self.on.get(switch)), "")


@dataclass(frozen=True, slots=True)
class SwitchState:
    """State of one switch, and who threw it last."""

    switch: Switch
    on: bool = False
    message: str = ""
    changed_by: str = ""
    """A campaigner's name; empty for the command line, and where it was never thrown."""
    changed_at: datetime | None = None


NO_SWITCHES = Switches()
"""All switches off."""


def paused_by_site(campaign: Campaign, switches: Switches) -> Campaign:
    """A campaign as the public finds it: paused, where the operator holds signing on the whole site.

    One that its campaigners have paused stays as it is, with what they say of it.
    """
    if not switches.pauses_signing or campaign.window.paused:
        return campaign
    window = replace(campaign.window, paused=True)
    return replace(campaign, window=window, paused_message=switches.message, paused_by_site=True)


def read_switch_message(text: str) -> str:
    """Message of a switch to the public, on one line; may be empty. Raises InvalidInputError."""
    return read_reason(text, MAX_SWITCH_MESSAGE_LENGTH)
