"""Open data: the count alone, and the campaign in the shape UK parliamentary e-petitions publish."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_utc
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.petition_json import petition
from campaign.web.public.public_json import public_json
from campaign.web.site_switches import current_switches

COUNT_MAX_AGE_SECONDS = 1
"""How long anybody may keep the count."""
SLOW_COUNT_MAX_AGE_SECONDS = 30
"""The same where the operator has slowed the count: no page asks again before a copy it may keep is too old."""
DATA_CACHE_SECONDS = 10
"""How long anybody, this process included, may keep the open data."""


_MAX_CACHED_BYTES = 8 * 1024 * 1024
_OPEN_DATA: Region[str] = Region(
    "open data", max_entries=1_000, seconds=DATA_CACHE_SECONDS, max_bytes=_MAX_CACHED_BYTES, size=len
)
blueprint = Blueprint("api", __name__)


@dataclass(frozen=True, slots=True)
class _Count:
    """The count as JSON, and of what it was made: it is good for as long as that is what would be told."""

    campaign: Campaign
    second: int
    body: str
    etag: str


_COUNTS: Region[_Count] = Region("counts", max_entries=1_000)


@blueprint.get("/c/<slug>/count.json")
def show_count(slug: str) -> Response:
    """The count alone, and how long the campaign can still be signed."""
    now, campaign = runtime().now(), find_campaign_or_abort(slug)
    second = int(now.timestamp())

    def is_current(made: _Count) -> bool:
        return made.campaign is campaign and made.second == second

    made = process_cache().get(_COUNTS, slug, lambda: _count(campaign, now), is_current=is_current)
    # Weak: the same count at another moment. Who is told so reads the time from the Date of the answer.
    seconds = SLOW_COUNT_MAX_AGE_SECONDS if current_switches().slows_count else COUNT_MAX_AGE_SECONDS
    return public_json(made.body, seconds, etag=made.etag, weak=True)


@blueprint.get("/c/<slug>.json")
def show_open_data(slug: str) -> Response:
    """The campaign in the shape of UK parliamentary e-petitions."""
    body = process_cache().get(_OPEN_DATA, slug, lambda: json.dumps(_petition(slug), ensure_ascii=False))
    return public_json(body, DATA_CACHE_SECONDS)


def _count(campaign: Campaign, now: datetime) -> _Count:
    state, window = campaign.state(now).value, campaign.window
    numbers = {
        "slug": campaign.slug, "state": state, "signatures": campaign.signatures,
        "signatures_on_paper": campaign.paper, "signatures_held": campaign.held_shown, "goal": campaign.goal,
        "opens_at": format_utc(window.opens_at), "closes_at": format_utc(window.closes_at),
        "now": format_utc(now + campaign.clock_offset),
        "seconds_left": campaign.seconds_left(now), "ledger_entries": campaign.sequence, "as_of": format_utc(campaign.as_of),
    }  # fmt: skip
    # A reader who has the number already is told so for as long as nothing but the time has changed.
    unchanged = (
        f"{state} {campaign.signatures} {campaign.paper} {campaign.held_shown} {campaign.goal} {campaign.sequence} "
        f"{numbers['closes_at']}"
    )
    etag = hashlib.blake2b(unchanged.encode(), digest_size=8).hexdigest()
    return _Count(campaign, int(now.timestamp()), json.dumps(numbers), etag)


def _petition(slug: str) -> dict[str, Any]:
    campaign, url = find_campaign_or_abort(slug), runtime().tokens.absolute_url(f"/c/{slug}.json")
    return {"links": {"self": url}, "data": petition(campaign, slug, url, places=True)}
