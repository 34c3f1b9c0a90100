"""What the public may know of a campaign's past: the versions of its text, and what was done to it in public."""

from dataclasses import dataclass

from campaign.domain.announcement import Announcement
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import announcements
from campaign.store import history as stored
from campaign.store.history import Edition


@dataclass(frozen=True, slots=True)
class History:
    """Both, the newest first."""

    editions: tuple[Edition, ...]
    """The versions of the text in all of its languages."""
    announcements: tuple[Announcement, ...]


def of(runtime: Runtime, standing: Standing) -> History:
    """A campaign's past. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        return History(
            tuple(stored.editions(connection, standing.id)), tuple(announcements.of(connection, standing.id))
        )  # fmt: skip
