"""Published updates, for everybody: the newest, pages of them, one, and the steps of the outcome."""

from dataclasses import dataclass

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.updates.update import UpdateKind
from campaign.runtime import Runtime
from campaign.store.updates import updates
from campaign.store.updates.updates import Update

PAGE_SIZE = 20
LATEST_SHOWN = 3
"""Updates on a campaign's page."""
MAX_STEPS_SHOWN = 10
"""Steps of the outcome on a campaign's page."""
OUTCOME_KINDS = (UpdateKind.DELIVERED, UpdateKind.ANSWERED, UpdateKind.ENDED)


@dataclass(frozen=True, slots=True)
class UpdatePage:
    """A page of updates, the newest first."""

    updates: tuple[Update, ...]
    has_older: bool
    """Whether there is a page after this one."""


@dataclass(frozen=True, slots=True)
class CampaignUpdates:
    """Updates of a campaign as its own page tells them."""

    latest: tuple[Update, ...] = ()
    outcome: tuple[Update, ...] = ()
    """Steps of its outcome, the first one first."""


def campaign_updates(runtime: Runtime, campaign: Campaign) -> CampaignUpdates:
    """What the campaign's page shows. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        latest = updates.list_published(connection, campaign.id, LATEST_SHOWN)
        if not latest:
            return CampaignUpdates()
        steps = updates.list_kinds(connection, campaign.id, OUTCOME_KINDS, MAX_STEPS_SHOWN)
    return CampaignUpdates(tuple(latest), tuple(reversed(steps)))


def list_published(runtime: Runtime, campaign: Campaign, page: int = 1) -> UpdatePage:
    """A page of the published updates, counted from 1. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        found = updates.list_published(connection, campaign.id, PAGE_SIZE + 1, PAGE_SIZE * (page - 1))
    return UpdatePage(tuple(found[:PAGE_SIZE]), len(found) > PAGE_SIZE)


def get_published(runtime: Runtime, campaign: Campaign, number: int) -> Update | None:
    """A published update by its number. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        return updates.get_published(connection, campaign.id, number)


def latest_answer(runtime: Runtime, campaign: Campaign) -> Update | None:
    """The recipient's newest answer. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        return next(iter(updates.list_kinds(connection, campaign.id, (UpdateKind.ANSWERED,), 1)), None)
