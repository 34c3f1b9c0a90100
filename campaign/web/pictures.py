"""What we draw for campaigns: the card other sites show, the QR code, the poster and the badge."""

import hashlib
from functools import lru_cache

from flask import Blueprint, Response, request

from campaign import campaigning
from campaign.config import site_name
from campaign.domain import wording
from campaign.domain.attribution import Attribution, read_attribution
from campaign.domain.standing import Standing
from campaign.domain.window import State
from campaign.drawing.badge import badge_svg
from campaign.drawing.card import draw_card
from campaign.drawing.poster import Poster, draw_poster
from campaign.drawing.qr import qr_png, qr_svg
from campaign.markup import plain
from campaign.runtime import Runtime
from campaign.web.cards import around_number, card_of, card_version, last_day
from campaign.web.language import gettext, negotiated, speak_for, spoken, to
from campaign.web.public import find_or_abort
from campaign.web.rack import Rack
from campaign.web.share_links import with_via
from campaign.web.turn import Turn
from campaign.web.words import number

_CARD_SECONDS, _OLD_CARD_SECONDS = 3_600, 60
"""How long anybody may keep the card an address names, and one that is there in place of another."""
_BADGE_SECONDS = 60
_PRINTED_SECONDS = 3_600
_PICTURE_WIDTH = 452
"""Pixels of a picture on a card."""


def picture_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/card.png`, `qr.svg`, `qr.png`, `poster.pdf` and `badge.svg`."""
    blueprint = Blueprint("pictures", __name__)
    turn = Turn()
    rack, site = Rack(turn), site_name(runtime.settings)
    drawn_poster = lru_cache(maxsize=32)(draw_poster)
    drawn_badge = lru_cache(maxsize=128)(badge_svg)
    drawn_svg, drawn_png = lru_cache(maxsize=128)(qr_svg), lru_cache(maxsize=64)(qr_png)

    @blueprint.get("/c/<slug>/card.png")
    def card(slug: str) -> Response:
        standing = find(slug)
        wanted = card_of(standing, runtime.now(), site)
        here = spoken()
        drawn = rack.card((slug, here.code, here.wanted), wanted, draw_card, lambda: _picture(runtime, standing))
        named = drawn.card == wanted and request.args.get("v") == card_version(wanted)
        response = _shared(drawn.body, "image/png", _CARD_SECONDS if named else _OLD_CARD_SECONDS, f"{slug}.png")
        return _for_everybody(response)

    @blueprint.get("/c/<slug>/badge.svg")
    def badge(slug: str) -> Response:
        standing = find(slug)
        label = " ".join(around_number(standing.signatures)).strip()
        body = drawn_badge(label, number(standing.signatures), standing.appearance.accent)
        return _for_everybody(_shared(body, "image/svg+xml", _BADGE_SECONDS, f"{slug}-badge.svg"))

    @blueprint.get("/c/<slug>/qr.svg")
    def qr_as_svg(slug: str) -> Response:
        find(slug)
        came, label = _came(), gettext("QR code that leads to this campaign")
        draw = qr_svg if came.brought_by else drawn_svg
        body = draw(address(slug, came), label)
        return _for_everybody(_shared(body, "image/svg+xml", _PRINTED_SECONDS, f"{slug}-qr.svg", mine=bool(came.brought_by)))

    @blueprint.get("/c/<slug>/qr.png")
    def qr_as_png(slug: str) -> Response:
        find(slug)
        came = _came()
        body = (qr_png if came.brought_by else drawn_png)(address(slug, came))
        return _for_everybody(_shared(body, "image/png", _PRINTED_SECONDS, f"{slug}-qr.png", mine=bool(came.brought_by)))

    @blueprint.get("/c/<slug>/poster.pdf")
    def poster(slug: str) -> Response:
        standing, came = find(slug), _came("poster")
        words = _poster(standing, standing.state(runtime.now()), address(slug, came), runtime.links.url(f"/c/{slug}"), site)
        with turn.taken():
            body = (draw_poster if came.brought_by else drawn_poster)(words)
        return _shared(body, "application/pdf", _PRINTED_SECONDS, f"{slug}-poster.pdf", mine=bool(came.brought_by))

    def find(slug: str) -> Standing:
        standing = find_or_abort(runtime, slug)
        speak_for(standing)
        return standing

    def address(slug: str, came: Attribution) -> str:
        return with_via(runtime.links.url(to(f"/c/{slug}")), came.brought_by or came.source)

    return blueprint


def _came(default: str = "") -> Attribution:
    """What the code says of where it hangs: the label or personal code in the address, where it is one."""
    came = read_attribution(request.args.get("via", ""), "")
    return came if came.brought_by or came.source else Attribution(default, "")


def _picture(runtime: Runtime, standing: Standing) -> bytes | None:
    picture = standing.appearance.picture
    if picture is None:
        return None
    widths = [width for width, _ in picture.sizes]
    return campaigning.picture(runtime, standing, next((width for width in widths if width >= _PICTURE_WIDTH), widths[-1]))


def _poster(standing: Standing, state: State, code: str, page: str, site: str) -> Poster:
    text, here = standing.version(spoken().wanted).text, spoken()
    over = state in (State.CLOSED, State.FINAL)
    when = wording.moment(standing.window.closes_at, standing.zone, here.code)
    return Poster(
        title=text.title, ask=plain(text.ask), site=site, accent=standing.appearance.accent, language=here.wanted,
        recipient=gettext("To: %(recipient)s", recipient=text.recipient) if text.recipient else "",
        call=gettext("Closed") if over else gettext("Add your name"),
        scan=gettext("Scan to read more") if over else gettext("Scan to sign"),
        deadline=last_day(standing, state) if over else gettext("Sign by %(day)s", day=when),
        or_at=gettext("or go to"), address=page.partition("://")[2], code=code,
        footer=gettext("Every signature is confirmed by email. Your email address is never published."),
    )  # fmt: skip


def _shared(body: bytes, mimetype: str, seconds: int, filename: str, *, mine: bool = False) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"{'private' if mine else 'public'}, max-age={seconds}"
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    if negotiated():
        response.vary.add("Accept-Language")
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]


def _for_everybody(response: Response) -> Response:
    """A picture that pages of other sites may show."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
