"""Open data: the count alone, and the campaign in the shape UK parliamentary e-petitions publish."""

import hashlib
import json
import time
from typing import Any

from flask import Blueprint, Response, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_utc
from campaign.domain.places.countries import COUNTRIES
from campaign.domain.places.suppression import MIN_SHOWN, SUPPRESSION_NOTICE
from campaign.runtime import Runtime
from campaign.services.campaigns import published
from campaign.services.places import totals
from campaign.services.site import switches
from campaign.web.public.campaign_page import find_campaign_or_abort

COUNT_MAX_AGE_SECONDS = 1
"""How long anybody may keep the count."""
SLOW_COUNT_MAX_AGE_SECONDS = 30
"""The same where the operator has slowed the count: no page asks again before a copy it may keep is too old."""
DATA_CACHE_SECONDS = 10
"""How long anybody, this process included, may keep the open data."""


def open_data(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/count.json` and `GET /c/<slug>.json`."""
    blueprint = Blueprint("api", __name__)
    counts: dict[str, tuple[Campaign, int, str, str]] = {}
    data: dict[str, tuple[float, str]] = {}

    @blueprint.get("/c/<slug>/count.json")
    def count_json(slug: str) -> Response:
        now = runtime.now()
        campaign, second = find_campaign_or_abort(runtime, slug), int(now.timestamp())
        known = counts.get(slug)
        if known is None or known[0] is not campaign or known[1] != second:
            state, window = campaign.state(now).value, campaign.window
            numbers = {
                "slug": slug, "state": state, "signatures": campaign.signatures,
                "signatures_on_paper": campaign.paper, "goal": campaign.goal,
                "opens_at": format_utc(window.opens_at), "closes_at": format_utc(window.closes_at), "now": format_utc(now),
                "seconds_left": window.seconds_left(now), "as_of": format_utc(campaign.as_of),
            }  # fmt: skip
            # A reader who has the number already is told so for as long as nothing but the time has changed.
            unchanged = f"{state} {campaign.signatures} {campaign.paper} {campaign.goal} {numbers['closes_at']}"
            known = (
                campaign,
                second,
                json.dumps(numbers),
                hashlib.blake2b(unchanged.encode(), digest_size=8).hexdigest(),
            )
            if len(counts) >= 1_000:
                counts.clear()
            counts[slug] = known
        # Weak: the same count at another moment. Whoever is told so reads the time from the Date of the answer.
        seconds = SLOW_COUNT_MAX_AGE_SECONDS if switches.current_switches(runtime).slows_count else COUNT_MAX_AGE_SECONDS
        return _public_json(known[2], known[3], seconds, weak=True)

    @blueprint.get("/c/<slug>.json")
    def campaign_json(slug: str) -> Response:
        # Looked up once: another thread may empty it at any moment.
        known = data.get(slug)
        if known is None or time.monotonic() >= known[0]:
            known = (time.monotonic() + DATA_CACHE_SECONDS, json.dumps(_petition(runtime, slug), ensure_ascii=False))
            if len(data) >= 1_000:
                data.clear()
            data[slug] = known
        body = known[1]
        return _public_json(body, hashlib.blake2b(body.encode(), digest_size=8).hexdigest(), DATA_CACHE_SECONDS)

    return blueprint


def _petition(runtime: Runtime, slug: str) -> dict[str, Any]:
    campaign = find_campaign_or_abort(runtime, slug)
    found = published.totals_by_country(runtime, campaign.id)
    constituencies, regions = totals.open_data_totals(runtime, campaign.id)
    state, window = campaign.state(runtime.now()).value, campaign.window
    url = runtime.tokens.absolute_url(f"/c/{slug}.json")
    ended = state in ("closed", "final")
    return {
        "links": {"self": url},
        "data": {
            "type": "petition",
            "id": slug,
            "links": {"self": url},
            "attributes": {
                "action": campaign.text.title,
                "background": campaign.text.ask,
                "additional_details": campaign.text.background,
                "recipient": campaign.text.recipient,
                "text_hash": campaign.text.hash,
                "text_slug": campaign.text.slug or slug,
                "state": state,
                "signature_count": campaign.signatures,
                "signatures_on_paper": campaign.paper,
                "goal": campaign.goal,
                "goals": list(campaign.goals),
                "created_at": format_utc(window.opens_at),
                "opened_at": format_utc(window.opens_at),
                "closing_date": format_utc(window.closes_at),
                "closed_at": format_utc(window.closes_at) if ended else None,
                "updated_at": format_utc(campaign.as_of),
                "milestones": [{"goal": m.goal, "reached_at": format_utc(m.reached_at)} for m in campaign.milestones],
                "language": campaign.language,
                "translations": [
                    {
                        "language": v.language,
                        "action": v.text.title,
                        "background": v.text.ask,
                        "additional_details": v.text.background,
                        "recipient": v.text.recipient,
                        "text_hash": v.text.hash,
                        "text_slug": v.text.slug or slug,
                    }
                    for v in campaign.versions[1:]
                ],
                "ledger_entries": campaign.sequence,
                "signatures_by_country": [
                    {"name": COUNTRIES.get(code, code), "code": code, "signature_count": amount} for code, amount in found
                ],
                "signatures_by_constituency": [
                    {"name": area.name, "ons_code": area.code, "mp": member, "signature_count": area.verified}
                    for area, member in constituencies
                ],
                "signatures_by_region": [
                    {"name": area.name, "ons_code": area.code, "signature_count": area.verified} for area in regions
                ],
                "small_numbers": {"smallest": MIN_SHOWN, "rule": SUPPRESSION_NOTICE},
            },
        },
    }


def _public_json(body: str, etag: str, seconds: int, *, weak: bool = False) -> Response:
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    # Open data is for everybody's pages, and says nothing about anybody.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(etag, weak=weak)
    return response.make_conditional(request)  # type: ignore[return-value]
