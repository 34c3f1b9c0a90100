"""The pictures of campaigns, as re-encoded by us: named by their content, kept by browsers for ever."""

from flask import Blueprint, Response, abort, request

from campaign.domain.campaigns.image import IMAGE_MIMETYPES, read_image_name
from campaign.services.campaigns import create_and_find, images
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
_IMAGES: Region[bytes | None] = Region(
    "images", max_entries=256, max_bytes=_MAX_CACHED_BYTES, size=lambda body: len(body or b"")
)
"""By campaign, hash, width and format; None for what is not there, or not published yet."""

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


@blueprint.get("/c/<slug>/image-<name>")
def show_image(slug: str, name: str) -> Response:
    """A picture of a campaign's organiser, its gallery or its updates, in one of its widths: also for mails and other sites."""
    campaign = find_campaign_or_abort(slug)
    digest, width, kind = read_image_name(name) or abort(404)
    key = (campaign.id, campaign.revision, digest, width, kind)
    body = process_cache().get(_IMAGES, key, lambda: images.get_image(runtime(), campaign.id, digest, width, kind))
    response = image_response(body, kind)
    response.headers["Cache-Control"] = _CACHE_IMMUTABLE
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(name)
    return response.make_conditional(request)  # type: ignore[return-value]


def image_response(body: bytes | None, kind: str) -> Response:
    """The answer with an image; 404 without one."""
    return Response(body or abort(404), mimetype=IMAGE_MIMETYPES[kind])
