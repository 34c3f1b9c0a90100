"""What moves a campaign through its life: publish, pause, resume, extend, close, take down, give it another address.

Each is one transaction that moves the campaign, tells the public where it is to know, and is recorded. Whoever comes second
finds that it is not possible any more, and changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign.domain import life
from campaign.domain.actor import Actor
from campaign.domain.announcement import By, Kind
from campaign.domain.life import Point
from campaign.domain.standing import Standing
from campaign.domain.wording import utc
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import announcements, audit, campaigns, counters, lifecycle, people, slugs
from campaign.store.campaigns import SlugTaken

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "NotReady",
    "SlugTaken",
    "close",
    "extend",
    "forget_former_copies",
    "former_addresses",
    "open_at",
    "pause",
    "publish",
    "put_back",
    "readdress",
    "resume",
    "take_down",
]

Facts = Mapping[str, str]
_NOTHING: Facts = {}


class NotReady(Exception):  # noqa: N818 - it says what the draft is
    """A draft lacks something without which no campaign is published. Nothing was changed."""

    def __init__(self, lacking: tuple[Point, ...]) -> None:
        super().__init__("; ".join(point.field for point in lacking))
        self.lacking = lacking


def publish(runtime: Runtime, standing: Standing, actor: Actor, opens_at: datetime | None = None) -> Standing | None:
    """Show a draft to everybody; it can be signed from `opens_at`, or from now. None where it is no draft (any more).

    Raises NotReady, and Refused for a time at which it cannot open.
    """

    def change(connection: "Connection", draft: Standing, now: datetime) -> Facts | None:
        if draft.published:
            return None
        if lacking := life.lacking(draft, now):
            raise NotReady(lacking)
        life.check_opening(draft, opens_at or now, now)
        return _if(lifecycle.publish(connection, draft.id, opens_at or now, now))

    return _move(runtime, standing, actor, "publish campaign", change)


def open_at(runtime: Runtime, standing: Standing, actor: Actor, opens_at: datetime | None) -> Standing | None:
    """Open a campaign at another time than was planned, or (None) now. None where it has opened. Raises Refused."""

    def change(connection: "Connection", planned: Standing, now: datetime) -> Facts | None:
        life.check_opening(planned, opens_at or now, now)
        return _if(lifecycle.open_at(connection, planned.id, opens_at or now, now))

    return _move(runtime, standing, actor, "reschedule campaign", change)


def pause(runtime: Runtime, standing: Standing, actor: Actor, message: str = "") -> Standing | None:
    """Take no signatures for now; the public reads `message`. Links already mailed still verify. None where it is not open."""

    def change(connection: "Connection", open_one: Standing, now: datetime) -> Facts | None:
        return _if(lifecycle.pause(connection, open_one.id, message, now))

    return _move(runtime, standing, actor, "pause campaign", change, tell=Kind.PAUSED, reason=message)


def resume(runtime: Runtime, standing: Standing, actor: Actor) -> Standing | None:
    """Take signatures again. None where it is not paused."""

    def change(connection: "Connection", paused: Standing, now: datetime) -> Facts | None:
        return _if(lifecycle.resume(connection, paused.id, now))

    return _move(runtime, standing, actor, "resume campaign", change, tell=Kind.RESUMED)


def close(runtime: Runtime, standing: Standing, actor: Actor, reason: str) -> Standing | None:
    """Bring the deadline forward to this moment; the grace is as long as it would have been. None where the campaign is not
    between its opening and its deadline."""

    def change(connection: "Connection", open_one: Standing, now: datetime) -> Facts | None:
        done = lifecycle.close(connection, open_one.id, now + _grace(open_one), now)
        return _if(done, _moved(open_one, now))

    return _move(runtime, standing, actor, "close campaign", change, tell=Kind.CLOSED_EARLY, reason=reason)


def extend(runtime: Runtime, standing: Standing, actor: Actor, closes_at: datetime, reason: str) -> Standing | None:
    """Put the deadline off; the grace is as long as before. A campaign that has closed opens again, as long as its total is
    not final. None where that is not possible (any more). Raises Refused for a time that is no extension."""

    def change(connection: "Connection", running: Standing, now: datetime) -> Facts | None:
        if life.Move.EXTEND not in life.possible(running, now):
            return None
        life.check_extension(running, closes_at, now)
        done = lifecycle.extend(connection, running.id, closes_at, closes_at + _grace(running), now)
        return _if(done, _moved(running, closes_at))

    return _move(runtime, standing, actor, "extend campaign", change, tell=Kind.EXTENDED, reason=reason)


def take_down(runtime: Runtime, standing: Standing, actor: Actor, reason: str = "") -> Standing | None:
    """Hide the campaign: its pages answer 410, nobody signs; withdrawing still works. None where it was hidden before, or is
    a draft."""

    def change(connection: "Connection", shown: Standing, now: datetime) -> Facts | None:
        return _if(lifecycle.take_down(connection, shown.id, now))

    return _move(runtime, standing, actor, "take down campaign", change, reason=reason)


def put_back(runtime: Runtime, standing: Standing, actor: Actor, reason: str = "") -> Standing | None:
    """Show the campaign again. None where it was not hidden."""

    def change(connection: "Connection", hidden: Standing, _now: datetime) -> Facts | None:
        return _if(lifecycle.put_back(connection, hidden.id))

    return _move(runtime, standing, actor, "put back campaign", change, reason=reason)


def readdress(runtime: Runtime, standing: Standing, actor: Actor, slug: str) -> Standing | None:
    """Give the campaign another slug; the one it had leads to it for good, unless it was a draft that nobody has seen.

    None where it has this one already. Raises SlugTaken.
    """

    def change(connection: "Connection", here: Standing, now: datetime) -> Facts | None:
        if not lifecycle.readdress(connection, here.id, slug):
            return None
        slugs.take_back(connection, slug, here.id)
        if here.published:
            slugs.leave(connection, here.slug, here.id, now)
        return _NOTHING

    return _move(runtime, standing, actor, "change address", change)


def former_addresses(runtime: Runtime, standing: Standing) -> list[str]:
    """The slugs a campaign once had, which lead to the one it has now."""
    with runtime.reading() as connection:
        return slugs.of(connection, standing.id)


def forget_former_copies(runtime: Runtime) -> None:
    """Withdraw the copies that Redis has under addresses of before: one that was written late, or while Redis was down."""
    with runtime.reading() as connection:
        former = slugs.every(connection)
    _withdraw(runtime, former)


def _move(
    runtime: Runtime,
    standing: Standing,
    actor: Actor,
    act: str,
    change: Callable[["Connection", Standing, datetime], Facts | None],
    *,
    tell: Kind | None = None,
    reason: str = "",
) -> Standing | None:
    """Do what `change` does to the campaign as it is now, and record it. None where it returns None."""
    with runtime.transaction() as connection:
        lifecycle.hold(connection, standing.id)
        before, now = campaigns.by_id(connection, standing.id), runtime.now()
        facts = change(connection, before, now)
        if facts is None:
            return None
        if tell is not None:
            announcements.announce(connection, before.id, tell, _by(connection, actor, before), reason, facts, now)
        after = campaigns.by_id(connection, standing.id)
        was, became = _difference(before, after)
        audit.record(
            connection, actor, act, now, campaign_id=after.id, subject=after.slug, was=was, became=became, reason=reason
        )
    runtime.publish(after)
    if after.slug != before.slug:
        _withdraw(runtime, [before.slug])
    runtime.remembered.pop(before.slug, None)
    runtime.remembered.pop(after.slug, None)
    return after


def _withdraw(runtime: Runtime, addresses: list[str]) -> None:
    try:
        for slug in addresses:
            runtime.ask_redis(lambda redis, slug=slug: counters.withdraw_copy(redis, slug))  # type: ignore[misc]
    except RedisUnavailable:
        return


def _by(connection: "Connection", actor: Actor, standing: Standing) -> By:
    """Who does it, as the public is told: the team, or whoever runs the site."""
    if actor.campaigner_id is None:
        return By.OPERATOR
    place = people.place(connection, standing.slug, actor.campaigner_id)
    return By.CAMPAIGNERS if place is not None and place.role is not None else By.OPERATOR


def _grace(standing: Standing) -> timedelta:
    return standing.window.verify_until - standing.window.closes_at


def _moved(standing: Standing, closes_at: datetime) -> Facts:
    return {"was": utc(standing.window.closes_at), "became": utc(closes_at)}


def _if(done: bool, facts: Facts = _NOTHING) -> Facts | None:
    return facts if done else None


def _difference(before: Standing, after: Standing) -> tuple[dict[str, object], dict[str, object]]:
    """What a move has changed, for the audit trail."""
    was, became = _state(before), _state(after)
    changed = [name for name in was if was[name] != became[name]]
    return {name: was[name] for name in changed}, {name: became[name] for name in changed}


def _state(standing: Standing) -> dict[str, object]:
    window = standing.window
    return {
        "slug": standing.slug, "published": standing.published, "taken_down": standing.taken_down, "paused": window.paused,
        "opens_at": utc(window.opens_at), "closes_at": utc(window.closes_at),
    }  # fmt: skip
