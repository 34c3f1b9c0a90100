"""Lifecycle of a campaign: publish, pause, resume, extend, close, take down, give it another address.

Each is one transaction that moves the campaign, tells the public where it is to know, and is recorded. A second request
finds that it is not possible any more, and changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.announcement import AnnouncementKind, Announcer
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import ChecklistItem
from campaign.domain.common.formatting import format_utc
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.accounts import audit_log, campaigners
from campaign.store.campaigns import announcements, campaigns, grace_decisions, lifecycle
from campaign.store.campaigns.campaigns import SlugTakenError
from campaign.store.campaigns.former_slugs import add_former_slug, list_all_former_slugs, list_former_slugs, remove_former_slug
from campaign.store.redis import campaign_cache

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "NotReadyError",
    "SlugTakenError",
    "change_slug",
    "clear_former_slugs_from_cache",
    "close_campaign",
    "extend_deadline",
    "former_slugs",
    "pause_campaign",
    "publish_campaign",
    "put_back_campaign",
    "reschedule_opening",
    "resume_campaign",
    "take_down_campaign",
]

AnnouncementFacts = Mapping[str, str]
_NO_FACTS: AnnouncementFacts = {}


class NotReadyError(Exception):
    """A draft lacks something without which no campaign is published. Nothing was changed."""

    def __init__(self, lacking: tuple[ChecklistItem, ...]) -> None:
        super().__init__("; ".join(point.field for point in lacking))
        self.missing = lacking


def publish_campaign(runtime: Runtime, campaign: Campaign, actor: Actor, opens_at: datetime | None = None) -> Campaign | None:
    """Show a draft to everybody; it can be signed from `opens_at`, or from now. None where it is no draft (any more).

    Raises NotReadyError, and InvalidInputError for a time at which it cannot open.
    """

    def change(connection: "Connection", draft: Campaign, now: datetime) -> AnnouncementFacts | None:
        if draft.published:
            return None
        if lacking := stages.missing_items(draft, now):
            raise NotReadyError(lacking)
        stages.check_opening(draft, opens_at or now, now)
        return _facts_if(lifecycle.publish_campaign(connection, draft.id, opens_at or now, now))

    return _transition(runtime, campaign, actor, "publish campaign", change)


def reschedule_opening(runtime: Runtime, campaign: Campaign, actor: Actor, opens_at: datetime | None) -> Campaign | None:
    """Open a campaign at another time than was planned, or (None) now. None where it has opened. Raises InvalidInputError."""

    def change(connection: "Connection", planned: Campaign, now: datetime) -> AnnouncementFacts | None:
        stages.check_opening(planned, opens_at or now, now)
        return _facts_if(lifecycle.set_opening_time(connection, planned.id, opens_at or now, now))

    return _transition(runtime, campaign, actor, "reschedule campaign", change)


def pause_campaign(runtime: Runtime, campaign: Campaign, actor: Actor, message: str = "") -> Campaign | None:
    """Take no signatures for now; the public reads `message`. Links already mailed still verify. None where it is not open."""

    def change(connection: "Connection", open_one: Campaign, now: datetime) -> AnnouncementFacts | None:
        return _facts_if(lifecycle.pause_campaign(connection, open_one.id, message, now))

    return _transition(runtime, campaign, actor, "pause campaign", change, announcement=AnnouncementKind.PAUSED, reason=message)


def resume_campaign(runtime: Runtime, campaign: Campaign, actor: Actor) -> Campaign | None:
    """Take signatures again. None where it is not paused."""

    def change(connection: "Connection", paused: Campaign, now: datetime) -> AnnouncementFacts | None:
        return _facts_if(lifecycle.resume_campaign(connection, paused.id, now))

    return _transition(runtime, campaign, actor, "resume campaign", change, announcement=AnnouncementKind.RESUMED)


def close_campaign(runtime: Runtime, campaign: Campaign, actor: Actor, reason: str) -> Campaign | None:
    """Bring the deadline forward to this moment; the grace is as long as it would have been. None where the campaign is not
    between its opening and its deadline."""

    def change(connection: "Connection", open_one: Campaign, now: datetime) -> AnnouncementFacts | None:
        done = lifecycle.close_campaign(connection, open_one.id, now + _grace(connection, open_one), now)
        return _facts_if(done, _deadline_facts(open_one, now))

    return _transition(
        runtime, campaign, actor, "close campaign", change, announcement=AnnouncementKind.CLOSED_EARLY, reason=reason
    )


def extend_deadline(runtime: Runtime, campaign: Campaign, actor: Actor, closes_at: datetime, reason: str) -> Campaign | None:
    """Put the deadline off; the grace is as long as before. A campaign that has closed opens again, as long as its total is
    not final. None where that is not possible (any more). Raises InvalidInputError for a time that is no extension."""

    def change(connection: "Connection", running: Campaign, now: datetime) -> AnnouncementFacts | None:
        if stages.LifecycleAction.EXTEND not in stages.allowed_actions(running, now):
            return None
        stages.check_extension(running, closes_at, now)
        done = lifecycle.extend_deadline(connection, running.id, closes_at, closes_at + _grace(connection, running), now)
        return _facts_if(done, _deadline_facts(running, closes_at))

    return _transition(
        runtime, campaign, actor, "extend campaign", change, announcement=AnnouncementKind.EXTENDED, reason=reason
    )


def take_down_campaign(runtime: Runtime, campaign: Campaign, actor: Actor, reason: str = "") -> Campaign | None:
    """Hide the campaign: its pages answer 410, nobody signs; withdrawing still works. None where it was hidden before, or is
    a draft."""

    def change(connection: "Connection", shown: Campaign, now: datetime) -> AnnouncementFacts | None:
        return _facts_if(lifecycle.take_down_campaign(connection, shown.id, now))

    return _transition(runtime, campaign, actor, "take down campaign", change, reason=reason)


def put_back_campaign(runtime: Runtime, campaign: Campaign, actor: Actor, reason: str = "") -> Campaign | None:
    """Show the campaign again. None where it was not hidden."""

    def change(connection: "Connection", hidden: Campaign, _now: datetime) -> AnnouncementFacts | None:
        return _facts_if(lifecycle.restore_campaign(connection, hidden.id))

    return _transition(runtime, campaign, actor, "put back campaign", change, reason=reason)


def change_slug(runtime: Runtime, campaign: Campaign, actor: Actor, slug: str) -> Campaign | None:
    """Give the campaign another slug; the one it had leads to it for good, unless it was a draft that nobody has seen.

    None where it has this one already. Raises SlugTakenError.
    """

    def change(connection: "Connection", here: Campaign, now: datetime) -> AnnouncementFacts | None:
        if not lifecycle.change_slug(connection, here.id, slug):
            return None
        remove_former_slug(connection, slug, here.id)
        if here.published:
            add_former_slug(connection, here.slug, here.id, now)
        return _NO_FACTS

    return _transition(runtime, campaign, actor, "change address", change)


def former_slugs(runtime: Runtime, campaign: Campaign) -> list[str]:
    """The slugs a campaign once had, which lead to the one it has now."""
    with runtime.reading() as connection:
        return list_former_slugs(connection, campaign.id)


def clear_former_slugs_from_cache(runtime: Runtime) -> None:
    """Withdraw the copies that Redis has under addresses of before: one that was written late, or while Redis was down."""
    with runtime.reading() as connection:
        former = list_all_former_slugs(connection)
    _clear_from_cache(runtime, former)


def _transition(
    runtime: Runtime,
    campaign: Campaign,
    actor: Actor,
    action: str,
    change: Callable[["Connection", Campaign, datetime], AnnouncementFacts | None],
    *,
    announcement: AnnouncementKind | None = None,
    reason: str = "",
) -> Campaign | None:
    """Do what `change` does to the campaign as it is now, and record it. None where it returns None."""
    with runtime.transaction() as connection:
        lifecycle.lock_campaign(connection, campaign.id)
        before, now = campaigns.get_by_id(connection, campaign.id), runtime.now()
        facts = change(connection, before, now)
        if facts is None:
            return None
        if announcement is not None:
            announcements.add_announcement(
                connection, before.id, announcement, _announced_by(connection, actor, before), reason, facts, now
            )
        after = campaigns.get_by_id(connection, campaign.id)
        was, became = _difference(before, after)
        audit_log.record(
            connection, actor, action, now, campaign_id=after.id, subject=after.slug, before=was, after=became, reason=reason
        )
    runtime.cache_campaign(after)
    if after.slug != before.slug:
        _clear_from_cache(runtime, [before.slug])
    return after


def _clear_from_cache(runtime: Runtime, former: list[str]) -> None:
    try:
        for slug in former:
            runtime.call_redis(lambda redis, slug=slug: campaign_cache.delete_cached_campaign(redis, slug))  # type: ignore[misc]
    except RedisUnavailableError:
        return


def _announced_by(connection: "Connection", actor: Actor, campaign: Campaign) -> Announcer:
    """Public name of an actor: the team, or the site's operator."""
    if actor.campaigner_id is None:
        return Announcer.OPERATOR
    place = campaigners.get_membership(connection, campaign.slug, actor.campaigner_id)
    return Announcer.CAMPAIGNERS if place is not None and place.roles else Announcer.OPERATOR


def _grace(connection: "Connection", campaign: Campaign) -> timedelta:
    """The grace of a deadline that is moved: without what an outage of mail has added to it."""
    window = campaign.window
    return window.verify_until - window.closes_at - grace_decisions.added_so_far(connection, campaign.id, window.closes_at)


def _deadline_facts(campaign: Campaign, closes_at: datetime) -> AnnouncementFacts:
    return {"was": format_utc(campaign.window.closes_at), "became": format_utc(closes_at)}


def _facts_if(done: bool, facts: AnnouncementFacts = _NO_FACTS) -> AnnouncementFacts | None:
    return facts if done else None


def _difference(before: Campaign, after: Campaign) -> tuple[dict[str, object], dict[str, object]]:
    """What a move has changed, for the audit trail."""
    was, became = _state(before), _state(after)
    changed = [name for name in was if was[name] != became[name]]
    return {name: was[name] for name in changed}, {name: became[name] for name in changed}


def _state(campaign: Campaign) -> dict[str, object]:
    window = campaign.window
    return {
        "slug": campaign.slug, "published": campaign.published, "taken_down": campaign.taken_down, "paused": window.paused,
        "opens_at": format_utc(window.opens_at), "closes_at": format_utc(window.closes_at),
    }  # fmt: skip
