"""Sessions and pending logins in Redis: what this site has not written, or what is broken, is none, and never an error."""

from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis

from campaign.runtime import Runtime
from campaign.security.tokens import SignedTokens
from campaign.store.redis import pending_logins, sessions
from campaign.store.redis.pending_logins import PendingLogin
from tests.conftest import BASE_URL
from tests.support.secret_keys import OTHER_SECRET_KEY, SECRET_KEY

COOKIE, OTHER_COOKIE = "a" * 22, "b" * 22
BROKEN_VALUES = ("", "x", "-1", "2", "9" * 40, "2026-11-23", "0001-01-01T00:00:00+14:00", "\x00", b"\xff\xfe")


def key_of(cookie: str) -> str:
    return "countersign:session:" + sessions.session_id_from_cookie(cookie)


@pytest.fixture
def redis(runtime: Runtime) -> Redis:
    sessions.start_session(
        runtime.redis, runtime.tokens, COOKIE, "csrf", 7, "Firefox on Linux", runtime.now(), second_factor=False
    )  # fmt: skip
    return runtime.redis


def session_of(runtime: Runtime, cookie: str = COOKIE) -> sessions.Session | None:
    return sessions.get_session(runtime.redis, runtime.tokens, cookie, runtime.now())


FIELDS = ("campaigner", "made", "confirmed", "factor", "csrf", "device", "mac")


def test_a_session_with_one_field_written_by_another_is_none(runtime: Runtime, redis: Redis) -> None:
    found = session_of(runtime)
    assert found is not None
    sound = redis.hgetall(key_of(COOKIE))
    taken = {}
    for field in (*FIELDS, "seen"):
        for value in BROKEN_VALUES:
            redis.delete(key_of(COOKIE))
            redis.hset(key_of(COOKIE), mapping={**sound, field.encode(): value})
            taken[field, value] = session_of(runtime)
        redis.delete(key_of(COOKIE))
        redis.hset(key_of(COOKIE), mapping={name: value for name, value in sound.items() if name.decode() != field})
        taken[field, None] = session_of(runtime)
    # A day alone is a moment too: only the last use may be written by others, and it ends a session at most.
    assert {case for case, session in taken.items() if session is not None} <= {("seen", "2026-11-23")}
    assert all(session is None or session.second_factor is False for session in taken.values())


OTHER_TYPES: dict[str, Callable[[Redis, str], Any]] = {
    "text": lambda redis, key: redis.set(key, "x"),
    "list": lambda redis, key: redis.rpush(key, "x"),
    "set": lambda redis, key: redis.sadd(key, "x"),
    "sorted set": lambda redis, key: redis.zadd(key, {"x": 1}),
    "stream": lambda redis, key: redis.xadd(key, {"x": "1"}),
    "empty hash field": lambda redis, key: redis.hset(key, "", ""),
    "count that is none": lambda redis, key: redis.hset(key, "tries", "x"),
}


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_what_is_no_session_at_all_is_none(runtime: Runtime, redis: Redis, kind: str) -> None:
    redis.delete(key_of(COOKIE))
    OTHER_TYPES[kind](redis, key_of(COOKIE))
    assert session_of(runtime) is None
    assert sessions.list_sessions(redis, runtime.tokens, 7, runtime.now()) == []
    sessions.end_session(redis, 7, sessions.session_id_from_cookie(COOKIE))
    assert not redis.exists(key_of(COOKIE))

    pending = pending_logins._key(COOKIE)
    OTHER_TYPES[kind](redis, pending)
    assert pending_logins.get_pending_login(redis, runtime.tokens, COOKIE) is None
    assert pending_logins.count_attempt(redis, runtime.tokens, COOKIE) is None


def test_a_session_is_good_for_its_own_cookie_and_this_site_alone(runtime: Runtime, redis: Redis) -> None:
    redis.copy(key_of(COOKIE), key_of(OTHER_COOKIE))
    assert session_of(runtime, OTHER_COOKIE) is None
    forger = SignedTokens(OTHER_SECRET_KEY, (), BASE_URL)
    sessions.start_session(redis, forger, OTHER_COOKIE, "csrf", 1, "Firefox on Linux", runtime.now(), second_factor=True)
    assert session_of(runtime, OTHER_COOKIE) is None
    # A new secret key signs nobody out, as long as the old one is among its fallbacks.
    rotated = SignedTokens(OTHER_SECRET_KEY, (SECRET_KEY,), BASE_URL)
    found = sessions.get_session(redis, rotated, COOKIE, runtime.now())
    assert found is not None
    sessions.confirm_session(redis, rotated, found, runtime.now(), second_factor=True)
    assert session_of(runtime) is None
    confirmed = sessions.get_session(redis, rotated, COOKIE, runtime.now())
    assert confirmed is not None
    assert confirmed.second_factor


def test_a_first_factor_is_not_skipped_by_writing_into_redis(runtime: Runtime, redis: Redis) -> None:
    forger = SignedTokens(OTHER_SECRET_KEY, (), BASE_URL)
    pending_logins.store_pending_login(redis, forger, COOKIE, PendingLogin(1, "/desk/", "password"))
    assert pending_logins.get_pending_login(redis, runtime.tokens, COOKIE) is None
    ours = PendingLogin(7, "/desk/", "password")
    pending_logins.store_pending_login(redis, runtime.tokens, COOKIE, ours)
    assert pending_logins.get_pending_login(redis, runtime.tokens, COOKIE) == ours
    assert pending_logins.count_attempt(redis, runtime.tokens, COOKIE) == ours
    redis.hset(pending_logins._key(COOKIE), "campaigner", "1")
    assert pending_logins.get_pending_login(redis, runtime.tokens, COOKIE) is None
    assert pending_logins.count_attempt(redis, runtime.tokens, COOKIE) is None
