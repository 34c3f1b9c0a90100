"""The pictures of campaigns, as re-encoded by us: named by their content, kept by browsers for ever."""

from flask import Blueprint, Response, abort, request

from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.web.public.campaign_page import find_campaign_or_abort

_CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
_CACHE_SHORT = "public, max-age=300"
_MAX_CACHED_PICTURES = 32
"""Copies of pictures one process keeps in memory: some two megabytes."""


def campaign_pictures(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/picture-<width>.webp`."""
    blueprint = Blueprint("campaign_picture", __name__)
    kept: dict[tuple[int, str, int], bytes] = {}

    @blueprint.get("/c/<slug>/picture-<int:width>.webp")
    def campaign_picture(slug: str, width: int) -> Response:
        campaign = find_campaign_or_abort(runtime, slug)
        of_campaign = campaign.appearance.picture
        if of_campaign is None or width not in dict(of_campaign.sizes):
            abort(404)
        key = (campaign.id, of_campaign.hash, width)
        body = kept.get(key)
        if body is None:
            body = create_and_find.get_picture(runtime, campaign, width) or abort(404)
            if len(kept) >= _MAX_CACHED_PICTURES:
                kept.clear()
            kept[key] = body
        response = Response(body, mimetype="image/webp")
        response.headers["Cache-Control"] = _CACHE_IMMUTABLE if request.args.get("v") == of_campaign.hash else _CACHE_SHORT
        response.set_etag(f"{of_campaign.hash}-{width}")
        return response.make_conditional(request)  # type: ignore[return-value]

    return blueprint
