"""Pending logins in Redis: the first factor was given, the second one is still asked for.

Kept under the hash of a cookie for five minutes. A few wrong codes end one: then the first factor must be given again.
"""

import hashlib
from dataclasses import dataclass
from typing import cast

from redis import Redis

PENDING_LOGIN_LIFETIME_SECONDS = 300
MAX_ATTEMPTS = 5
_PREFIX = "countersign:pending-login:"
# Counting and looking are one step, so that many tries at once are not one.
_COUNT_ATTEMPT_SCRIPT = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
if tries > tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) return false end
return redis.call('HMGET', KEYS[1], 'campaigner', 'next', 'by')
"""


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """Who gave the first proof, and where they wanted to go."""

    campaigner_id: int
    next_path: str
    method: str
    """What the first proof was."""


def store_pending_login(redis: Redis, cookie: str, pending_login: PendingLogin) -> None:
    """Remember that the browser with this cookie (128 bits of chance) gave the first proof."""
    fields = {
        "campaigner": str(pending_login.campaigner_id),
        "next": pending_login.next_path,
        "by": pending_login.method,
        "tries": "0",
    }
    with redis.pipeline() as pipeline:
        pipeline.hset(_key(cookie), mapping=fields)  # type: ignore[arg-type]
        pipeline.expire(_key(cookie), PENDING_LOGIN_LIFETIME_SECONDS)
        pipeline.execute()


def get_pending_login(redis: Redis, cookie: str) -> PendingLogin | None:
    """The half of a cookie; None where it is over."""
    return _pending_login_from_fields(cast("list[bytes | None]", redis.hmget(_key(cookie), "campaigner", "next", "by")))


def count_attempt(redis: Redis, cookie: str) -> PendingLogin | None:
    """The same, for one more try; None also where there were too many."""
    return _pending_login_from_fields(
        cast("list[bytes | None] | None", redis.eval(_COUNT_ATTEMPT_SCRIPT, 1, _key(cookie), str(MAX_ATTEMPTS)))
    )


def end_pending_login(redis: Redis, cookie: str) -> bool:
    """It is a whole one now, or given up. False where it was over before: only one browser goes on."""
    return bool(redis.delete(_key(cookie)))


def _pending_login_from_fields(found: list[bytes | None] | None) -> PendingLogin | None:
    if found is None:
        return None
    campaigner, next_path, by = found
    return PendingLogin(int(campaigner), next_path.decode(), by.decode()) if campaigner and next_path and by else None


def _key(cookie: str) -> str:
    return _PREFIX + hashlib.sha256(cookie.encode()).hexdigest()
