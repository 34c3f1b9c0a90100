"""All campaigners of the site: finding them, shutting them out, and who of them looks after the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.store.accounts import audit_log, campaigners
from campaign.store.campaigns import campaigns
from campaign.store.redis import sessions
from campaign.store.site import administration

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.accounts.role import Role
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner
    from campaign.store.site.administration import ListedCampaigner

PAGE_SIZE = 50


class OwnAccountError(Exception):
    """Nobody shuts themselves out. Nothing was changed."""


class LastOperatorError(Exception):
    """Without them nobody would look after the site. Nothing was changed."""


def list_campaigners(runtime: Runtime, before_id: int | None = None) -> tuple[list[ListedCampaigner], int | None]:
    """Campaigners, the newest first, and the number the next page begins below."""
    with runtime.reading() as connection:
        found = administration.list_campaigners(connection, before_id or 2**62, PAGE_SIZE + 1)
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None


def search_campaigners(runtime: Runtime, query: str) -> list[ListedCampaigner]:
    """Campaigners by a part of their name or address, or by another spelling of their address."""
    try:
        email_key = read_email_address(query).key
    except InvalidInputError:
        email_key = ""
    with runtime.reading() as connection:
        return administration.search_campaigners(connection, query.replace("\x00", "").strip(), email_key, PAGE_SIZE)


def get_campaigner(runtime: Runtime, campaigner_id: int) -> tuple[Campaigner, list[tuple[Campaign, frozenset[Role]]]] | None:
    """A campaigner, and what they are in which campaigns, the newest first."""
    with runtime.reading() as connection:
        campaigner = campaigners.get_by_id(connection, campaigner_id)
        if campaigner is None:
            return None
        roles = campaigners.list_campaign_roles(connection, campaigner_id, campaigns.MAX_LISTED)
        listed = reversed(campaigns.list_by_ids(connection, [*roles]))
        return campaigner, [(campaign, roles[campaign.id]) for campaign in listed]


def disable_campaigner(runtime: Runtime, actor: Actor, campaigner_id: int, reason: str) -> bool:
    """Shut somebody out of the site and end all their sessions. False where they were.

    Raises OwnAccountError, LastOperatorError; RedisUnavailableError where their sessions could not be ended: then nothing was
    changed.
    """
    if campaigner_id == actor.campaigner_id:
        raise OwnAccountError
    now = runtime.now()
    with runtime.transaction() as connection:
        _require_other_operator(connection, campaigner_id)
        if not administration.disable_campaigner(connection, campaigner_id, now):
            return False
        _record(connection, actor, "disable campaigner", now, campaigner_id, reason)
        _end_sessions(runtime, campaigner_id)
    return True


def enable_campaigner(runtime: Runtime, actor: Actor, campaigner_id: int) -> bool:
    """Let somebody in again. False where they were never shut out. Raises RedisUnavailableError; then nothing was changed."""
    now = runtime.now()
    with runtime.transaction() as connection:
        if not administration.enable_campaigner(connection, campaigner_id):
            return False
        _record(connection, actor, "enable campaigner", now, campaigner_id)
        # One that was begun at the very moment they were shut out must not come to life now.
        _end_sessions(runtime, campaigner_id)
    return True


def set_operator(runtime: Runtime, actor: Actor, campaigner_id: int, *, operator: bool) -> bool:
    """Let somebody look after the whole site, or no longer. False where nothing changed. Raises LastOperatorError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        if not operator:
            _require_other_operator(connection, campaigner_id)
        done = administration.set_operator(connection, campaigner_id, is_operator=operator)
        if done:
            act = "make operator" if operator else "remove operator"
            audit_log.record(
                connection, actor, act, now, subject=f"campaigner {campaigner_id}", before={"operator": not operator},
                after={"operator": operator},
            )  # fmt: skip
    return done


def _require_other_operator(connection: Connection, campaigner_id: int) -> None:
    if administration.is_only_operator(connection, campaigner_id):
        raise LastOperatorError


def _record(connection: Connection, actor: Actor, action: str, now: datetime, campaigner_id: int, reason: str = "") -> None:
    audit_log.record(connection, actor, action, now, subject=f"campaigner {campaigner_id}", reason=reason)


def _end_sessions(runtime: Runtime, campaigner_id: int) -> None:
    runtime.call_redis(lambda redis: sessions.end_all_sessions(redis, campaigner_id))
