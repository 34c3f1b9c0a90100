"""Pictures for sharing: the card other sites show, the QR code, the poster and the badge."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Blueprint, Response, request

from campaign.config import site_name
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.signatures.attribution import Attribution, read_attribution
from campaign.rendering.bounded_process import ProcessFailedError
from campaign.rendering.contents import Card, CardShape, Poster
from campaign.rendering.drawing import draw_badge, draw_card, draw_plain_card, draw_poster
from campaign.rendering.markdown import one_line_text
from campaign.rendering.qr import qr_png, qr_svg
from campaign.services.campaigns import images
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.language import is_language_negotiated, page_language, shared_path, use_campaign_language
from campaign.web.public.cached_card import CARDS, DRAWING, DrawnCard, drawn_card
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.cards import campaign_card, card_version, closing_day_label, text_around_number
from campaign.web.public.share_links import with_via
from campaign.web.single_flight import BusyError
from campaign.web.translation import gettext

_CARD_MAX_AGE_SECONDS, _STALE_CARD_MAX_AGE_SECONDS = 3_600, 60
"""How long anybody may keep the card an address names, and one that is there in place of another."""
_BADGE_MAX_AGE_SECONDS, _BADGE_REGION_SECONDS = 30, 30.0
"""How long a badge may be kept by anybody, and how old its number may be here: a minute together. While people sign, each
badge would be another one."""
_PRINT_MAX_AGE_SECONDS = 3_600
_MIN_PICTURE_WIDTH_PIXELS = 1080
"""Pixels of the copy of a picture that a card is drawn with, where there is one so wide."""
_CODES: Region[bytes] = Region("codes", max_entries=512, max_bytes=4 * 1024 * 1024, size=len)
_PLAIN_CARDS: Region[bytes] = Region(
    "plain cards", max_entries=64, max_bytes=2 * 1024 * 1024, size=len, flight="plain cards"
)  # fmt: skip
_POSTERS: Region[bytes] = Region("posters", max_entries=64, max_bytes=8 * 1024 * 1024, size=len, flight=DRAWING)


@dataclass(frozen=True, slots=True)
class _Badge:
    """A badge, and the label, number and colour that it shows."""

    words: tuple[str, str, str]
    svg: bytes


BADGES: Region[_Badge] = Region(
    "badges", max_entries=512, seconds=_BADGE_REGION_SECONDS, max_bytes=2 * 1024 * 1024, size=lambda badge: len(badge.svg),
    flight=DRAWING,
)  # fmt: skip

log = structlog.get_logger(__name__)

blueprint = Blueprint("share_media", __name__)


@blueprint.get("/c/<slug>/card.png")
@blueprint.get("/c/<slug>/card.jpg")
def show_card(slug: str) -> Response:
    """The picture that other sites show when the campaign is shared."""
    return _card_response(_campaign_in_language(slug), "wide", request.args.get("v", ""))


@blueprint.get("/c/<slug>/card-<any(square, story):shape>.<any(png, jpg):_kind>")
def show_card_of_shape(slug: str, shape: CardShape, _kind: str) -> Response:
    """The card for a post or a story, to be downloaded."""
    return _card_response(_campaign_in_language(slug), shape)


def _card_response(campaign: Campaign, shape: CardShape, version: str = "") -> Response:
    wanted = campaign_card(campaign, runtime().now(), site_name(runtime().settings))
    here, name = page_language(), campaign.slug if shape == "wide" else f"{campaign.slug}-{shape}"

    def draw(card: Card, picture: bytes | None) -> bytes:
        return draw_card(card, picture, shape, _organiser_picture(campaign) if card.logo else None)

    key = (campaign.slug, here.code, here.content_code, shape)
    try:
        drawn = drawn_card(process_cache(), key, wanted, draw, lambda: _card_picture(campaign))
    except (BusyError, ProcessFailedError) as error:
        if isinstance(error, ProcessFailedError):
            log.warning("A card could not be drawn", cause=str(error))
        drawn = process_cache().last(CARDS, key) or _plain_card(wanted, shape)
        version = ""
    named = drawn.card == wanted and version == card_version(wanted)
    response = _cacheable_response(
        drawn.image, drawn.mimetype, _CARD_MAX_AGE_SECONDS if named else _STALE_CARD_MAX_AGE_SECONDS,
        f"{name}.{'jpg' if drawn.picture else 'png'}",
    )  # fmt: skip
    return _allow_cross_origin(response)


def _plain_card(card: Card, shape: CardShape) -> DrawnCard:
    """The name of the site on the campaign's colour, drawn once: what is shown while others are drawn and this one never was. A
    crawler that is sent away would show no picture at all for days."""
    plain = (card.accent, card.site, shape)
    return DrawnCard(card, process_cache().get(_PLAIN_CARDS, plain, lambda: draw_plain_card(*plain)), None)


@blueprint.get("/c/<slug>/badge.svg")
def show_badge(slug: str) -> Response:
    """The very number of a minute ago at most, as a small picture for other sites."""
    campaign = _campaign_in_language(slug)
    label = " ".join(text_around_number(campaign.signatures)).strip()
    words = (label, localised.number(campaign.signatures), campaign.appearance.accent)
    key = (campaign.slug, page_language().code)

    def load() -> _Badge:
        last = process_cache().last(BADGES, key)
        return last if last is not None and last.words == words else _Badge(words, draw_badge(*words))

    badge = process_cache().get(BADGES, key, load)
    return _allow_cross_origin(_cacheable_response(badge.svg, "image/svg+xml", _BADGE_MAX_AGE_SECONDS, f"{slug}-badge.svg"))


@blueprint.get("/c/<slug>/qr.svg")
def show_qr_svg(slug: str) -> Response:
    """The QR code that leads to the campaign, as SVG."""
    campaign = _campaign_in_language(slug)
    came, label = _attribution_from_query(), gettext("QR code that leads to this campaign")
    body = _qr_code(came, _shared_url(campaign, came), "svg", lambda url: qr_svg(url, label), label)
    return _allow_cross_origin(
        _cacheable_response(body, "image/svg+xml", _PRINT_MAX_AGE_SECONDS, f"{slug}-qr.svg", personal=bool(came.referral_code))
    )


@blueprint.get("/c/<slug>/qr.png")
def show_qr_png(slug: str) -> Response:
    """The same as PNG."""
    campaign = _campaign_in_language(slug)
    came = _attribution_from_query()
    body = _qr_code(came, _shared_url(campaign, came), "png", qr_png)
    return _allow_cross_origin(
        _cacheable_response(body, "image/png", _PRINT_MAX_AGE_SECONDS, f"{slug}-qr.png", personal=bool(came.referral_code))
    )


@blueprint.get("/c/<slug>/poster.pdf")
def show_poster(slug: str) -> Response:
    """A page to print and hang up, with the QR code."""
    campaign, came = _campaign_in_language(slug), _attribution_from_query("poster")
    poster = _poster(
        campaign, campaign.state(runtime().now()), _shared_url(campaign, came), runtime().tokens.absolute_url(f"/c/{slug}"),
        site_name(runtime().settings),
    )  # fmt: skip
    if came.referral_code:
        with process_cache().flight(DRAWING).acquired():
            body = draw_poster(poster)
    else:
        body = process_cache().get(_POSTERS, poster, lambda: draw_poster(poster))
    return _cacheable_response(
        body, "application/pdf", _PRINT_MAX_AGE_SECONDS, f"{slug}-poster.pdf", personal=bool(came.referral_code)
    )


def _qr_code(came: Attribution, url: str, kind: str, draw: Callable[[str], bytes], label: str = "") -> bytes:
    """A code: cached, but for those with somebody's personal code in them."""
    return draw(url) if came.referral_code else process_cache().get(_CODES, (kind, url, label), lambda: draw(url))


