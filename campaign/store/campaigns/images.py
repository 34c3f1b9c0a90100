"""Images of campaigns, re-encoded: their own, and those of their organisers, galleries and updates."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from campaign.domain.campaigns.image import PictureCopy
from campaign.domain.campaigns.text import Illustration, Picture
from campaign.domain.updates.update import UpdateState
from campaign.store.tables import campaigns, images, updates

_OF_CAMPAIGN = images.c.campaign_id == bindparam("campaign_id")
_GET = select(images.c.body).where(
    _OF_CAMPAIGN,
    images.c.hash == bindparam("hash"),
    images.c.width == bindparam("width"),
    images.c.format == bindparam("format"),
)
_GET_PUBLIC = _GET.where(
    or_(
        images.c.update_id.is_(None),
        select(updates.c.id).where(updates.c.id == images.c.update_id, updates.c.state == UpdateState.PUBLISHED).exists(),
    )
)
_DELETE = delete(images).where(_OF_CAMPAIGN, images.c.hash == bindparam("of_hash"))
_DELETE_OF_UPDATE = delete(images).where(_OF_CAMPAIGN, images.c.update_id == bindparam("of_update"))
_COPY = images.insert().from_select(
    ["campaign_id", "hash", "width", "format", "body"],
    select(
        bindparam("to_campaign", type_=images.c.campaign_id.type), images.c.hash, images.c.width, images.c.format,
        images.c.body,
    ).where(images.c.campaign_id == bindparam("from_campaign"), images.c.update_id.is_(None)),
)  # fmt: skip
_SET = update(campaigns).where(campaigns.c.id == bindparam("of_id"))
_SET_PICTURE = _SET.values(picture=bindparam("new_picture", type_=campaigns.c.picture.type))
_SET_ORGANISER_PICTURE = _SET.values(organiser_picture=bindparam("new_picture", type_=campaigns.c.organiser_picture.type))
_SET_GALLERY = _SET.values(gallery=bindparam("pictures", type_=campaigns.c.gallery.type))
_ORIGINAL = campaigns.alias()
_COPY_PLACES = _SET.values(
    {
        name: select(_ORIGINAL.c[name]).where(_ORIGINAL.c.id == bindparam("from_campaign")).scalar_subquery()
        for name in ("picture", "organiser_picture", "gallery")
    }
)


def store_image(
    connection: Connection, campaign_id: int, digest: str, copies: Sequence[PictureCopy], update_id: int | None = None
) -> None:
    """Store the copies of an image that is not there yet. `digest` names it."""
    connection.execute(
        images.insert(),
        [
            {
                "campaign_id": campaign_id, "hash": digest, "width": each.width, "format": each.format, "body": each.body,
                "update_id": update_id,
            }
            for each in copies
        ],
    )  # fmt: skip


def delete_image(connection: Connection, campaign_id: int, digest: str) -> None:
    """Delete all copies of an image."""
    connection.execute(_DELETE, {"campaign_id": campaign_id, "of_hash": digest})


def delete_images_of_update(connection: Connection, campaign_id: int, update_id: int) -> None:
    """Delete all images of an update."""
    connection.execute(_DELETE_OF_UPDATE, {"campaign_id": campaign_id, "of_update": update_id})


def copy_images(connection: Connection, campaign_id: int, to_campaign_id: int) -> None:
    """Copy the images of a campaign itself, not of its updates, to another that has none, and where each of them stands."""
    connection.execute(_COPY, {"from_campaign": campaign_id, "to_campaign": to_campaign_id})
    connection.execute(_COPY_PLACES, {"from_campaign": campaign_id, "of_id": to_campaign_id})


def set_picture(connection: Connection, campaign_id: int, picture: Picture | None) -> None:
    """Say which image is the campaign's own."""
    connection.execute(_SET_PICTURE, {"of_id": campaign_id, "new_picture": picture})


def set_organiser_picture(connection: Connection, campaign_id: int, picture: Picture | None) -> None:
    """Say which image is the organiser's."""
    connection.execute(_SET_ORGANISER_PICTURE, {"of_id": campaign_id, "new_picture": picture})


def set_gallery(connection: Connection, campaign_id: int, pictures: Sequence[Illustration]) -> None:
    """Say which images are in the gallery, in their order."""
    connection.execute(_SET_GALLERY, {"of_id": campaign_id, "pictures": tuple(pictures)})


def get_image(
    connection: Connection, campaign_id: int, digest: str, width: int, image_format: str, *, public: bool
) -> bytes | None:
    """Bytes of one copy; None where there is none. `public`: not those of updates that are not published."""
    given = {"campaign_id": campaign_id, "hash": digest, "width": width, "format": image_format}
    return connection.execute(_GET_PUBLIC if public else _GET, given).scalar_one_or_none()
