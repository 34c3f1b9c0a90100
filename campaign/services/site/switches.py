"""Switches of the whole site: throwing them, and knowing which are on, at no cost to whoever comes.

A throw is committed before the desk says that it is done, and signing and verifying ask the rows themselves, in the very
statement that would store something: from then on nothing is stored, whatever any process remembers. What pages show follows
within half a second: a process remembers for so long, then asks Redis, and where that has no copy the database; one thread of a
process at a time does so, never each request.
"""

import time

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.site.switch import Switch, Switches, SwitchState, paused_by_site
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.accounts import audit_log
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.redis import switch_cache
from campaign.store.site import switches

CACHE_SECONDS = 0.4
"""Seconds a process believes what it has read."""


def current_switches(runtime: Runtime) -> Switches:
    """Which switches are on. Where neither Redis nor the database can be asked, those that were a moment ago."""
    memory = runtime.switches_cache
    until, known = memory.cached
    # Whoever comes while one thread asks goes by what was known before, but for the very first.
    if time.monotonic() < until or not memory.lock.acquire(blocking=not until):
        return known
    try:
        until, known = memory.cached
        if time.monotonic() < until:
            return known
        found = _read_through(runtime, known)
        memory.cached = (time.monotonic() + CACHE_SECONDS, found)
        return found
    finally:
        memory.lock.release()


def with_site_pause(runtime: Runtime, campaign: Campaign) -> Campaign:
    """A campaign as the public finds it now: paused, where the operator holds signing on the whole site."""
    return paused_by_site(campaign, current_switches(runtime))


def expire_cache(runtime: Runtime) -> None:
    """Ask again at the next question, as what is remembered was found to be too old."""
    runtime.switches_cache.cached = (min(runtime.switches_cache.cached[0], time.monotonic()), runtime.switches_cache.cached[1])


def list_positions(runtime: Runtime) -> list[SwitchState]:
    """Where each switch stands, as the store has it. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        return list(switches.switch_states(connection).values())


def set_switch(runtime: Runtime, actor: Actor, switch: Switch, *, on: bool, message: str = "") -> bool:
    """Throw a switch; once this returns it acts. False where it stood so already. Raises StoreUnavailable.

    Where it is off again, mailed links verify for as long again as they could not in their grace.
    """
    at = runtime.now()
    with runtime.transaction() as connection:
        switches.lock_switches(connection)
        before = switches.switch_states(connection)[switch]
        kept = message if on else ""
        if (before.on, before.message) == (on, kept):
            return False
        # Since when: a message that is changed meanwhile does not begin it anew.
        longer = 0
        if before.on and before.changed_at and switch is Switch.READ_ONLY:
            longer = switches.extend_grace(connection, before.changed_at, at)
        switches.set_switch(connection, switch, is_on=on, message=kept, campaigner_id=actor.campaigner_id, now=at)
        became: dict[str, object] = {"on": on} | ({"message": kept} if kept else {}) | ({"longer": longer} if longer else {})
        was = {"on": before.on} | ({"message": before.message} if before.message else {})
        audit_log.record(connection, actor, "throw switch", at, subject=switch.value, before=was, after=became)
        current = switches.active_switches(connection)
    runtime.switches_cache.cached = (time.monotonic() + CACHE_SECONDS, current)
    _write_cache(runtime, current)
    return True


def refresh_switch_cache(runtime: Runtime) -> None:
    """Copy to Redis which switches are on, where its copy is lost or older; the clock does so. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        current = switches.active_switches(connection)
    _write_cache(runtime, current)


def _read_through(runtime: Runtime, known: Switches) -> Switches:
    try:
        copy = runtime.call_redis(switch_cache.cached_switches)
    except RedisUnavailableError:
        copy = None
    # A Redis that was away may come back with a copy from before.
    if copy is not None and copy.revision >= known.revision:
        return copy
    try:
        with runtime.reading() as connection:
            found = switches.active_switches(connection)
    except StoreUnavailableError:
        return known
    _write_cache(runtime, found)
    return found


def _write_cache(runtime: Runtime, current: Switches) -> None:
    try:
        runtime.call_redis(lambda redis: switch_cache.cache_switches(redis, current))
    except RedisUnavailableError:
        # The clock does it once Redis is back, and until then every process asks the rows.
        return
