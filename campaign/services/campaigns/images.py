"""Images of a campaign: its own picture, its organiser's, and its gallery. Those of updates are in `updates.picture`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from campaign.domain.campaigns.image import CAMPAIGN_PLACE, GALLERY_PLACE, ORGANISER_PLACE, picture_of_copies
from campaign.domain.campaigns.text import Illustration, LanguageVersion, PageTexts, Picture
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.campaigns.edit import audited_changes, versioned_edit
from campaign.store.campaigns import campaigns, images, page_texts, versioned_edits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.domain.campaigns.image import PictureCopy
    from campaign.runtime import Runtime

MAX_GALLERY = 6
"""Pictures and videos below a campaign's text."""


def get_image(
    runtime: Runtime, campaign_id: int, digest: str, width: int, image_format: str, *, public: bool = True
) -> bytes | None:
    """One copy of an image; None where there is none. `public`: not those of updates that are not published."""
    with runtime.reading() as connection:
        return images.get_image(connection, campaign_id, digest, width, image_format, public=public)


def change_picture(
    runtime: Runtime, actor: Actor, campaign_id: int, revision: int, copies: Sequence[PictureCopy], alts: Mapping[str, str]
) -> None:
    """Give a campaign a picture, or, without `copies`, say what the one it has shows; `alts` says so in each language. Raises
    EditConflictError."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        before = opened.campaign
        if copies:
            picture = _replace_image(connection, campaign_id, before.appearance.picture, copies, CAMPAIGN_PLACE)
            images.set_picture(connection, campaign_id, picture)
        for version in before.versions:
            words = PageTexts(**{**asdict(version.page_texts), "picture_alt": alts[version.language]})
            after = LanguageVersion(version.language, version.text, words)
            page_texts.set_page_texts(connection, campaign_id, after, is_main=version.language == before.language)
        was, became = audited_changes(
            _picture_and_alts(before), _picture_and_alts(campaigns.get_by_id(connection, campaign_id))
        )
        versioned_edits.record_change(connection, actor, "change picture", opened, runtime.now(), was, became)


def remove_picture(runtime: Runtime, actor: Actor, campaign_id: int, revision: int) -> None:
    """Take a campaign's picture away. Raises EditConflictError."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        _replace_image(connection, campaign_id, opened.campaign.appearance.picture, (), CAMPAIGN_PLACE)
        images.set_picture(connection, campaign_id, None)
        was = _picture_and_alts(opened.campaign)
        versioned_edits.record_change(connection, actor, "remove picture", opened, runtime.now(), was, {})


def change_organiser_picture(
    runtime: Runtime, actor: Actor, campaign_id: int, revision: int, copies: Sequence[PictureCopy]
) -> None:
    """Give a campaign's organiser a picture or logo, in place of the one there is; none at all without copies. Raises
    EditConflictError."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        before = opened.campaign.appearance.organiser_picture
        after = _replace_image(connection, campaign_id, before, copies, ORGANISER_PLACE)
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
        picture = picture_of_copies(copies, GALLERY_PLACE)
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


def move_up_in_gallery(runtime: Runtime, actor: Actor, campaign_id: int, revision: int, digest: str) -> bool:
    """Have a picture of the gallery change places with the one before it. False where it is the first, or not there.

    Raises EditConflictError.
    """
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        gallery = list(opened.campaign.appearance.gallery)
        at = next((number for number, each in enumerate(gallery) if each.picture.hash == digest), 0)
        if not at:
            return False
        gallery[at - 1 : at + 1] = gallery[at], gallery[at - 1]
        images.set_gallery(connection, campaign_id, gallery)
        was, became = ({"picture": digest, "place": place} for place in (at + 1, at))
        versioned_edits.record_change(connection, actor, "order gallery", opened, runtime.now(), was, became)
    return True


def _replace_image(
    connection: Connection, campaign_id: int, before: Picture | None, copies: Sequence[PictureCopy], place: str
) -> Picture | None:
    """The picture that now stands at a place of the campaign, in place of `before`; None without copies."""
    if before is not None:
        images.delete_image(connection, campaign_id, before.hash)
    if not copies:
        return None
    after = picture_of_copies(copies, place)
    images.store_image(connection, campaign_id, after.hash, copies)
    return after


def _picture_and_alts(campaign: Campaign) -> dict[str, str]:
    picture = campaign.appearance.picture
    alts = {f"picture_alt_{version.language}": version.page_texts.picture_alt for version in campaign.versions}
    return {"picture": picture.hash if picture else "", **alts}


def _named(picture: Picture | None) -> dict[str, str]:
    return {"picture": picture.hash} if picture else {}
