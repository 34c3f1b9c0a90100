"""Cached pages with the sign form: the same for everybody but for where their reader comes from.

Once a second, while somebody reads it, what a page would show is compared with what it was made of, and it is rendered only
where that is something else. A page of a campaign that has closed is so for days.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Response

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.site.switch import Switches
from campaign.services.signatures.activity import NO_ACTIVITY
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.compressed_page import CompressedPage, compress_page, page_response
from campaign.web.language import use_campaign_language
from campaign.web.public import attribution
from campaign.web.public.campaign_activity import campaign_activity
from campaign.web.public.campaign_view import CampaignView, accent_style, campaign_view
from campaign.web.public.update_view import NO_UPDATES, campaign_updates
from campaign.web.security_headers import allow_style
from campaign.web.site_switches import current_switches

T = TypeVar("T")

PAGE_MAX_AGE_SECONDS = 5
"""How long a proxy or browser may keep a page. The number on it moves by itself (`count.json`)."""
SLOW_PAGE_MAX_AGE_SECONDS = 60
"""The same where the operator has slowed the count."""
_MAX_CACHED_PAGES = 200
_MAX_CACHED_BYTES = 32 * 1024 * 1024
_MAX_STALE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _CachedPage:
    """A page, and of what it was made: it is good for as long as that is what would be shown."""

    campaign: Campaign
    second: int
    """The last one in which it was what would be shown, since the epoch."""
    switches: Switches
    shown: tuple[CampaignView, Any]
    page: CompressedPage


_PAGES: Region[_CachedPage] = Region(
    "campaign pages", max_entries=_MAX_CACHED_PAGES, max_bytes=_MAX_CACHED_BYTES, size=lambda made: made.page.size,
    max_stale_seconds=_MAX_STALE_SECONDS,
)  # fmt: skip


def campaign_page_response(
    kind: str,
    campaign: Campaign,
    more: Callable[[CampaignView], T],
    render: Callable[[CampaignView, T], str],
    *,
    shows_activity: bool = False,
) -> Response:
    """The page of a `kind` of a campaign, in the language its reader wants, with how they came here in its form.

    `render` makes its text, whose form begins with `attribution.UNKNOWN_SOURCE_FIELD`, of the campaign as it looks now and of
    `more`, which is all else that it shows and that may change.
    """
    language, now, switches = use_campaign_language(campaign), runtime().now(), current_switches()
    second = int(now.timestamp())

    def is_current(made: _CachedPage) -> bool:
        # The lookup gives the very same campaign for as long as it believes it, and then mostly one that says the same.
        return (
            made.second == second and made.switches.revision == switches.revision
            and (made.campaign is campaign or made.campaign == campaign)
        )  # fmt: skip

    def make() -> _CachedPage:
        view = campaign_view(
            campaign,
            now,
            campaign_activity(campaign) if shows_activity else NO_ACTIVITY,
            campaign_updates(campaign) if shows_activity else NO_UPDATES,
        )
        shown = (view, more(view))
        last = process_cache().last(_PAGES, key)
        if last is not None and last.shown == shown and last.switches.revision == switches.revision:
            return replace(last, campaign=campaign, second=second)
        return _CachedPage(campaign, second, switches, shown, compress_page(render(*shown)))

    key = (kind, campaign.slug, language)
    made = process_cache().get(_PAGES, key, make, is_current=is_current)
    came = attribution.attribution_from_request(attribution.host_name(runtime().settings.base_url))
    page = made.page
    if came.source:
        page = compress_page(page.body.decode().replace(attribution.UNKNOWN_SOURCE_FIELD, attribution.hidden_fields(came), 1))
    # A page that says which site its reader came from is nobody else's.
    public = not came.source or attribution.has_attribution_in_url()
    seconds = SLOW_PAGE_MAX_AGE_SECONDS if made.switches.slows_count else PAGE_MAX_AGE_SECONDS
    return allow_style(page_response(page, max_age_seconds=seconds, public=public), made.shown[0].style)


def campaign_colours_response(campaign: Campaign, page: CompressedPage, max_age_seconds: int) -> Response:
    """Another cached page of a campaign, in its colours: the same for everybody."""
    return allow_style(page_response(page, max_age_seconds=max_age_seconds), accent_style(campaign.appearance.accent))
