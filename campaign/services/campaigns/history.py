"""History of a campaign for the public: the versions of its text, and what was done to it in public."""

from dataclasses import dataclass

from campaign.domain.campaigns.announcement import AnnouncedOutage, Announcement
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.store.campaigns import announcements, text_versions
from campaign.store.campaigns.text_versions import TextVersion


@dataclass(frozen=True, slots=True)
class CampaignHistory:
    """Both, the newest first."""

    editions: tuple[TextVersion, ...]
    """The versions of the text in all of its languages."""
    announcements: tuple[Announcement, ...]


def campaign_history(runtime: Runtime, campaign: Campaign) -> CampaignHistory:
    """A campaign's past. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        return CampaignHistory(
            tuple(text_versions.list_text_versions(connection, campaign.id)),
            tuple(announcements.list_announcements(connection, campaign.id)),
        )


def announced_outages(runtime: Runtime, campaign: Campaign) -> list[AnnouncedOutage]:
    """The outages of mail that a campaign's grace has grown by, the oldest first. Raises StoreUnavailableError."""
    if not campaign.history.has_announcements:
        return []
    with runtime.reading() as connection:
        return announcements.list_outages(connection, campaign.id)
