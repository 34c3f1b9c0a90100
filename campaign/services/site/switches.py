"""Switches of the whole site: setting them, and reading which are on.

A change is committed before the desk says that it is done, and signing and verifying ask the rows themselves, in the very
statement that would store something: from then on nothing is stored, whatever any process has cached. What pages show follows
within half a second (`campaign.web.site_switches`).
"""

from campaign.domain.accounts.actor import Actor
from campaign.domain.site.switch import NO_SWITCHES, Switch, Switches, SwitchState
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.accounts import audit_log
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.redis import switch_cache
from campaign.store.site import switches


def current_switches(runtime: Runtime, known: Switches = NO_SWITCHES) -> Switches:
    """The switches that are on, from Redis, else from the store. Where neither can be asked, or Redis has an older copy than
    `known`, which was read before: those."""
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


def list_positions(runtime: Runtime) -> list[SwitchState]:
    """Where each switch stands, as the store has it. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        return list(switches.switch_states(connection).values())


def set_switch(runtime: Runtime, actor: Actor, switch: Switch, *, on: bool, message: str = "") -> bool:
    """Set a switch; once this returns it acts. False where it stood so already. Raises StoreUnavailableError.

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
    _write_cache(runtime, current)
    return True


def refresh_switch_cache(runtime: Runtime) -> None:
    """Copy to Redis which switches are on, where its copy is lost or older; the clock does so. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        current = switches.active_switches(connection)
    _write_cache(runtime, current)


def _write_cache(runtime: Runtime, current: Switches) -> None:
    try:
        runtime.call_redis(lambda redis: switch_cache.cache_switches(redis, current))
    except RedisUnavailableError:
        # The clock does it once Redis is back, and until then every process asks the rows.
        return
