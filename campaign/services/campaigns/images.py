"""Images of a campaign beside its own picture: its organiser's, and its gallery. Those of updates are in `updates.picture`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.campaigns.image import picture_of_copies
from campaign.domain.campaigns.text import Illustration, Picture
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.campaigns.edit import versioned_edit
from campaign.store.campaigns import images, versioned_edits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.image import PictureCopy
    from campaign.runtime import Runtime

MAX_GALLERY = 6
"""Pictures and videos below a campaign's text."""
_ORGANISER, _GALLERY = "organiser", "gallery"


def get_image(
    runtime: Runtime, campaign_id: int, digest: str, width: int, image_format: str, *, public: bool = True
) -> bytes | None:
    """One copy of an image; None where there is none. `public`: not those of updates that are not published."""
    with runtime.reading() as connection:
        return images.get_image(connection, campaign_id, digest, width, image_format, public=public)


def change_organiser_picture(
    runtime: Runtime, actor: Actor, campaign_id: int, revision: int, copies: Sequence[PictureCopy]
) -> None:
    """Give a campaign's organiser a picture or logo, in place of the one there is; none at all without copies. Raises
    EditConflictError."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        before = opened.campaign.appearance.organiser_picture
        if before is not None:
            images.delete_image(connection, campaign_id, before.hash)
        after = None
        if copies:
            after = picture_of_copies(copies, _ORGANISER)
            images.store_image(connection, campaign_id, after.hash, copies)
        images.set_organiser_picture(connection, campaign_id, after)
        versioned_edits.record_change(
            connection, actor, "change organiser picture", opened, runtime.now(), _named(before), _named(after)
        )


def add_to_gallery(
    runtime: Runtime, actor: Actor, campaign_id: int, revision: int, copies: Sequence[PictureCopy], alts: Mapping[str, str],
    url: str,
) -> None:  # fmt: skip
    """Add a picture, or with `url` a video, to the gallery; `alts` says in each language what it shows. Raises
    EditConflictError, and InvalidInputError where it is full or has the picture already."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        gallery = opened.campaign.appearance.gallery
        picture = picture_of_copies(copies, _GALLERY)
        if len(gallery) >= MAX_GALLERY:
            raise InvalidInputError("There is room for %(most)d. Take one away first.", most=MAX_GALLERY)
        if any(each.picture.hash == picture.hash for each in gallery):
            raise InvalidInputError("This picture is there already.")
        images.store_image(connection, campaign_id, picture.hash, copies)
        added = Illustration(picture, tuple(alts.items()), url)
        images.set_gallery(connection, campaign_id, [*gallery, added])
        versioned_edits.record_change(connection, actor, "add to gallery", opened, runtime.now(), {}, _named(picture))


def remove_from_gallery(runtime: Runtime, actor: Actor, campaign_id: int, revision: int, digest: str) -> None:
    """Take a picture out of the gallery, where it is there. Raises EditConflictError."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        gallery = opened.campaign.appearance.gallery
        images.set_gallery(connection, campaign_id, [each for each in gallery if each.picture.hash != digest])
        if any(each.picture.hash == digest for each in gallery):
            images.delete_image(connection, campaign_id, digest)
        versioned_edits.record_change(connection, actor, "remove from gallery", opened, runtime.now(), {"picture": digest}, {})


def _named(picture: Picture | None) -> dict[str, str]:
    return {"picture": picture.hash} if picture else {}
