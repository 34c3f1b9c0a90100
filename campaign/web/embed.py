"""The campaign on other sites: the sign widget, which alone may be framed, and oEmbed, by which editors find it."""

import html
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, render_template, request

from campaign.runtime import Runtime
from campaign.web import arriving
from campaign.web.forms import SignForm
from campaign.web.kept import keep, send
from campaign.web.language import speak_for
from campaign.web.protection import allow_framing, allow_style
from campaign.web.public import PAGE_SECONDS, find_or_abort, form_context
from campaign.web.views import view

WIDGET_WIDTH, WIDGET_HEIGHT = 480, 760
"""CSS pixels of the sign widget before its own script, or its reader's, has given it its height."""
_OEMBED_SECONDS = 3_600


def embed_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/embed` and `/oembed`."""
    blueprint = Blueprint("embed", __name__)
    own_host = arriving.host_of(runtime.settings.base_url)

    @blueprint.get("/c/<slug>/embed")
    def embed(slug: str) -> Response:
        standing = find_or_abort(runtime, slug)
        speak_for(standing)
        shown = view(standing, runtime.now())
        # The page that embeds us is where a signature made here comes from; its address goes no further than this form.
        page = render_template("campaign/embed.html", **form_context(shown, SignForm(), arriving.arrival(own_host)))
        response = send(keep(page), seconds=PAGE_SECONDS, public=arriving.said_by_address())
        return allow_style(allow_framing(response), shown.style_hash)

    @blueprint.get("/oembed")
    def oembed() -> Response:
        if request.args.get("format", "json") != "json":
            abort(501)
        address, ours = urlsplit(request.args.get("url", "")), urlsplit(runtime.settings.base_url)
        slug = address.path.removeprefix(f"{ours.path}/c/")
        if address.netloc != ours.netloc or "/" in slug or address.path == slug:
            abort(404)
        standing = find_or_abort(runtime, slug)
        speak_for(standing)
        shown = view(standing, runtime.now())
        width = min(WIDGET_WIDTH, request.args.get("maxwidth", WIDGET_WIDTH, type=int))
        height = min(WIDGET_HEIGHT, request.args.get("maxheight", WIDGET_HEIGHT, type=int))
        source, title = runtime.links.url(f"{shown.path}/embed"), html.escape(shown.text.title)
        frame = f'<iframe src="{html.escape(source)}" title="{title}" width="{width}" height="{height}"></iframe>'
        answer = jsonify(
            version="1.0", type="rich", title=shown.text.title, provider_name=own_host,
            provider_url=runtime.settings.base_url, html=frame, width=width, height=height, cache_age=_OEMBED_SECONDS,
            thumbnail_url=runtime.links.url(shown.card), thumbnail_width=1200, thumbnail_height=630,
        )  # fmt: skip
        answer.headers["Cache-Control"] = f"public, max-age={_OEMBED_SECONDS}"
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    return blueprint
