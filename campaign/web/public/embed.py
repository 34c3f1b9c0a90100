"""The campaign on other sites: the sign widget, which alone may be framed, and oEmbed, by which editors find it."""

import html
import sys
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, render_template, request

from campaign.rendering.contents import CARD_SIZES
from campaign.web.app_context import runtime
from campaign.web.language import is_language_negotiated, localised_path, use_campaign_language
from campaign.web.public import attribution
from campaign.web.public.cached_campaign_page import campaign_page_response
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_page import sign_form_context
from campaign.web.public.campaign_view import CampaignView, campaign_view
from campaign.web.public.embed_code import WIDGET_HEIGHT_PIXELS, WIDGET_WIDTH_PIXELS
from campaign.web.public.embed_token import new_embed_token
from campaign.web.public.sign_form import SignForm
from campaign.web.security_headers import allow_framing

_OEMBED_SECONDS = 3_600
_CARD_WIDTH_PIXELS, _CARD_HEIGHT_PIXELS = CARD_SIZES["wide"]


blueprint = Blueprint("embed", __name__)


@blueprint.get("/c/<slug>/embed")
def show_widget(slug: str) -> Response:
    """The sign widget."""
    # The page that embeds us is where a signature made here comes from; its address goes no further than this form.
    return allow_framing(campaign_page_response("widget", find_campaign_or_abort(slug), _embed_token, _render_widget))


@blueprint.get("/oembed")
def show_oembed() -> Response:
    """What an editor needs to embed the page whose address it asks about."""
    if request.args.get("format", "json") != "json":
        abort(501)
    campaign = find_campaign_or_abort(_slug_from_url(request.args.get("url", ""), runtime().settings.base_url) or abort(404))
    use_campaign_language(campaign)
    shown = campaign_view(campaign, runtime().now())
    most_wide, most_high = _max_pixels("maxwidth"), _max_pixels("maxheight")
    width, height = min(WIDGET_WIDTH_PIXELS, most_wide), min(WIDGET_HEIGHT_PIXELS, most_high)
    source, title = runtime().tokens.absolute_url(localised_path(f"{shown.path}/embed")), html.escape(shown.text.title)
    page = html.escape(runtime().tokens.absolute_url(localised_path(shown.path)))
    # WordPress shows the quotation until the frame has told its height, and where it allows no frame.
    frame = (
        f'<blockquote class="wp-embedded-content"><a href="{page}">{title}</a></blockquote>'
        f'<iframe class="wp-embedded-content" src="{html.escape(source)}" title="{title}" '
        f'width="{width}" height="{height}"></iframe>'
    )
    answer = jsonify(
        version="1.0",
        type="rich",
        title=shown.text.title,
        provider_name=attribution.host_name(runtime().settings.base_url),
        provider_url=runtime().settings.base_url,
        html=frame,
        width=width,
        height=height,
        cache_age=_OEMBED_SECONDS,
        **(
            _thumbnail(runtime().tokens.absolute_url(shown.card_url))
            if most_wide >= _CARD_WIDTH_PIXELS and most_high >= _CARD_HEIGHT_PIXELS
            else {}
        ),
    )
    if is_language_negotiated():
        answer.vary.add("Accept-Language")
    answer.headers["Cache-Control"] = f"public, max-age={_OEMBED_SECONDS}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _embed_token(shown: CampaignView) -> str:
    return new_embed_token(shown.slug)


def _render_widget(shown: CampaignView, embed_token: str) -> str:
    return render_template("campaign/embed.html", **sign_form_context(shown, SignForm(), embed_token=embed_token))


def _slug_from_url(address: str, base_url: str) -> str:
    """The slug of the campaign whose page is at an address; "" where it is none of ours."""
    try:
        asked, ours = urlsplit(address), urlsplit(base_url)
    except ValueError:
        return ""
    campaigns = f"{ours.path}/c/"
    slug = asked.path.removeprefix(campaigns) if asked.path.startswith(campaigns) else ""
    return slug if asked.netloc.lower() == ours.netloc.lower() and "/" not in slug else ""


def _max_pixels(name: str) -> int:
    """The most pixels there is room for where it is shown; more than enough where that is not said."""
    most = request.args.get(name, 0, type=int)
    return most if most > 0 else sys.maxsize


def _thumbnail(url: str) -> dict[str, str | int]:
    return {"thumbnail_url": url, "thumbnail_width": _CARD_WIDTH_PIXELS, "thumbnail_height": _CARD_HEIGHT_PIXELS}
