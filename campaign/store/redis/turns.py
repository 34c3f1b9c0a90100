"""Turns of long work in Redis: which item had the last step, and which had nothing to do since. Lost, the first one begins."""

import json
from collections.abc import Collection
from typing import cast

from redis import Redis

_PREFIX = "countersign:turns:"
_LAST, _IDLE = ":last", ":idle"
_LAST_LIFETIME_SECONDS = 24 * 3600
_IDLE_LIFETIME_SECONDS = 3600


def get_turns(redis: Redis, work: str) -> tuple[str, set[str]]:
    """The item whose step began last ("" where none is known), and those that have had nothing to do since any had."""
    last, idle = cast("list[bytes | None]", redis.mget(_PREFIX + work + _LAST, _PREFIX + work + _IDLE))
    return (last or b"").decode(), set(json.loads(idle or b"[]"))


def set_last(redis: Redis, work: str, item: str) -> None:
    """Note that a step of an item begins."""
    redis.set(_PREFIX + work + _LAST, item, ex=_LAST_LIFETIME_SECONDS)


def set_idle(redis: Redis, work: str, items: Collection[str]) -> None:
    """Note which items have nothing to do."""
    if items:
        redis.set(_PREFIX + work + _IDLE, json.dumps(sorted(items)), ex=_IDLE_LIFETIME_SECONDS)
    else:
        redis.delete(_PREFIX + work + _IDLE)
