"""Sign-ins that are half done, in Redis: the first proof was given, a code is still asked for.

Kept under the hash of a cookie for five minutes. A few wrong codes end it: then the first proof must be given again.
"""

import hashlib
from dataclasses import dataclass
from typing import cast

from redis import Redis

SECONDS = 300
MOST_TRIES = 5
_PREFIX = "countersign:half:"
# Counting and looking are one step, so that many tries at once are not one.
_TRY = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
if tries > tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) return false end
return redis.call('HMGET', KEYS[1], 'campaigner', 'next', 'by')
"""


@dataclass(frozen=True, slots=True)
class Half:
    """Who gave the first proof, and where they wanted to go."""

    campaigner_id: int
    next_path: str
    by: str
    """What the first proof was."""


def keep(redis: Redis, cookie: str, half: Half) -> None:
    """Remember that the browser with this cookie (128 bits of chance) gave the first proof."""
    fields = {"campaigner": str(half.campaigner_id), "next": half.next_path, "by": half.by, "tries": "0"}
    with redis.pipeline() as pipeline:
        pipeline.hset(_key(cookie), mapping=fields)  # type: ignore[arg-type]
        pipeline.expire(_key(cookie), SECONDS)
        pipeline.execute()


def get(redis: Redis, cookie: str) -> Half | None:
    """The half of a cookie; None where it is over."""
    return _read(cast("list[bytes | None]", redis.hmget(_key(cookie), "campaigner", "next", "by")))


def tried(redis: Redis, cookie: str) -> Half | None:
    """The same, for one more try; None also where there were too many."""
    return _read(cast("list[bytes | None] | None", redis.eval(_TRY, 1, _key(cookie), str(MOST_TRIES))))


def end(redis: Redis, cookie: str) -> bool:
    """It is a whole one now, or given up. False where it was over before: only one browser goes on."""
    return bool(redis.delete(_key(cookie)))


def _read(found: list[bytes | None] | None) -> Half | None:
    if found is None:
        return None
    campaigner, next_path, by = found
    return Half(int(campaigner), next_path.decode(), by.decode()) if campaigner and next_path and by else None


def _key(cookie: str) -> str:
    return _PREFIX + hashlib.sha256(cookie.encode()).hexdigest()
