"""Pending logins in Redis: the first factor was given, the second one is still asked for.

Kept under the hash of a cookie for five minutes, with a MAC by the secret key: what anybody else has written is none. A few
wrong codes end one: then the first factor must be given again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from campaign.security.tokens import SignedTokens

PENDING_LOGIN_LIFETIME_SECONDS = 300
MAX_ATTEMPTS = 5
_PREFIX = "countersign:pending-login:"
_MAC_PURPOSE = "pending login"
# Counting and looking are one step, so that many tries at once are not one.
_COUNT_ATTEMPT_SCRIPT = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
if tries > tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) return false end
return redis.call('HMGET', KEYS[1], 'campaigner', 'next', 'by', 'mac')
"""


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """Login that waits for its second factor: who gave the first, and where they wanted to go."""

    campaigner_id: int
    next_path: str
    method: str
    """What the first proof was."""


def store_pending_login(redis: Redis, tokens: SignedTokens, cookie: str, pending_login: PendingLogin) -> None:
    """Remember that the browser with this cookie (128 bits of chance) gave the first proof."""
    fields = {
        "campaigner": str(pending_login.campaigner_id),
        "next": pending_login.next_path,
        "by": pending_login.method,
        "tries": "0",
        "mac": tokens.record_mac(
            _MAC_PURPOSE, _key(cookie), str(pending_login.campaigner_id), pending_login.next_path, pending_login.method
        ),
    }
    with redis.pipeline() as pipeline:
        pipeline.hset(_key(cookie), mapping=fields)  # type: ignore[arg-type]
        pipeline.expire(_key(cookie), PENDING_LOGIN_LIFETIME_SECONDS)
        pipeline.execute()


def get_pending_login(redis: Redis, tokens: SignedTokens, cookie: str) -> PendingLogin | None:
    """The pending login of a cookie; None where it is over, or not written by this site."""
    return _read(tokens, cookie, lambda: redis.hmget(_key(cookie), "campaigner", "next", "by", "mac"))


def count_attempt(redis: Redis, tokens: SignedTokens, cookie: str) -> PendingLogin | None:
    """The same, for one more try; None also where there were too many."""
    return _read(tokens, cookie, lambda: redis.eval(_COUNT_ATTEMPT_SCRIPT, 1, _key(cookie), str(MAX_ATTEMPTS)))


def end_pending_login(redis: Redis, cookie: str) -> bool:
    """It is a whole one now, or given up. False where it was over before: only one browser goes on."""
    return bool(redis.delete(_key(cookie)))


def _read(tokens: SignedTokens, cookie: str, ask: Callable[[], Any]) -> PendingLogin | None:
    try:
        found: list[bytes | None] | None = ask()
    except ResponseError as error:
        # Something else than a hash stands there, or something that is no number is to be counted on.
        if "WRONGTYPE" in str(error) or "not an integer" in str(error):
            return None
        raise
    texts = [(value or b"").decode(errors="replace") for value in found or ()]
    if not texts:
        return None
    campaigner, next_path, by, mac = texts
    if not tokens.is_record_mac(mac, _MAC_PURPOSE, _key(cookie), campaigner, next_path, by):
        return None
    return PendingLogin(int(campaigner), next_path, by)


def _key(cookie: str) -> str:
    return _PREFIX + hashlib.sha256(cookie.encode()).hexdigest()
