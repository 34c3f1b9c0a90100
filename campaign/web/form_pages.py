"""Pages with the sign form, the same for everybody but for where their reader comes from. Each process keeps those it made."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from campaign import switching
from campaign.domain.standing import Standing
from campaign.domain.switch import Switches
from campaign.runtime import Runtime
from campaign.supporters import Supporters
from campaign.web import arriving
from campaign.web.kept import Kept, keep, send
from campaign.web.language import Spoken, speak_for
from campaign.web.protection import allow_style
from campaign.web.views import CampaignView, view

PAGE_SECONDS = 5
"""How long a proxy or browser may keep a page. The number on it moves by itself (`count.json`)."""
SLOW_PAGE_SECONDS = 60
"""The same where the operator has slowed the count."""
_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class _Made:
    """A page, and of what it was made: it is good for as long as that is what would be shown."""

    standing: Standing
    second: int
    switches: Switches
    page: Kept
    style_hash: str


class FormPages:
    """The pages that `draw` makes of campaigns; their form begins with `arriving.UNKNOWN`."""

    def __init__(self, runtime: Runtime, draw: Callable[[CampaignView], str], supporters: Supporters | None = None) -> None:
        self._runtime, self._draw, self._supporters = runtime, draw, supporters
        self._own_host = arriving.host_of(runtime.settings.base_url)
        self._made: dict[tuple[str, Spoken], _Made] = {}

    def answer(self, standing: Standing) -> Response:
        """The page of a campaign, in the language its reader wants, with how they came here in its form."""
        made = self._newest(standing, speak_for(standing))
        came = arriving.arrival(self._own_host)
        page = made.page
        if came.source:
            page = keep(page.body.decode().replace(arriving.UNKNOWN, arriving.fields(came), 1))
        # A page that says which site its reader came from is nobody else's.
        public = not came.source or arriving.said_by_address()
        seconds = SLOW_PAGE_SECONDS if made.switches.slow else PAGE_SECONDS
        return allow_style(send(page, seconds=seconds, public=public), made.style_hash)

    def _newest(self, standing: Standing, here: Spoken) -> _Made:
        now = self._runtime.now()
        known, second = self._made.get((standing.slug, here)), int(now.timestamp())
        switches = switching.now(self._runtime)
        # `find` gives the very same standing for as long as it believes it, and then mostly one that says the same.
        as_known = known is not None and known.second == second and known.switches.revision == switches.revision
        if known is not None and as_known and (known.standing is standing or known.standing == standing):
            return known
        nobody = self._supporters is None or switches.hides_supporters
        shown = view(standing, now, () if nobody or self._supporters is None else self._supporters.recent(standing))
        made = _Made(standing, second, switches, keep(self._draw(shown)), shown.style_hash)
        if len(self._made) >= _MOST_KEPT:
            self._made.clear()
        self._made[standing.slug, here] = made
        return made
