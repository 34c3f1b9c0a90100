"""Facts of a campaign at one moment, which are known and may be told to whom it is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign.domain.campaigns.announcement import AnnouncedOutage
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import EligibilityTotals, Statement, eligibility_totals
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.log.total_proof import TotalProof
from campaign.domain.places.place import AreaKind, AreaTotal
from campaign.runtime import Runtime
from campaign.store.campaigns import announcements, campaigns, statements, text_versions
from campaign.store.campaigns.text_versions import TextVersion
from campaign.store.ledger import chart_data, ledger
from campaign.store.ledger.chart_data import TotalRow
from campaign.store.log.total_proof import find_total_proof, total_sequence
from campaign.store.places import place_totals
from campaign.store.places.place_totals import PlaceCoverage
from campaign.store.submissions import samples, submissions
from campaign.store.submissions.samples import Sample
from campaign.store.submissions.submissions import PaperOrigin

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MAX_AREAS = 200
"""More than there are postcode areas, and nearly as many as there are countries."""


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """Nothing of it is personal."""

    campaign: Campaign
    state: CampaignState
    address: str
    """The campaign's page."""
    editions: tuple[TextVersion, ...]
    """Every version of the text the public has seen, the newest first."""
    signatures_by_text: Mapping[str, int]
    """Verified signatures by the hash of the text they are of; empty where that was not asked for."""
    countries: tuple[tuple[str, int], ...]
    areas: tuple[TotalRow, ...]
    constituencies: tuple[AreaTotal, ...]
    """Empty where postcodes are not looked up."""
    councils: tuple[AreaTotal, ...]
    """The same by council."""
    coverage: PlaceCoverage
    paper_origins: tuple[PaperOrigin, ...]
    """Signatures on paper by what is known of its text; empty where that was not asked for."""
    first_counted_at: datetime | None
    """The hour in which the first signature was counted."""
    last_counted_at: datetime | None
    certified_at: datetime | None
    samples: tuple[Sample, ...]
    """Random samples that were drawn, the first one first."""
    eligibility: EligibilityTotals
    """Verified signatures by what was declared of who may sign."""
    statements: tuple[tuple[Statement, int, int], ...]
    """Each wording that was shown, how many ticked it and how many did not."""
    removed: Mapping[str, int]
    """Verified signatures that were removed, by kind of reason."""
    has_public_name: bool
    """Whether anybody who signed has chosen that their name may be shown."""
    outages: tuple[AnnouncedOutage, ...] = ()
    """Outages of mail that the time for confirming has grown by."""
    total_proof: TotalProof | None = None
    """That the public log has the total; None while it has not."""

    @property
    def as_of(self) -> datetime:
        """The moment all of it is of."""
        return self.certified_at or self.campaign.as_of

    @property
    def provisional(self) -> bool:
        """Whether the number may still change."""
        return self.certified_at is None


def gather_facts(runtime: Runtime, connection: Connection, campaign_id: int, *, with_signed_versions: bool) -> SubmissionFacts:
    """Facts of the moment the connection sees. Without signed versions they come from totals alone, of constant cost."""
    campaign = campaigns.get_by_id(connection, campaign_id)
    declared = statements.totals_by_declaration(connection, campaign_id)
    first, last = submissions.first_and_last_counted_hour(connection, campaign_id)
    return SubmissionFacts(
        campaign=campaign,
        state=campaign.state(runtime.now()),
        address=runtime.tokens.absolute_url(f"/c/{campaign.slug}"),
        editions=tuple(text_versions.list_text_versions(connection, campaign_id)),
        signatures_by_text={one.text_hash: one.signatures for one in submissions.versions_signed(connection, campaign_id)}
        if with_signed_versions
        else {},
        countries=tuple(ledger.country_totals(connection, campaign_id)),
        areas=tuple(chart_data.postcode_area_totals(connection, campaign_id, _MAX_AREAS)),
        constituencies=tuple(place_totals.area_totals(connection, campaign_id, AreaKind.CONSTITUENCY)),
        councils=tuple(place_totals.area_totals(connection, campaign_id, AreaKind.COUNCIL)),
        coverage=place_totals.place_coverage(connection, campaign_id),
        paper_origins=tuple(submissions.paper_origins(connection, campaign_id)) if with_signed_versions else (),
        first_counted_at=first,
        last_counted_at=last,
        certified_at=submissions.certified_at(connection, campaign_id),
        samples=tuple(samples.list_samples(connection, campaign_id)),
        eligibility=eligibility_totals(declared, campaign.eligibility),
        statements=tuple(
            (one, declared.get(one.number, 0), declared.get(-one.number, 0))
            for one in statements.list_statements(connection, campaign_id)
        ),
        removed=dict(campaign.history.removals),
        has_public_name=submissions.has_public_name(connection, campaign_id),
        outages=tuple(announcements.list_outages(connection, campaign_id)),
        total_proof=find_total_proof(connection, campaign_id, total_sequence(connection, campaign), runtime.log_tiles),
    )
