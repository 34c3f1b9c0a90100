"""Campaigns by the slug in an address: from this process's cache, else from Redis, else from the store.

A spike of readers never reaches the database: a process asks Redis at most twice a second for one campaign, and the database
only where Redis has no copy. Addresses that somebody makes up are remembered as absent, and cost the database one statement a
second together.
"""

import re

from flask import Flask, Response, abort, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.services.campaigns import published
from campaign.web.app_context import is_desk_request, runtime
from campaign.web.cache import Region, process_cache
from campaign.web.redirection import redirect_to_slug
from campaign.web.site_switches import expire_switches, with_site_pause

CAMPAIGN_CACHE_SECONDS = 0.4
"""Seconds a process believes what it has read. A verified signature is in `count.json` within two seconds, caches included."""
SLUGS_CACHE_SECONDS = 1.0
"""The same for the slugs there are: a campaign that Redis has no copy of is found so long after it was made."""
REDIRECT_MAX_AGE_SECONDS = 300
"""How long anybody may believe that a campaign has moved."""
CAMPAIGNS: Region[Campaign | None] = Region("campaigns", max_entries=1_000, seconds=CAMPAIGN_CACHE_SECONDS)
_SLUGS: Region[frozenset[str]] = Region("slugs", max_entries=1, seconds=SLUGS_CACHE_SECONDS)
_SLUG_PATTERN = re.compile(r"[a-z0-9-]{1,80}")


def find_published(slug: str) -> Campaign | None:
    """The campaign with this slug, or the one that once had it; None where there is none, and for a draft, which concerns its
    team alone. Raises StoreUnavailableError."""
    if not _SLUG_PATTERN.fullmatch(slug):
        return None
    cache = process_cache()
    return cache.get(
        CAMPAIGNS, slug, lambda: published.find_published(runtime(), slug, _known_slugs, cache.last(CAMPAIGNS, slug))
    )


def find_campaign_or_abort(slug: str, *, also_taken_down: bool = False) -> Campaign:
    """The campaign at an address, paused where the operator pauses the whole site. 404 where there is none, 410 where it was
    taken down unless that is asked for, and a redirect to its present address where this is one that it had before."""
    campaign = find_published(slug)
    if campaign is None:
        abort(404)
    # Where the slug is not in the path of the page (oEmbed is asked about an address), the campaign is all that is wanted.
    if campaign.slug != slug and request.view_args and request.view_args.get("slug") == slug:
        abort(_redirect_to_current_slug(campaign.slug, slug))
    if campaign.taken_down and not also_taken_down:
        abort(410)
    return with_site_pause(campaign)


def reload_campaign_or_abort(slug: str) -> Campaign:
    """The same, read anew: where the store has said that what is cached is too old."""
    process_cache().expire(CAMPAIGNS, slug)
    expire_switches()
    return find_campaign_or_abort(slug)


def expire_after_desk_changes(app: Flask) -> None:
    """Show what is changed at the desk at once in the process that changed it; others follow within CAMPAIGN_CACHE_SECONDS."""

    @app.after_request
    def expire(response: Response) -> Response:
        if request.method == "POST" and is_desk_request():
            process_cache().expire(CAMPAIGNS)
            expire_switches()
        return response


def _known_slugs() -> frozenset[str]:
    return process_cache().get(_SLUGS, "all", lambda: published.known_slugs(runtime()))


def _redirect_to_current_slug(slug: str, former_slug: str) -> Response:
    """The way to the same page at the campaign's present address."""
    response = redirect_to_slug(slug, former_slug, 301)
    # Not for good, whatever the code says: the campaign may take its old address back.
    response.headers["Cache-Control"] = (
        f"public, max-age={REDIRECT_MAX_AGE_SECONDS}" if response.status_code == 301 else "no-store"
    )
    return response
