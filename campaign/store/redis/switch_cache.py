"""Copy in Redis of which switches of the site are on. The rows decide: see `campaign.store.site.switches`."""

import json
from typing import cast

from redis import Redis

from campaign.domain.site.switch import Switch, Switches

_KEY = "countersign:switches"
_LIFETIME_SECONDS = 60
"""How long a copy lasts that nobody renews; the clock does so every second."""
_CACHE_SCRIPT = """
local old = redis.call('HGET', KEYS[1], 'revision')
if old and tonumber(old) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'on', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


def cache_switches(redis: Redis, switches: Switches) -> bool:
    """Copy which switches are on, unless a newer copy is there. False where one was."""
    messages = json.dumps({switch.value: message for switch, message in switches.on.items()}, ensure_ascii=False)
    return bool(redis.eval(_CACHE_SCRIPT, 1, _KEY, str(switches.revision), messages, str(_LIFETIME_SECONDS)))


def cached_switches(redis: Redis) -> Switches | None:
    """The copy of which switches are on; None where there is none."""
    revision, raw = cast("list[bytes | None]", redis.hmget(_KEY, "revision", "on"))
    if revision is None or raw is None:
        return None
    on = json.loads(raw)
    return Switches({switch: on[switch.value] for switch in Switch if switch.value in on}, int(revision))
