"""Switches of the whole site: throwing them, and knowing which are on, at no cost to whoever comes.

A throw is committed before the desk says that it is done, and signing and verifying ask the rows themselves, in the very
statement that would store something: from then on nothing is stored, whatever any process remembers. What pages show follows
within half a second: a process remembers for so long, then asks Redis, and where that has no copy the database; one thread of a
process at a time does so, never each request.
"""

import time

from campaign.domain.actor import Actor
from campaign.domain.standing import Standing
from campaign.domain.switch import Position, Switch, Switches, held
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import audit, switches
from campaign.store.engine import StoreUnavailable

REMEMBERED = 0.4
"""Seconds a process believes what it has read."""


def now(runtime: Runtime) -> Switches:
    """Which switches are on. Where neither Redis nor the database can be asked, those that were a moment ago."""
    memory = runtime.switched
    until, known = memory.read
    # Whoever comes while one thread asks goes by what was known before, but for the very first.
    if time.monotonic() < until or not memory.asking.acquire(blocking=not until):
        return known
    try:
        until, known = memory.read
        if time.monotonic() < until:
            return known
        found = _ask(runtime, known)
        memory.read = (time.monotonic() + REMEMBERED, found)
        return found
    finally:
        memory.asking.release()


def as_shown(runtime: Runtime, standing: Standing) -> Standing:
    """A campaign as the public finds it now: paused, where the operator holds signing on the whole site."""
    return held(standing, now(runtime))


def forget(runtime: Runtime) -> None:
    """Ask again at the next question, as what is remembered was found to be too old."""
    runtime.switched.read = (min(runtime.switched.read[0], time.monotonic()), runtime.switched.read[1])


def positions(runtime: Runtime) -> list[Position]:
    """Where each switch stands, as the store has it. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        return list(switches.positions(connection).values())


def throw(runtime: Runtime, actor: Actor, switch: Switch, *, on: bool, message: str = "") -> bool:
    """Throw a switch; once this returns it acts. False where it stood so already. Raises StoreUnavailable.

    Where it is off again, mailed links verify for as long again as they could not in their grace.
    """
    at = runtime.now()
    with runtime.transaction() as connection:
        switches.hold(connection)
        before = switches.positions(connection)[switch]
        kept = message if on else ""
        if (before.on, before.message) == (on, kept):
            return False
        # Since when: a message that is changed meanwhile does not begin it anew.
        longer = 0
        if before.on and before.at and switch is Switch.READ_ONLY:
            longer = switches.give_back_grace(connection, before.at, at)
        switches.throw(connection, switch, on=on, message=kept, by=actor.campaigner_id, now=at)
        became: dict[str, object] = {"on": on} | ({"message": kept} if kept else {}) | ({"longer": longer} if longer else {})
        was = {"on": before.on} | ({"message": before.message} if before.message else {})
        audit.record(connection, actor, "throw switch", at, subject=switch.value, was=was, became=became)
        current = switches.on(connection)
    runtime.switched.read = (time.monotonic() + REMEMBERED, current)
    _publish(runtime, current)
    return True


def republish(runtime: Runtime) -> None:
    """Copy to Redis which switches are on, where its copy is lost or older; the clock does so. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        current = switches.on(connection)
    _publish(runtime, current)


def _ask(runtime: Runtime, known: Switches) -> Switches:
    try:
        copy = runtime.ask_redis(switches.read)
    except RedisUnavailable:
        copy = None
    # A Redis that was away may come back with a copy from before.
    if copy is not None and copy.revision >= known.revision:
        return copy
    try:
        with runtime.reading() as connection:
            found = switches.on(connection)
    except StoreUnavailable:
        return known
    _publish(runtime, found)
    return found


def _publish(runtime: Runtime, current: Switches) -> None:
    try:
        runtime.ask_redis(lambda redis: switches.publish(redis, current))
    except RedisUnavailable:
        # The clock does it once Redis is back, and until then every process asks the rows.
        return
