"""The campaign on other sites: the sign widget, which alone may be framed, and oEmbed, by which editors find it."""

import html
import sys
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, render_template, request

from campaign.drawing import card
from campaign.runtime import Runtime
from campaign.web import arriving
from campaign.web.form_pages import FormPages
from campaign.web.forms import SignForm
from campaign.web.language import negotiated, speak_for, to
from campaign.web.protection import allow_framing
from campaign.web.public import find_or_abort, form_context
from campaign.web.views import view

WIDGET_WIDTH, WIDGET_HEIGHT = 480, 760
"""CSS pixels of the sign widget before its own script, or its reader's, has given it its height."""
_OEMBED_SECONDS = 3_600


def embed_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/embed` and `/oembed`."""
    blueprint = Blueprint("embed", __name__)
    own_host = arriving.host_of(runtime.settings.base_url)
    pages = FormPages(runtime, lambda shown: render_template("campaign/embed.html", **form_context(shown, SignForm())))

    @blueprint.get("/c/<slug>/embed")
    def embed(slug: str) -> Response:
        # The page that embeds us is where a signature made here comes from; its address goes no further than this form.
        return allow_framing(pages.answer(find_or_abort(runtime, slug)))

    @blueprint.get("/oembed")
    def oembed() -> Response:
        if request.args.get("format", "json") != "json":
            abort(501)
        standing = find_or_abort(runtime, _slug(request.args.get("url", ""), runtime.settings.base_url) or abort(404))
        speak_for(standing)
        shown = view(standing, runtime.now())
        most_wide, most_high = _room("maxwidth"), _room("maxheight")
        width, height = min(WIDGET_WIDTH, most_wide), min(WIDGET_HEIGHT, most_high)
        source, title = runtime.links.url(to(f"{shown.path}/embed")), html.escape(shown.text.title)
        frame = f'<iframe src="{html.escape(source)}" title="{title}" width="{width}" height="{height}"></iframe>'
        answer = jsonify(
            version="1.0", type="rich", title=shown.text.title, provider_name=own_host,
            provider_url=runtime.settings.base_url, html=frame, width=width, height=height, cache_age=_OEMBED_SECONDS,
            **(_thumbnail(runtime.links.url(shown.card)) if most_wide >= card.WIDTH and most_high >= card.HEIGHT else {}),
        )  # fmt: skip
        if negotiated():
            answer.vary.add("Accept-Language")
        answer.headers["Cache-Control"] = f"public, max-age={_OEMBED_SECONDS}"
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    return blueprint


def _slug(address: str, base_url: str) -> str:
    """The slug of the campaign whose page is at an address; "" where it is none of ours."""
    try:
        asked, ours = urlsplit(address), urlsplit(base_url)
    except ValueError:
        return ""
    campaigns = f"{ours.path}/c/"
    slug = asked.path.removeprefix(campaigns) if asked.path.startswith(campaigns) else ""
    return slug if asked.netloc.lower() == ours.netloc.lower() and "/" not in slug else ""


def _room(name: str) -> int:
    """The most pixels whoever asks has room for, and more than enough where that is not said."""
    most = request.args.get(name, 0, type=int)
    return most if most > 0 else sys.maxsize


def _thumbnail(url: str) -> dict[str, str | int]:
    return {"thumbnail_url": url, "thumbnail_width": card.WIDTH, "thumbnail_height": card.HEIGHT}
