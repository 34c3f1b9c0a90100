"""Pages with the sign form, the same for everybody but for where their reader comes from. Each process keeps those it made."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.site.switch import Switches
from campaign.runtime import Runtime
from campaign.services.signatures.supporters import SupporterCache
from campaign.services.site import switches as switching
from campaign.web.cache.compressed_page import CompressedPage, compress_page, page_response
from campaign.web.language import PageLanguage, use_campaign_language
from campaign.web.public import attribution
from campaign.web.public.campaign_view import CampaignView, campaign_view
from campaign.web.security_headers import allow_style

PAGE_MAX_AGE_SECONDS = 5
"""How long a proxy or browser may keep a page. The number on it moves by itself (`count.json`)."""
SLOW_PAGE_MAX_AGE_SECONDS = 60
"""The same where the operator has slowed the count."""
_MAX_CACHED_PAGES = 200


@dataclass(frozen=True, slots=True)
class _CachedPage:
    """A page, and of what it was made: it is good for as long as that is what would be shown."""

    campaign: Campaign
    second: int
    switches: Switches
    page: CompressedPage
    style_hash: str


class CampaignPageCache:
    """The pages that `draw` makes of campaigns; their form begins with `arriving.UNKNOWN`."""

    def __init__(
        self, runtime: Runtime, render: Callable[[CampaignView], str], supporters: SupporterCache | None = None
    ) -> None:
        self._runtime, self._draw, self._supporters = runtime, render, supporters
        self._own_host = attribution.host_name(runtime.settings.base_url)
        self._made: dict[tuple[str, PageLanguage], _CachedPage] = {}

    def response(self, campaign: Campaign) -> Response:
        """The page of a campaign, in the language its reader wants, with how they came here in its form."""
        made = self._current_page(campaign, use_campaign_language(campaign))
        came = attribution.attribution_from_request(self._own_host)
        page = made.page
        if came.source:
            page = compress_page(
                page.body.decode().replace(attribution.UNKNOWN_SOURCE_FIELD, attribution.hidden_fields(came), 1)
            )
        # A page that says which site its reader came from is nobody else's.
        public = not came.source or attribution.has_attribution_in_url()
        seconds = SLOW_PAGE_MAX_AGE_SECONDS if made.switches.slows_count else PAGE_MAX_AGE_SECONDS
        return allow_style(page_response(page, max_age_seconds=seconds, public=public), made.style_hash)

    def _current_page(self, campaign: Campaign, language: PageLanguage) -> _CachedPage:
        now = self._runtime.now()
        known, second = self._made.get((campaign.slug, language)), int(now.timestamp())
        switches = switching.current_switches(self._runtime)
        # `find` gives the very same standing for as long as it believes it, and then mostly one that says the same.
        as_known = known is not None and known.second == second and known.switches.revision == switches.revision
        if known is not None and as_known and (known.campaign is campaign or known.campaign == campaign):
            return known
        nobody = self._supporters is None or switches.hides_supporters
        shown = campaign_view(campaign, now, () if nobody or self._supporters is None else self._supporters.recent(campaign))
        made = _CachedPage(campaign, second, switches, compress_page(self._draw(shown)), shown.style_hash)
        if len(self._made) >= _MAX_CACHED_PAGES:
            self._made.clear()
        self._made[campaign.slug, language] = made
        return made
