"""Picture of an update: given, described and taken away at the desk, before and after it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.campaigns.image import picture_of_copies
from campaign.domain.campaigns.text import Illustration
from campaign.services.updates.write import UpdateConflictError
from campaign.store.accounts import audit_log
from campaign.store.campaigns import images
from campaign.store.updates import updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.domain.campaigns.image import PictureCopy
    from campaign.runtime import Runtime
    from campaign.store.updates.updates import Update


def change_picture(
    runtime: Runtime, actor: Actor, campaign: Campaign, update: Update, seen: int, copies: Sequence[PictureCopy], alt: str
) -> None:
    """Give an update a picture, or, without copies, say what the one it has shows. `seen` is the revision the form was made
    from. Raises UpdateConflictError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        picture = update.picture.picture if update.picture else None
        if copies:
            picture = picture_of_copies(copies, f"update {update.id}")
            images.delete_images_of_update(connection, campaign.id, update.id)
            images.store_image(connection, campaign.id, picture.hash, copies, update.id)
        if picture is None:
            raise UpdateConflictError
        shown = Illustration(picture, ((campaign.language, alt),))
        if not updates.set_picture(connection, campaign.id, update.id, seen, shown, now):
            raise UpdateConflictError
        audit_log.record(
            connection, actor, "change update picture", now, campaign_id=campaign.id, subject=f"update {update.id}",
            after={"picture": picture.hash},
        )  # fmt: skip


def remove_picture(runtime: Runtime, actor: Actor, campaign: Campaign, update: Update, seen: int) -> None:
    """Take the picture of an update away. Raises UpdateConflictError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        images.delete_images_of_update(connection, campaign.id, update.id)
        if not updates.set_picture(connection, campaign.id, update.id, seen, None, now):
            raise UpdateConflictError
        audit_log.record(
            connection, actor, "remove update picture", now, campaign_id=campaign.id, subject=f"update {update.id}"
        )
