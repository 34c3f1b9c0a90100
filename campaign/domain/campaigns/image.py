"""Image: copies of a picture as files, where each is found, and how large an organiser's is shown."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from campaign.domain.campaigns.text import Picture

PictureUse = Literal["picture", "illustration", "logo"]
"""The campaign's own picture, one of its gallery or of an update, and the organiser's."""
MAX_MEGABYTES = 10
"""Megabytes of a file that is uploaded."""
ImageFormat = Literal["webp", "jpg"]
"""Ending of a file's name; mails and feed readers do not all know the first."""
IMAGE_MIMETYPES: dict[str, str] = {"webp": "image/webp", "jpg": "image/jpeg"}
ORGANISER_HEIGHT_PIXELS, MAX_ORGANISER_WIDTH_PIXELS = 48, 144
"""The box that an organiser's picture or logo is shown in, on pages and in mails."""
CAMPAIGN_PLACE, ORGANISER_PLACE, GALLERY_PLACE = "campaign", "organiser", "gallery"
"""Places of images in a campaign; an update is one too."""

_IMAGE_NAME = re.compile(r"([0-9a-f]{16})-([1-9][0-9]{0,3})\.(webp|jpg)")


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """The picture in one width, encoded."""

    width: int
    height: int
    body: bytes
    format: ImageFormat = "webp"


def picture_of_copies(copies: Sequence[PictureCopy], place: str) -> Picture:
    """The picture of its copies, in their order. Its hash is made of their bytes, and of its place in the campaign: what is
    deleted in one place is in no other."""
    digest = hashlib.sha256(place.encode() + b"".join(each.body for each in copies)).hexdigest()[:16]
    return Picture(digest, tuple((each.width, each.height) for each in copies))


def image_path(path: str, picture: Picture, width: int, image_format: ImageFormat) -> str:
    """Where a copy of an image is; `path` is that of its campaign, at the desk or for everybody. It never shows another."""
    return f"{path}/image-{picture.hash}-{width}.{image_format}"


def read_image_name(name: str) -> tuple[str, int, str] | None:
    """Hash, width and format of a copy, from the last part of its path after "image-"; None for what names none."""
    found = _IMAGE_NAME.fullmatch(name)
    return (found[1], int(found[2]), found[3]) if found else None


def organiser_picture_size(picture: Picture) -> tuple[int, int]:
    """Width and height in which an organiser's picture is shown."""
    width, height = picture.sizes[0]
    scale = min(1.0, ORGANISER_HEIGHT_PIXELS / height, MAX_ORGANISER_WIDTH_PIXELS / width)
    return max(1, round(width * scale)), max(1, round(height * scale))
