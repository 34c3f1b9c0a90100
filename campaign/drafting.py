"""Campaigns in the making: begun, copied from another, and shown to whoever has the link of their preview."""

import hmac
from datetime import datetime
from itertools import islice

from campaign.domain.actor import Actor
from campaign.domain.definition import Definition, version
from campaign.domain.role import Role
from campaign.domain.slug import suggested, variants
from campaign.domain.speech import SPOKEN
from campaign.domain.standing import Standing
from campaign.domain.text import Version
from campaign.runtime import Runtime
from campaign.store import audit, campaigns, edits, people, pictures
from campaign.store.campaigns import SlugTaken

__all__ = ["SlugTaken", "begin", "copy", "free_slug", "preview_key", "previewed", "renew_key"]

_MOST_TRIED = 200
_MOST_COPIES_TRIED = 5
_COPY_OF = "Copy of "


def begin(runtime: Runtime, actor: Actor, definition: Definition) -> Standing:
    """A new draft, whose owner is who makes it. Raises SlugTaken."""
    return _store(runtime, actor, definition, "create campaign")


def copy(runtime: Runtime, actor: Actor, campaign_id: int) -> Standing:
    """A new draft that says and asks what another campaign does, without its numbers and its team; it would open now and run
    as long. Its owner is who makes it."""
    with runtime.reading() as connection:
        original = campaigns.by_id(connection, campaign_id)
    for attempt in range(_MOST_COPIES_TRIED):
        slug = free_slug(runtime, original.slug)
        try:
            return _store(runtime, actor, _like(original, slug, runtime.now()), "copy campaign", original)
        except SlugTaken:
            if attempt == _MOST_COPIES_TRIED - 1:
                raise
    raise AssertionError("one of the attempts has ended this")


def free_slug(runtime: Runtime, wanted: str) -> str:
    """The slug that is wanted, or one like it that no campaign has or once had."""
    tried = list(islice(variants(wanted), _MOST_TRIED))
    with runtime.reading() as connection:
        used = edits.used_slugs(connection, tried)
    return next((slug for slug in tried if slug not in used), f"{suggested(wanted)}-{runtime.link_key()}")


def preview_key(runtime: Runtime, campaign_id: int) -> str:
    """What opens a campaign's preview to who has no account; empty where nothing does."""
    with runtime.reading() as connection:
        return edits.key_of(connection, campaign_id)


def renew_key(runtime: Runtime, actor: Actor, campaign_id: int) -> str:
    """Another key for the preview: links with the old one are dead."""
    key = runtime.token()
    with runtime.transaction() as connection:
        edits.set_key(connection, campaign_id, key)
        audit.record(connection, actor, "renew preview link", runtime.now(), campaign_id=campaign_id)
    return key


def previewed(runtime: Runtime, slug: str, key: str) -> Standing | None:
    """The campaign whose preview this key opens; None where it opens none."""
    with runtime.reading() as connection:
        standing = campaigns.by_slug(connection, slug)
        known = edits.key_of(connection, standing.id) if standing else ""
    return standing if known and hmac.compare_digest(key.encode(), known.encode()) else None


def _store(runtime: Runtime, actor: Actor, definition: Definition, act: str, original: Standing | None = None) -> Standing:
    now = runtime.now()
    with runtime.transaction() as connection:
        campaign_id = campaigns.create(connection, definition, now, preview_key=runtime.token())
        if original is not None:
            pictures.copy(connection, original.id, campaign_id)
        if actor.campaigner_id is not None:
            people.join(connection, campaign_id, actor.campaigner_id, Role.OWNER, now)
        became = {"text": definition.main.text.hash} | ({"copied_from": original.slug} if original else {})
        audit.record(connection, actor, act, now, campaign_id=campaign_id, subject=definition.slug, became=became)
        standing = campaigns.by_id(connection, campaign_id)
    runtime.publish(standing)
    return standing


def _like(original: Standing, slug: str, now: datetime) -> Definition:
    window, looks = original.window, original.appearance
    said = _said(original.versions[0])
    said["title"] = (_COPY_OF + said["title"])[: SPOKEN["title"]]
    return Definition(
        slug=slug, language=original.language, **said, recipient_kind=original.recipient_kind, contact=original.contact,
        translations=tuple(version(slug, other.language, **_said(other)) for other in original.versions[1:]),
        opens_at=now, closes_at=now + (window.closes_at - window.opens_at), grace=window.verify_until - window.closes_at,
        time_zone=original.time_zone, goals=original.goals, asked=original.asked, accent=looks.accent,
        supporters=looks.supporters, controller=looks.controller,
    )  # fmt: skip


def _said(spoken: Version) -> dict[str, str]:
    """What a campaign says in one language, by the names of the fields."""
    return {name: getattr(spoken.text if hasattr(spoken.text, name) else spoken.words, name) for name in SPOKEN}
