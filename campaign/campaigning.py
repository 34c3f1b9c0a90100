"""Campaigns as campaigners and the command line find them, and make them. What moves them is in `campaign.running`."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from campaign.domain.actor import THE_SITE, Actor
from campaign.domain.definition import Definition
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import audit, campaigns, people, pictures
from campaign.store.campaigns import SlugTaken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaign.domain.role import Role
    from campaign.drawing.picture import Copy

__all__ = ["SlugTaken", "create", "find", "of", "page", "picture"]


def create(runtime: Runtime, definition: Definition, picture: Sequence[Copy] = (), *, actor: Actor = THE_SITE) -> Standing:
    """Store a new campaign, published, with the copies of its picture where it has one. Raises SlugTaken."""
    now = runtime.now()
    with runtime.transaction() as connection:
        campaign_id = campaigns.create(connection, definition, now)
        audit.record(connection, actor, "create campaign", now, campaign_id=campaign_id, subject=definition.slug)
        if picture:
            digest = hashlib.sha256(b"".join(copy.body for copy in picture)).hexdigest()[:16]
            pictures.put(connection, campaign_id, digest, [(copy.width, copy.height, copy.body) for copy in picture])
        standing = campaigns.by_id(connection, campaign_id)
    runtime.publish(standing)
    return standing


def picture(runtime: Runtime, standing: Standing, width: int) -> bytes | None:
    """One copy of a campaign's picture, as WebP; None where there is none of that width."""
    with runtime.reading() as connection:
        return pictures.get(connection, standing.id, width)


def find(runtime: Runtime, slug: str) -> Standing | None:
    """The campaign with this slug as the store has it."""
    with runtime.reading() as connection:
        return campaigns.by_slug(connection, slug)


def page(runtime: Runtime, skip: int = 0) -> list[Standing]:
    """Campaigns in the order they were made, a page at a time; an empty page is past the last one."""
    with runtime.reading() as connection:
        return campaigns.every(connection, skip=skip)


def of(runtime: Runtime, campaigner_id: int) -> list[tuple[Standing, Role]]:
    """The campaigns somebody is in the team of, the newest first, with their role."""
    with runtime.reading() as connection:
        roles = people.campaigns_of(connection, campaigner_id, campaigns.MOST_LISTED)
        return [(standing, roles[standing.id]) for standing in reversed(campaigns.by_ids(connection, [*roles]))]
