"""Eligible signatures: how many stand under the rule of whom a campaign is for, from totals alone."""

from dataclasses import dataclass

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import EligibilityTotals, eligibility_totals
from campaign.runtime import Runtime
from campaign.services.submissions.decisions import get_options
from campaign.services.submissions.paper_texts import read_threshold
from campaign.services.submissions.profiles import suggested_profile
from campaign.store.campaigns import statements


@dataclass(frozen=True, slots=True)
class EligibleCount:
    """Signatures by whether they stand under the recipient's rule of who may sign."""

    signed: int
    totals: EligibilityTotals
    needed: int
    """How many the recipient needs, as the campaigner has said; 0 where that is not known."""


def count_eligible(runtime: Runtime, campaign: Campaign) -> EligibleCount | None:
    """The count for the recipient that fits the campaign; None where nobody is asked whether they may sign."""
    if not campaign.eligibility.is_asked:
        return None
    profile = suggested_profile(campaign.recipient_kind)
    with runtime.reading() as connection:
        by_declaration = statements.totals_by_declaration(connection, campaign.id)
        needed = next((check.least for check in profile.checks if check.least), 0)
        needed = needed or read_threshold(get_options(connection, campaign.id, profile).get("threshold", ""))
    return EligibleCount(campaign.signatures, eligibility_totals(by_declaration, campaign.eligibility), needed)