def _campaign_in_language(slug: str) -> Campaign:
    campaign = find_campaign_or_abort(slug)
    use_campaign_language(campaign)
    return campaign


def _shared_url(campaign: Campaign, attribution: Attribution) -> str:
    return with_via(runtime().tokens.absolute_url(shared_path(campaign)), attribution.referral_code or attribution.source)


def _attribution_from_query(default: str = "") -> Attribution:
    """What the code says of where it hangs: the label or personal code in the address, where it is one."""
    came = read_attribution(request.args.get("via", ""), "")
    return came if came.referral_code or came.source else Attribution(default, "")


def _card_picture(campaign: Campaign) -> bytes | None:
    picture = campaign.appearance.picture
    if picture is None:
        return None
    widths = [width for width, _ in picture.sizes]
    wanted = next((width for width in widths if width >= _MIN_PICTURE_WIDTH_PIXELS), widths[-1])
    return images.get_image(runtime(), campaign.id, picture.hash, wanted, "webp")


def _organiser_picture(campaign: Campaign) -> bytes | None:
    """The largest copy of it, for cards and posters."""
    picture = campaign.appearance.organiser_picture
    if picture is None:
        return None
    return images.get_image(runtime(), campaign.id, picture.hash, picture.sizes[-1][0], "jpg")


def _poster(campaign: Campaign, state: CampaignState, code: str, page: str, site: str) -> Poster:
    text, here = campaign.in_language(page_language().content_code).text, page_language()
    over = state in (CampaignState.CLOSED, CampaignState.FINAL)
    when = localised.deadline(campaign.window.closes_at, campaign.zone)
    return Poster(
        title=text.title, ask=one_line_text(text.ask), site=site, accent=campaign.appearance.accent, language=here.content_code,
        recipient=gettext("To: %(recipient)s", recipient=text.recipient) if text.recipient else "",
        organiser=gettext("Started by %(organiser)s", organiser=campaign.appearance.organiser)
        if campaign.appearance.organiser
        else "",
        organiser_picture=_organiser_picture(campaign) or b"",
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
