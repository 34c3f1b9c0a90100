"""The pictures of campaigns, as re-encoded by us: named by their content, kept by browsers for ever."""

from flask import Blueprint, Response, abort, request

from campaign import campaigning
from campaign.runtime import Runtime
from campaign.web.public import find_or_abort

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=300"
_MOST_KEPT = 32
"""Copies of pictures one process keeps in memory: some two megabytes."""


def campaign_pictures(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/picture-<width>.webp`."""
    blueprint = Blueprint("campaign_picture", __name__)
    kept: dict[tuple[int, str, int], bytes] = {}

    @blueprint.get("/c/<slug>/picture-<int:width>.webp")
    def picture(slug: str, width: int) -> Response:
        standing = find_or_abort(runtime, slug)
        of_campaign = standing.appearance.picture
        if of_campaign is None or width not in dict(of_campaign.sizes):
            abort(404)
        key = (standing.id, of_campaign.hash, width)
        body = kept.get(key)
        if body is None:
            body = campaigning.picture(runtime, standing, width) or abort(404)
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[key] = body
        response = Response(body, mimetype="image/webp")
        response.headers["Cache-Control"] = _FOR_EVER if request.args.get("v") == of_campaign.hash else _FOR_NOW
        response.set_etag(f"{of_campaign.hash}-{width}")
        return response.make_conditional(request)  # type: ignore[return-value]

    return blueprint
