"""Draft campaigns: created, copied from another, and shown to everybody with the preview link."""

import hmac
from datetime import datetime
from itertools import islice
from typing import Any

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import CampaignDefinition, language_version
from campaign.domain.campaigns.page_texts import PAGE_TEXT_LENGTHS
from campaign.domain.campaigns.slug import slug_variants, suggested_slug
from campaign.domain.campaigns.text import LanguageVersion
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log, team
from campaign.store.campaigns import campaigns, images, lifecycle, versioned_edits
from campaign.store.campaigns.campaigns import SlugTakenError

__all__ = [
    "SlugTakenError",
    "copy_campaign",
    "create_draft",
    "free_slug",
    "get_by_preview_key",
    "preview_key",
    "renew_preview_key",
]

_MAX_SLUGS_TRIED = 200
_MAX_COPY_ATTEMPTS = 5
_COPY_OF = "Copy of "


def create_draft(runtime: Runtime, actor: Actor, definition: CampaignDefinition) -> Campaign:
    """A new draft, whose owner is who makes it. Raises SlugTakenError."""
    return _create(runtime, actor, definition, "create campaign")


def copy_campaign(runtime: Runtime, actor: Actor, campaign_id: int) -> Campaign:
    """A new draft that says and asks what another campaign does, without its numbers and its team; it would open now and run
    as long. Its owner is who makes it."""
    with runtime.reading() as connection:
        original = campaigns.get_by_id(connection, campaign_id)
    for attempt in range(_MAX_COPY_ATTEMPTS):
        slug = free_slug(runtime, original.slug)
        try:
            return _create(runtime, actor, _copied_definition(original, slug, runtime.now()), "copy campaign", original)
        except SlugTakenError:
            if attempt == _MAX_COPY_ATTEMPTS - 1:
                raise
    raise AssertionError("one of the attempts has ended this")


def discard_draft(runtime: Runtime, actor: Actor, campaign: Campaign) -> bool:
    """Take a draft out of its team's list; putting it back brings it there again. False where it is no draft any more."""
    now = runtime.now()
    with runtime.transaction() as connection:
        discarded = lifecycle.discard_draft(connection, campaign.id, now)
        if discarded:
            audit_log.record(connection, actor, "discard draft", now, campaign_id=campaign.id, subject=campaign.slug)
    return discarded


def free_slug(runtime: Runtime, wanted: str) -> str:
    """The slug that is wanted, or one like it that no campaign has or once had."""
    tried = list(islice(slug_variants(wanted), _MAX_SLUGS_TRIED))
    with runtime.reading() as connection:
        used = versioned_edits.used_slugs(connection, tried)
    return next((slug for slug in tried if slug not in used), f"{suggested_slug(wanted)}-{runtime.random_link_key()}")


def preview_key(runtime: Runtime, campaign_id: int) -> str:
    """What opens a campaign's preview to who has no account; empty where nothing does."""
    with runtime.reading() as connection:
        return versioned_edits.get_preview_key(connection, campaign_id)


def renew_preview_key(runtime: Runtime, actor: Actor, campaign_id: int) -> str:
    """Another key for the preview: links with the old one are dead."""
    key = runtime.random_token()
    with runtime.transaction() as connection:
        versioned_edits.set_preview_key(connection, campaign_id, key)
        audit_log.record(connection, actor, "renew preview link", runtime.now(), campaign_id=campaign_id)
    return key


def get_by_preview_key(runtime: Runtime, slug: str, key: str) -> Campaign | None:
    """The campaign whose preview this key opens; None where it opens none."""
    with runtime.reading() as connection:
        campaign = campaigns.get_by_slug(connection, slug)
        is_discarded = campaign is not None and campaign.taken_down and not campaign.published
        known = versioned_edits.get_preview_key(connection, campaign.id) if campaign and not is_discarded else ""
    return campaign if known and hmac.compare_digest(key.encode(), known.encode()) else None


def _create(
    runtime: Runtime, actor: Actor, definition: CampaignDefinition, action: str, original: Campaign | None = None
) -> Campaign:
    now = runtime.now()
    with runtime.transaction() as connection:
        campaign_id = campaigns.create(connection, definition, now, preview_key=runtime.random_token())
        if original is not None:
            images.copy_images(connection, original.id, campaign_id)
        if actor.campaigner_id is not None:
            team.add_member(connection, campaign_id, actor.campaigner_id, Role.OWNER, now)
        became = {"text": definition.main_version.text.hash} | ({"copied_from": original.slug} if original else {})
        audit_log.record(connection, actor, action, now, campaign_id=campaign_id, subject=definition.slug, after=became)
        campaign = campaigns.get_by_id(connection, campaign_id)
    runtime.cache_campaign(campaign)
    return campaign


def _copied_definition(original: Campaign, slug: str, now: datetime) -> CampaignDefinition:
    window, looks = original.window, original.appearance
    said: dict[str, Any] = {**_page_texts(original.versions[0])}
    said["title"] = (_COPY_OF + said["title"])[: PAGE_TEXT_LENGTHS["title"]]
    return CampaignDefinition(
        slug=slug, language=original.language, **said, recipient_kind=original.recipient_kind, contact=original.contact,
        translations=tuple(language_version(slug, other.language, **_page_texts(other)) for other in original.versions[1:]),
        opens_at=now, closes_at=now + (window.closes_at - window.opens_at), grace=window.verify_until - window.closes_at,
        time_zone=original.time_zone, goals=original.goals, form_fields=original.form_fields, accent=looks.accent,
        supporters=looks.supporters, controller=looks.controller, organiser=looks.organiser,
        organiser_url=looks.organiser_url, eligibility=original.eligibility.kind,
        eligibility_rule=original.eligibility.rule, next_step=original.next_step,
    )  # fmt: skip


def _page_texts(text_version: LanguageVersion) -> dict[str, str]:
    """What a campaign says in one language, by the names of the fields."""
    return {
        name: getattr(text_version.text if hasattr(text_version.text, name) else text_version.page_texts, name)
        for name in PAGE_TEXT_LENGTHS
    }
