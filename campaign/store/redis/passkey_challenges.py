"""Passkey challenges in Redis: each is valid once, for five minutes, and for one purpose."""

from typing import cast

from redis import Redis

CHALLENGE_LIFETIME_SECONDS = 300
_PREFIX = "countersign:passkey-challenge:"


def store_challenge(redis: Redis, name: str, purpose: str, challenge: bytes) -> None:
    """Keep a challenge under a random name, which only the browser it was made for knows."""
    redis.set(_key(name, purpose), challenge, ex=CHALLENGE_LIFETIME_SECONDS)


def take_challenge(redis: Redis, name: str, purpose: str) -> bytes | None:
    """The challenge, which is gone from here on; None where there is none (any more) for this purpose."""
    return cast("bytes | None", redis.getdel(_key(name, purpose)))


def _key(name: str, purpose: str) -> str:
    return f"{_PREFIX}{purpose}:{name}"
