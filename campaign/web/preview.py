"""A campaign's page before it is published, for who has its link: nobody can sign there, nobody keeps it, nobody finds it."""

from dataclasses import replace

from flask import Blueprint, Response, abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from campaign import campaigning, drafting
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.web.forms import SignForm
from campaign.web.language import speak_for
from campaign.web.protection import allow_style, private, secret
from campaign.web.public import form_context
from campaign.web.share_links import share_links
from campaign.web.views import picture_view, view


def preview_pages(runtime: Runtime) -> Blueprint:
    """`GET /preview/<slug>/<key>`."""
    blueprint = Blueprint("preview", __name__)

    @blueprint.get("/preview/<slug>/<key>")
    def preview(slug: str, key: str) -> ResponseReturnValue:
        standing = opened(slug, key)
        if standing.published:
            return secret(make_response(redirect(f"/c/{standing.slug}", 303)))
        return secret(preview_page(runtime, standing, f"/preview/{slug}/{key}"))

    @blueprint.get("/preview/<slug>/<key>/picture-<int:width>.webp")
    def picture(slug: str, key: str, width: int) -> ResponseReturnValue:
        body = campaigning.picture(runtime, opened(slug, key), width) or abort(404)
        return secret(Response(body, mimetype="image/webp"))

    def opened(slug: str, key: str) -> Standing:
        standing = drafting.previewed(runtime, slug, key)
        if standing is None or standing.taken_down:
            abort(404)
        return standing

    return blueprint


def preview_page(runtime: Runtime, standing: Standing, path: str, desk: str = "") -> Response:
    """The page of a campaign as it will look while it is open. `path` is where its picture is had from; `desk` is where those
    came from who have an account."""
    speak_for(standing)
    shown = view(standing, runtime.now())
    shown = replace(
        shown, state="open" if shown.state == "scheduled" or not standing.published else shown.state,
        picture=picture_view(path, standing.appearance.picture, shown.picture.alt if shown.picture else ""),
    )  # fmt: skip
    shares = share_links(runtime.links.url(shown.path), shown.share_text, shown.text.title)
    page = render_template("campaign/preview.html", **form_context(shown, SignForm()), shares=shares, desk=desk)
    return private(allow_style(make_response(page), shown.style_hash))
