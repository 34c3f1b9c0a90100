"""Networks from which a flood comes at present, under keyed hashes, and challenges that were solved."""

import json
from collections.abc import Collection

from redis import Redis

_NETWORKS_KEY = "countersign:flooding-networks"
_SOLVED_PREFIX = "countersign:solved-challenge:"
LIFETIME_SECONDS = 180
"""How long networks stay that nobody names again; the clock has them looked at every minute."""


def cache_flooding_networks(redis: Redis, hashes: Collection[str]) -> None:
    """Store which networks a flood comes from; nothing for none."""
    if hashes:
        redis.set(_NETWORKS_KEY, json.dumps(sorted(hashes)), ex=LIFETIME_SECONDS)
    else:
        redis.delete(_NETWORKS_KEY)


def flooding_networks(redis: Redis) -> frozenset[str]:
    """Hashes of the networks a flood comes from."""
    raw = redis.get(_NETWORKS_KEY)
    return frozenset() if raw is None else frozenset(json.loads(raw))


def record_solved(redis: Redis, challenge_hash: str, seconds: int) -> bool:
    """Remember for so many seconds that a challenge was solved. False where it was shown before."""
    return bool(redis.set(f"{_SOLVED_PREFIX}{challenge_hash}", 1, nx=True, ex=max(1, seconds)))
