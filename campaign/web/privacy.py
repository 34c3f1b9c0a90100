"""The privacy pages, from what the code does: what is kept, why and for how long, who gets it, which cookies there are."""

from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, render_template

from campaign import finding
from campaign.domain import wording
from campaign.domain.messages import N_
from campaign.domain.standing import Standing
from campaign.domain.suppression import SMALLEST
from campaign.domain.window import GRACE, SETTLING
from campaign.links import THANKS_SECONDS
from campaign.runtime import Runtime
from campaign.sharing import MOST_BROUGHT
from campaign.standing import LIST_REMEMBERED
from campaign.web.cookies import SIGNED_SECONDS
from campaign.web.held import HELD
from campaign.web.kept import send
from campaign.web.language import gettext, speak_for, spoken
from campaign.web.markdown import render
from campaign.web.public import find_or_abort
from campaign.web.shelf import Shelf
from campaign.web.views import view
from campaign.web.words import number, time_left

SECONDS = 60
"""How long a proxy or browser may keep these pages."""
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Cookie:
    """One of the cookies there are."""

    name: str
    why: str
    seconds: int


COOKIES = (
    Cookie(
        "cs_b…",
        N_(
            "Set when you sign, and sent only when you open a link from our mails. It lets the browser you signed in "
            "confirm without a second press."
        ),
        SIGNED_SECONDS,
    ),
    Cookie(
        "cs_typed",
        N_(
            "Set when you sign, for the next page only. It lets that page repeat the address you typed, so that you see any "
            "mistake in it."
        ),
        THANKS_SECONDS,
    ),
    Cookie(
        "cs_thanks",
        N_("Set when you confirm, for the next page only. It lets that page know that it is you."),
        THANKS_SECONDS,
    ),
)
"""Those that `campaign.web.cookies` sets."""


def privacy_pages(runtime: Runtime) -> Blueprint:
    """`GET /privacy` and `GET /c/<slug>/privacy`."""
    blueprint = Blueprint("privacy", __name__)
    general, of_campaigns = (Shelf(LIST_REMEMBERED, _MOST_PAGES) for _ in range(2))

    @blueprint.get("/privacy")
    def privacy() -> Response:
        page = general.get(spoken(), of_the_site)
        return send(page or abort(404), seconds=SECONDS)

    @blueprint.get("/c/<slug>/privacy")
    def privacy_of_campaign(slug: str) -> Response:
        standing = find_or_abort(runtime, slug)
        page = of_campaigns.get((slug, speak_for(standing)), lambda: of_campaign(standing))
        return send(page or abort(404), seconds=SECONDS)

    def of_the_site() -> str:
        now = runtime.now()
        current, closed = (finding.all_of(runtime, which, 1, now) for which in ("open", "closed"))
        return page(None, campaigns=[_link(standing) for standing in (*current.campaigns, *closed.campaigns)])

    def of_campaign(standing: Standing) -> str:
        here = spoken()
        forgotten_at = standing.window.finalised_at or standing.window.verify_until + SETTLING
        return page(
            _unasked(standing), campaign=view(standing, runtime.now()), rule=standing.appearance.supporters,
            own_words=render(standing.version(here.wanted).words.privacy, top_heading=3),
            forgotten_words=wording.moment(forgotten_at, standing.zone, here.code),
        )  # fmt: skip

    def page(unasked: frozenset[str] | None, **more: object) -> str:
        plain: dict[str, object] = {
            "campaign": None, "campaigns": [], "rule": "", "own_words": "", "forgotten_words": "",
            "held": _held(unasked),
            "cookies": [(each.name, gettext(each.why), time_left(each.seconds)) for each in COOKIES],
            "grace": time_left(int(GRACE.total_seconds())), "settling": time_left(int(SETTLING.total_seconds())),
            "most_brought": number(MOST_BROUGHT), "asks_dns": runtime.settings.check_mail_domains,
            "asks_places": "" if "postcode" in (unasked or ()) else urlsplit(runtime.settings.places_url).hostname,
            "smallest": number(SMALLEST),
        }  # fmt: skip
        return render_template("campaign/privacy.html", **plain | more)

    return blueprint


def _held(unasked: frozenset[str] | None) -> list[tuple[str, str, bool]]:
    """What is kept and why, in words, and whether only some campaigns ask for it: what one of them does not ask for left out,
    and nothing left out where it is about all of them."""
    return [
        (gettext(each.what), gettext(each.why), unasked is None and bool(each.asked))
        for each in HELD
        if unasked is None or each.asked not in unasked
    ]


def _unasked(standing: Standing) -> frozenset[str]:
    """The fields that the form of a campaign is without."""
    rules = {**asdict(standing.asked), "public": standing.appearance.supporters}
    return frozenset(field for field, rule in rules.items() if rule == "no")


def _link(standing: Standing) -> tuple[str, str, str]:
    version = standing.version(spoken().wanted)
    return f"/c/{standing.slug}/privacy", version.text.title, version.language
