"""The pictures of campaigns, as re-encoded by us: named by their content, kept by browsers for ever."""

from flask import Blueprint, Response, abort, request

from campaign.services.campaigns import create_and_find
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.campaign_lookup import find_campaign_or_abort

_CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
_CACHE_SHORT = "public, max-age=300"
_MAX_CACHED_BYTES = 4 * 1024 * 1024
_PICTURES: Region[bytes | None] = Region(
    "pictures", max_entries=64, max_bytes=_MAX_CACHED_BYTES, size=lambda body: len(body or b"")
)
"""By campaign, hash and width: what they show never changes."""

blueprint = Blueprint("campaign_picture", __name__)


@blueprint.get("/c/<slug>/picture-<int:width>.webp")
def show_picture(slug: str, width: int) -> Response:
    """A campaign's picture in one of its widths."""
    campaign = find_campaign_or_abort(slug)
    picture = campaign.appearance.picture
    if picture is None or width not in dict(picture.sizes):
        abort(404)
    body = process_cache().get(
        _PICTURES, (campaign.id, picture.hash, width), lambda: create_and_find.get_picture(runtime(), campaign, width)
    )
    response = Response(body or abort(404), mimetype="image/webp")
    response.headers["Cache-Control"] = _CACHE_IMMUTABLE if request.args.get("v") == picture.hash else _CACHE_SHORT
    response.set_etag(f"{picture.hash}-{width}")
    return response.make_conditional(request)  # type: ignore[return-value]
