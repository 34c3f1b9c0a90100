"""What a campaigner does to a campaign: create it, close it before its deadline, take it down and put it back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from campaign.domain.definition import Definition
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import campaigns, pictures
from campaign.store.campaigns import SlugTaken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from campaign.drawing.picture import Copy

__all__ = ["SlugTaken", "close", "create", "find", "page", "picture", "put_back", "take_down"]


def create(runtime: Runtime, definition: Definition, picture: Sequence[Copy] = ()) -> Standing:
    """Store a new campaign, with the copies of its picture where it has one. Raises SlugTaken."""
    with runtime.transaction() as connection:
        campaign_id = campaigns.create(connection, definition, runtime.now())
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


def close(runtime: Runtime, standing: Standing) -> bool:
    """Bring the deadline forward to this moment; the grace is as long as it would have been. False where the campaign is not
    between its opening and its deadline."""
    now = runtime.now()
    grace = standing.window.verify_until - standing.window.closes_at
    return _change(runtime, standing, lambda connection: campaigns.close(connection, standing.id, now + grace, now))


def take_down(runtime: Runtime, standing: Standing) -> bool:
    """Hide the campaign: its pages answer 410, nobody signs; withdrawing still works. False where it was hidden before."""
    return _change(runtime, standing, lambda connection: campaigns.take_down(connection, standing.id, runtime.now()))


def put_back(runtime: Runtime, standing: Standing) -> bool:
    """Show the campaign again. False where it was not hidden."""
    return _change(runtime, standing, lambda connection: campaigns.put_back(connection, standing.id))


def _change(runtime: Runtime, standing: Standing, change: Callable[[Connection], bool]) -> bool:
    with runtime.transaction() as connection:
        changed = change(connection)
        after = campaigns.by_id(connection, standing.id)
    runtime.publish(after)
    return changed
