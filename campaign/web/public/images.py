"""Images of campaigns, as re-encoded by us: named by their content, kept by browsers for ever."""

from flask import Blueprint, Response, abort, redirect, request

from campaign.domain.campaigns.image import IMAGE_MIMETYPES, image_path, read_image_name
from campaign.services.campaigns import images
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.campaign_lookup import find_campaign_or_abort

_CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
_CACHE_SHORT = "public, max-age=300"
_MAX_CACHED_BYTES = 8 * 1024 * 1024
_IMAGES: Region[bytes | None] = Region(
    "images", max_entries=256, max_bytes=_MAX_CACHED_BYTES, size=lambda body: len(body or b"")
)
"""By campaign, hash, width and format, and by revision what belongs to an update; None for one that is not published."""

blueprint = Blueprint("images", __name__)


@blueprint.get("/c/<slug>/image-<name>")
def show_image(slug: str, name: str) -> Response:
    """A picture of a campaign, its organiser, its gallery or its updates, in one of its widths: also for mails and other
    sites."""
    campaign = find_campaign_or_abort(slug)
    digest, width, kind = read_image_name(name) or abort(404)
    # What the campaign itself shows stays what it is while signatures are counted. An update's is public only once that is,
    # and by then the campaign has another revision.
    shown = next((picture for picture in campaign.appearance.pictures if picture.hash == digest), None)
    if shown is not None and width not in dict(shown.sizes):
        abort(404)
    key = (campaign.id, 0 if shown else campaign.revision, digest, width, kind)

    def read() -> bytes | None:
        body = images.get_image(runtime(), campaign.id, digest, width, kind)
        if body is None and shown is not None:
            abort(404)  # It has just been taken away. Somebody may give the same again, so that is not kept.
        return body

    response = image_response(process_cache().get(_IMAGES, key, read), kind)
    response.headers["Cache-Control"] = _CACHE_IMMUTABLE
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(name)
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/c/<slug>/picture-<int:width>.webp")
def redirect_picture(slug: str, width: int) -> Response:
    """Address that a campaign's own picture had before images were named by their content; others may have kept it."""
    campaign = find_campaign_or_abort(slug)
    picture = campaign.appearance.picture
    if picture is None or width not in dict(picture.sizes):
        abort(404)
    response = redirect(image_path(f"/c/{campaign.slug}", picture, width, "webp"))
    response.headers["Cache-Control"] = _CACHE_SHORT
    return response  # type: ignore[return-value]


def image_response(body: bytes | None, kind: str) -> Response:
    """The answer with an image; 404 without one."""
    return Response(body or abort(404), mimetype=IMAGE_MIMETYPES[kind])
