"""Campaigns as campaigners and the command line find them, and make them. What moves them is in
`campaign.services.campaigns.lifecycle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import SITE, Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.domain.campaigns.image import CAMPAIGN_PLACE, picture_of_copies
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log, campaigners
from campaign.store.campaigns import campaigns, former_slugs, images
from campaign.store.campaigns.campaigns import SlugTakenError
from campaign.store.privacy import retention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaign.domain.accounts.role import Role
    from campaign.domain.campaigns.image import PictureCopy

__all__ = ["SlugTakenError", "create_campaign", "current_slug", "get_by_slug", "list_campaigns", "list_campaigns_of"]

MAX_OWN_CAMPAIGNS = 1_000
"""Campaigns of one campaigner that are listed: the newest."""


def create_campaign(
    runtime: Runtime, definition: CampaignDefinition, picture_copies: Sequence[PictureCopy] = (), *, actor: Actor = SITE
) -> Campaign:
    """Store a new campaign, published, with the copies of its picture where it has one. Raises SlugTakenError, and
    InvalidInputError where it would keep personal data for longer than the site allows."""
    most = runtime.settings.retention_months_max
    if definition.retention_months is not None and definition.retention_months > most:
        raise InvalidInputError("retention_months: this site keeps personal data for %(most)d months at most", most=most)
    now = runtime.now()
    with runtime.transaction() as connection:
        campaign_id = campaigns.create(connection, definition, now)
        if definition.retention_months is not None:
            retention.set_months(connection, campaign_id, definition.retention_months)
        audit_log.record(connection, actor, "create campaign", now, campaign_id=campaign_id, subject=definition.slug)
        if picture_copies:
            picture = picture_of_copies(picture_copies, CAMPAIGN_PLACE)
            images.store_image(connection, campaign_id, picture.hash, picture_copies)
            images.set_picture(connection, campaign_id, picture)
        campaign = campaigns.get_by_id(connection, campaign_id)
    runtime.cache_campaign(campaign)
    return campaign


def get_by_slug(runtime: Runtime, slug: str) -> Campaign | None:
    """The campaign with this slug as the store has it."""
    with runtime.reading() as connection:
        return campaigns.get_by_slug(connection, slug)


def current_slug(runtime: Runtime, former_slug: str) -> str | None:
    """The slug of the campaign that once had this one; None where none had."""
    with runtime.reading() as connection:
        campaign_id = former_slugs.campaign_id_of(connection, former_slug)
        return None if campaign_id is None else campaigns.get_by_id(connection, campaign_id).slug


def list_campaigns(runtime: Runtime, skip: int = 0) -> list[Campaign]:
    """Campaigns in the order they were made, a page at a time; an empty page is past the last one."""
    with runtime.reading() as connection:
        return campaigns.list_campaigns(connection, skip=skip)


def list_campaigns_of(runtime: Runtime, campaigner_id: int) -> list[tuple[Campaign, frozenset[Role]]]:
    """The campaigns somebody is in a team of, the newest first, with their roles."""
    with runtime.reading() as connection:
        roles = campaigners.list_campaign_roles(connection, campaigner_id, MAX_OWN_CAMPAIGNS)
        return [(campaign, roles[campaign.id]) for campaign in reversed(campaigns.list_by_ids(connection, [*roles]))]
