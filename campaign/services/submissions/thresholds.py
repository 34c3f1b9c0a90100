"""Thresholds: numbers of signatures at which a recipient does something, and how far a campaign is from them."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_number
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence
from campaign.services.submissions.profiles import Profile, suggested_profile

_AT_LEAST = N_("%(signatures)s on file, %(needed)s needed for %(purpose)s.")
_ABOVE = N_("%(signatures)s on file, more than %(needed)s needed for %(purpose)s.")
_COUNTED = {
    (False, True): N_("%(count)s signature"),
    (False, False): N_("%(count)s signatures"),
    (True, True): N_("%(count)s signature by hand"),
    (True, False): N_("%(count)s signatures by hand"),
}


@dataclass(frozen=True, slots=True)
class ThresholdState:
    """State of one threshold: how far a campaign is from it."""

    reached: bool
    sentence: Sentence


def accepted_signatures(profile: Profile, options: Mapping[str, str]) -> str:
    """Which signatures count: as the profile says, or the campaigner where each such recipient has rules of its own."""
    return options.get("accepts") or profile.accepts


def counted_signatures(profile: Profile, campaign: Campaign, options: Mapping[str, str]) -> int:
    """How many signatures of a campaign are of the kind that counts."""
    return campaign.paper if accepted_signatures(profile, options) == "handwritten" else campaign.signatures


def threshold_states(profile: Profile, campaign: Campaign, options: Mapping[str, str]) -> list[ThresholdState]:
    """All thresholds of a profile, from the least to the most; only signatures that it accepts count."""
    by_hand = accepted_signatures(profile, options) == "handwritten"
    counted = counted_signatures(profile, campaign, options)
    found = []
    for threshold in profile.thresholds:
        needed = threshold.signatures + threshold.above
        values = {"signatures": _counted(counted, by_hand=by_hand), "needed": format_number(threshold.signatures)}
        message = _ABOVE if threshold.above else _AT_LEAST
        words = Sentence(message, values | {"purpose": Sentence(threshold.purpose, {})})
        found.append(ThresholdState(counted >= needed, words))
    return found


def _counted(amount: int, *, by_hand: bool) -> Sentence:
    return Sentence(_COUNTED[by_hand, amount == 1], {"count": format_number(amount)})


def next_threshold(campaign: Campaign) -> Sentence | str:
    """The first threshold not reached yet of the recipient that fits a campaign, else its last, as a sentence; "" without any.

    The thresholds of a recipient are the same whatever campaigners decide about handing in, so nothing is read for it.
    """
    states = threshold_states(suggested_profile(campaign.recipient_kind), campaign, {})
    return next((state.sentence for state in states if not state.reached), states[-1].sentence if states else "")
