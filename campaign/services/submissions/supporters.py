"""Supporter list: the signatures a recipient may be shown, and of each what they may be shown.

The printed list and the list in a pack are both made from here, so that neither can tell more than the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import declared_label
from campaign.domain.places.countries import COUNTRIES
from campaign.domain.places.postcode_areas import area_name
from campaign.services.submissions.profiles import Profile
from campaign.store.submissions import submissions
from campaign.store.submissions.submissions import SubmissionSignature

if TYPE_CHECKING:
    from sqlalchemy import Connection

SUPPORTERS_PER_QUERY = 2_000
"""Supporters read at once."""


_NOBODY_CHOSE = "Nobody who signed has chosen that their name may be shown, so this list names nobody."
_NOBODY_SIGNED = "No signature of those it would name is counted yet, so this list names nobody."


@dataclass(frozen=True, slots=True)
class SupporterList:
    """Supporters in the order and detail that profile, campaigner and consents allow."""

    columns: tuple[str, ...]
    """`name`, then those of the profile's listing."""
    size: int
    """How many there are."""
    rows: Iterator[tuple[str, ...]]
    """A cell for each column."""
    nobody: str
    """Why it names nobody, as a sentence; "" where it names somebody."""


def supporter_list(
    connection: Connection, campaign: Campaign, profile: Profile, answers: Mapping[str, str]
) -> SupporterList | None:
    """The supporters a recipient may be told of; None where they may be told of none.

    `connection` is one of `runtime.snapshot()`; `answers` are those of `answers_or_defaults`.
    """
    listing = profile.listing
    names = profile.listed_names(answers.get("listed", ""))
    if listing is None or names == "none":
        return None
    public_only = names == "public"
    found = submissions.stream_signatures(
        connection, campaign.id, listing.order, SUPPORTERS_PER_QUERY, public_only=public_only, online_only=listing.online_only
    )
    size = submissions.count_signatures(connection, campaign.id, public_only=public_only, online_only=listing.online_only)
    columns = profile.listed_columns(campaign.eligibility)
    rows = ((one.name, *(_cell(one, name, with_country="country" in columns) for name in columns)) for one in found)
    nobody = "" if size else _NOBODY_CHOSE if public_only else _NOBODY_SIGNED
    return SupporterList(("name", *columns), size, rows, nobody)


def _cell(one: SubmissionSignature, column: str, *, with_country: bool) -> str:
    country = COUNTRIES.get(one.country, "")
    if column == "area":
        return area_name(one.postcode, one.country)
    if column == "postcode":
        # Who has none is most often from elsewhere, which is what it is asked for: said here where no other column says it.
        return one.postcode or ("" if one.country == "GB" or with_country else country)
    if column == "declared":
        return declared_label(one.declaration) or "not asked"
    return country if column == "country" else one.comment
