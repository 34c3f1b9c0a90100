"""What we draw for campaigns: the card other sites show, the QR code, the poster and the badge."""

import hashlib
from functools import lru_cache

from flask import Blueprint, Response, request

from campaign.config import site_name
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.common import formatting
from campaign.domain.signatures.attribution import Attribution, read_attribution
from campaign.rendering.badge import badge_svg
from campaign.rendering.card import draw_card
from campaign.rendering.markdown import plain_text
from campaign.rendering.poster import Poster, draw_poster
from campaign.rendering.qr import qr_png, qr_svg
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.web.cache.card_cache import CardCache
from campaign.web.cache.single_flight import SingleFlight
from campaign.web.language import gettext, is_language_negotiated, localised_path, page_language, use_campaign_language
from campaign.web.public.campaign_page import find_campaign_or_abort
from campaign.web.public.cards import campaign_card, card_version, closing_day_label, text_around_number
from campaign.web.public.labels import localised_number
from campaign.web.public.share_links import with_via

_CARD_MAX_AGE_SECONDS, _STALE_CARD_MAX_AGE_SECONDS = 3_600, 60
"""How long anybody may keep the card an address names, and one that is there in place of another."""
_BADGE_MAX_AGE_SECONDS = 60
_PRINT_MAX_AGE_SECONDS = 3_600
_PICTURE_WIDTH_PIXELS = 452
"""Pixels of a picture on a card."""


def picture_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/card.png`, `qr.svg`, `qr.png`, `poster.pdf` and `badge.svg`."""
    blueprint = Blueprint("pictures", __name__)
    turn = SingleFlight()
    rack, site = CardCache(turn), site_name(runtime.settings)
    drawn_poster = lru_cache(maxsize=32)(draw_poster)
    drawn_badge = lru_cache(maxsize=128)(badge_svg)
    drawn_svg, drawn_png = lru_cache(maxsize=128)(qr_svg), lru_cache(maxsize=64)(qr_png)

    @blueprint.get("/c/<slug>/card.png")
    def card_png(slug: str) -> Response:
        campaign = campaign_in_language(slug)
        wanted = campaign_card(campaign, runtime.now(), site)
        here = page_language()
        drawn = rack.get((slug, here.code, here.content_code), wanted, draw_card, lambda: _card_picture(runtime, campaign))
        named = drawn.card == wanted and request.args.get("v") == card_version(wanted)
        response = _cacheable_response(
            drawn.png, "image/png", _CARD_MAX_AGE_SECONDS if named else _STALE_CARD_MAX_AGE_SECONDS, f"{slug}.png"
        )
        return _allow_cross_origin(response)

    @blueprint.get("/c/<slug>/badge.svg")
    def badge_svg_response(slug: str) -> Response:
        campaign = campaign_in_language(slug)
        label = " ".join(text_around_number(campaign.signatures)).strip()
        body = drawn_badge(label, localised_number(campaign.signatures), campaign.appearance.accent)
        return _allow_cross_origin(_cacheable_response(body, "image/svg+xml", _BADGE_MAX_AGE_SECONDS, f"{slug}-badge.svg"))

    @blueprint.get("/c/<slug>/qr.svg")
    def qr_as_svg(slug: str) -> Response:
        campaign_in_language(slug)
        came, label = _attribution_from_query(), gettext("QR code that leads to this campaign")
        draw = qr_svg if came.brought_by else drawn_svg
        body = draw(shared_url(slug, came), label)
        return _allow_cross_origin(
            _cacheable_response(body, "image/svg+xml", _PRINT_MAX_AGE_SECONDS, f"{slug}-qr.svg", personal=bool(came.brought_by))
        )

    @blueprint.get("/c/<slug>/qr.png")
    def qr_as_png(slug: str) -> Response:
        campaign_in_language(slug)
        came = _attribution_from_query()
        body = (qr_png if came.brought_by else drawn_png)(shared_url(slug, came))
        return _allow_cross_origin(
            _cacheable_response(body, "image/png", _PRINT_MAX_AGE_SECONDS, f"{slug}-qr.png", personal=bool(came.brought_by))
        )

    @blueprint.get("/c/<slug>/poster.pdf")
    def poster_pdf(slug: str) -> Response:
        campaign, came = campaign_in_language(slug), _attribution_from_query("poster")
        words = _poster_content(
            campaign, campaign.state(runtime.now()), shared_url(slug, came), runtime.tokens.absolute_url(f"/c/{slug}"), site
        )
        with turn.acquired():
            body = (draw_poster if came.brought_by else drawn_poster)(words)
        return _cacheable_response(
            body, "application/pdf", _PRINT_MAX_AGE_SECONDS, f"{slug}-poster.pdf", personal=bool(came.brought_by)
        )

    def campaign_in_language(slug: str) -> Campaign:
        campaign = find_campaign_or_abort(runtime, slug)
        use_campaign_language(campaign)
        return campaign

    def shared_url(slug: str, attribution: Attribution) -> str:
        return with_via(runtime.tokens.absolute_url(localised_path(f"/c/{slug}")), attribution.brought_by or attribution.source)

    return blueprint


def _attribution_from_query(default: str = "") -> Attribution:
    """What the code says of where it hangs: the label or personal code in the address, where it is one."""
    came = read_attribution(request.args.get("via", ""), "")
    return came if came.brought_by or came.source else Attribution(default, "")


def _card_picture(runtime: Runtime, campaign: Campaign) -> bytes | None:
    picture = campaign.appearance.picture
    if picture is None:
        return None
    widths = [width for width, _ in picture.sizes]
    return create_and_find.get_picture(
        runtime, campaign, next((width for width in widths if width >= _PICTURE_WIDTH_PIXELS), widths[-1])
    )


def _poster_content(campaign: Campaign, state: CampaignState, code: str, page: str, site: str) -> Poster:
    text, here = campaign.in_language(page_language().content_code).text, page_language()
    over = state in (CampaignState.CLOSED, CampaignState.FINAL)
    when = formatting.format_deadline(campaign.window.closes_at, campaign.zone, here.code)
    return Poster(
        title=text.title, ask=plain_text(text.ask), site=site, accent=campaign.appearance.accent, language=here.content_code,
        recipient=gettext("To: %(recipient)s", recipient=text.recipient) if text.recipient else "",
        call_to_action=gettext("Closed") if over else gettext("Add your name"),
        scan_label=gettext("Scan to read more") if over else gettext("Scan to sign"),
        deadline=closing_day_label(campaign, state) if over else gettext("Sign by %(day)s", day=when),
        address_label=gettext("or go to"), printed_address=page.partition("://")[2], qr_url=code,
        footer=gettext("Every signature is confirmed by email. Your email address is never published."),
    )  # fmt: skip


def _cacheable_response(body: bytes, mimetype: str, max_age_seconds: int, filename: str, *, personal: bool = False) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"{'private' if personal else 'public'}, max-age={max_age_seconds}"
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    if is_language_negotiated():
        response.vary.add("Accept-Language")
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]


def _allow_cross_origin(response: Response) -> Response:
    """A picture that pages of other sites may show."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
