"""Open data: the count alone, and the campaign in the shape UK parliamentary e-petitions publish."""

import hashlib
import json
import time
from typing import Any

from flask import Blueprint, Response, request

from campaign import standing as standings
from campaign import switching
from campaign.constituents import origins
from campaign.domain.countries import COUNTRIES
from campaign.domain.standing import Standing
from campaign.domain.suppression import RULE, SMALLEST
from campaign.domain.wording import utc
from campaign.runtime import Runtime
from campaign.web.public import find_or_abort

COUNT_SECONDS = 1
"""How long anybody may keep the count."""
SLOW_COUNT_SECONDS = 30
"""The same where the operator has slowed the count: no page asks again before a copy it may keep is too old."""
DATA_SECONDS = 10
"""How long anybody, this process included, may keep the open data."""


def open_data(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/count.json` and `GET /c/<slug>.json`."""
    blueprint = Blueprint("api", __name__)
    counts: dict[str, tuple[Standing, int, str, str]] = {}
    data: dict[str, tuple[float, str]] = {}

    @blueprint.get("/c/<slug>/count.json")
    def count(slug: str) -> Response:
        now = runtime.now()
        standing, second = find_or_abort(runtime, slug), int(now.timestamp())
        known = counts.get(slug)
        if known is None or known[0] is not standing or known[1] != second:
            state, window = standing.state(now).value, standing.window
            numbers = {
                "slug": slug, "state": state, "signatures": standing.signatures,
                "signatures_on_paper": standing.paper, "goal": standing.goal,
                "opens_at": utc(window.opens_at), "closes_at": utc(window.closes_at), "now": utc(now),
                "seconds_left": window.seconds_left(now), "as_of": utc(standing.as_of),
            }  # fmt: skip
            # A reader who has the number already is told so for as long as nothing but the time has changed.
            unchanged = f"{state} {standing.signatures} {standing.paper} {standing.goal} {numbers['closes_at']}"
            known = (
                standing,
                second,
                json.dumps(numbers),
                hashlib.blake2b(unchanged.encode(), digest_size=8).hexdigest(),
            )
            if len(counts) >= 1_000:
                counts.clear()
            counts[slug] = known
        # Weak: the same count at another moment. Whoever is told so reads the time from the Date of the answer.
        seconds = SLOW_COUNT_SECONDS if switching.now(runtime).slow else COUNT_SECONDS
        return _shared(known[2], known[3], seconds, weak=True)

    @blueprint.get("/c/<slug>.json")
    def campaign(slug: str) -> Response:
        # Looked up once: another thread may empty it at any moment.
        known = data.get(slug)
        if known is None or time.monotonic() >= known[0]:
            known = (time.monotonic() + DATA_SECONDS, json.dumps(_petition(runtime, slug), ensure_ascii=False))
            if len(data) >= 1_000:
                data.clear()
            data[slug] = known
        body = known[1]
        return _shared(body, hashlib.blake2b(body.encode(), digest_size=8).hexdigest(), DATA_SECONDS)

    return blueprint


def _petition(runtime: Runtime, slug: str) -> dict[str, Any]:
    standing = find_or_abort(runtime, slug)
    found = standings.by_country(runtime, standing.id)
    constituencies, regions = origins.open_data(runtime, standing.id)
    state, window = standing.state(runtime.now()).value, standing.window
    url = runtime.links.url(f"/c/{slug}.json")
    ended = state in ("closed", "final")
    return {
        "links": {"self": url},
        "data": {
            "type": "petition", "id": slug, "links": {"self": url},
            "attributes": {
                "action": standing.text.title, "background": standing.text.ask, "additional_details": standing.text.background,
                "recipient": standing.text.recipient, "text_hash": standing.text.hash, "text_slug": standing.text.slug or slug,
                "state": state, "signature_count": standing.signatures, "signatures_on_paper": standing.paper,
                "goal": standing.goal, "goals": list(standing.goals),
                "created_at": utc(window.opens_at), "opened_at": utc(window.opens_at), "closing_date": utc(window.closes_at),
                "closed_at": utc(window.closes_at) if ended else None, "updated_at": utc(standing.as_of),
                "milestones": [{"goal": m.goal, "reached_at": utc(m.reached_at)} for m in standing.milestones],
                "language": standing.language,
                "translations": [
                    {"language": v.language, "action": v.text.title, "background": v.text.ask,
                     "additional_details": v.text.background, "recipient": v.text.recipient,
                     "text_hash": v.text.hash, "text_slug": v.text.slug or slug}
                    for v in standing.versions[1:]
                ],
                "ledger_entries": standing.sequence,
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
                "small_numbers": {"smallest": SMALLEST, "rule": RULE},
            },
        },
    }  # fmt: skip


def _shared(body: str, etag: str, seconds: int, *, weak: bool = False) -> Response:
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    # Open data is for everybody's pages, and says nothing about anybody.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(etag, weak=weak)
    return response.make_conditional(request)  # type: ignore[return-value]
