"""All campaigners of the site: finding them, shutting them out, and who of them looks after the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.address import read_address
from campaign.domain.refusal import Refused
from campaign.store import audit, campaigns, directory, people, sessions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from campaign.domain.actor import Actor
    from campaign.domain.role import Role
    from campaign.domain.standing import Standing
    from campaign.runtime import Runtime
    from campaign.store.directory import Person
    from campaign.store.people import Campaigner

ON_A_PAGE = 50


class Oneself(Exception):  # noqa: N818 - it says who they are
    """Nobody shuts themselves out. Nothing was changed."""


class LastOperator(Exception):  # noqa: N818 - it says who they are
    """Without them nobody would look after the site. Nothing was changed."""


def everybody(runtime: Runtime, before_id: int | None = None) -> tuple[list[Person], int | None]:
    """Campaigners, the newest first, and the number the next page begins below."""
    with runtime.reading() as connection:
        found = directory.people(connection, before_id or 2**62, ON_A_PAGE + 1)
    return found[:ON_A_PAGE], found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None


def search(runtime: Runtime, query: str) -> list[Person]:
    """Campaigners by a part of their name or address, or by another spelling of their address."""
    try:
        email_key = read_address(query).key
    except Refused:
        email_key = ""
    with runtime.reading() as connection:
        return directory.search_people(connection, query.replace("\x00", "").strip(), email_key, ON_A_PAGE)


def somebody(runtime: Runtime, campaigner_id: int) -> tuple[Campaigner, list[tuple[Standing, Role]]] | None:
    """A campaigner, and what they are in which campaigns, the newest first."""
    with runtime.reading() as connection:
        campaigner = people.by_id(connection, campaigner_id)
        if campaigner is None:
            return None
        roles = people.campaigns_of(connection, campaigner_id, campaigns.MOST_LISTED)
        standings = reversed(campaigns.by_ids(connection, [*roles]))
        return campaigner, [(standing, roles[standing.id]) for standing in standings]


def disable(runtime: Runtime, actor: Actor, campaigner_id: int, reason: str) -> bool:
    """Shut somebody out of the site and end all their sessions. False where they were.

    Raises Oneself, LastOperator; RedisUnavailable where their sessions could not be ended: then nothing was changed.
    """
    if campaigner_id == actor.campaigner_id:
        raise Oneself
    now = runtime.now()
    with runtime.transaction() as connection:
        _refuse_last(connection, campaigner_id)
        if not directory.disable(connection, campaigner_id, now):
            return False
        _record(connection, actor, "disable campaigner", now, campaigner_id, reason)
        _end_sessions(runtime, campaigner_id)
    return True


def enable(runtime: Runtime, actor: Actor, campaigner_id: int) -> bool:
    """Let somebody in again. False where they were never shut out. Raises RedisUnavailable; then nothing was changed."""
    now = runtime.now()
    with runtime.transaction() as connection:
        if not directory.enable(connection, campaigner_id):
            return False
        _record(connection, actor, "enable campaigner", now, campaigner_id)
        # One that was begun at the very moment they were shut out must not come to life now.
        _end_sessions(runtime, campaigner_id)
    return True


def set_operator(runtime: Runtime, actor: Actor, campaigner_id: int, *, operator: bool) -> bool:
    """Let somebody look after the whole site, or no longer. False where nothing changed. Raises LastOperator."""
    now = runtime.now()
    with runtime.transaction() as connection:
        if not operator:
            _refuse_last(connection, campaigner_id)
        done = directory.set_operator(connection, campaigner_id, operator=operator)
        if done:
            act = "make operator" if operator else "remove operator"
            audit.record(
                connection, actor, act, now, subject=f"campaigner {campaigner_id}", was={"operator": not operator},
                became={"operator": operator},
            )  # fmt: skip
    return done


def _refuse_last(connection: Connection, campaigner_id: int) -> None:
    if directory.only_operator(connection, campaigner_id):
        raise LastOperator


def _record(connection: Connection, actor: Actor, act: str, now: datetime, campaigner_id: int, reason: str = "") -> None:
    audit.record(connection, actor, act, now, subject=f"campaigner {campaigner_id}", reason=reason)


def _end_sessions(runtime: Runtime, campaigner_id: int) -> None:
    runtime.ask_redis(lambda redis: sessions.end_all(redis, campaigner_id))
