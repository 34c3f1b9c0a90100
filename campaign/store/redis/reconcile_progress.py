"""Progress of the nightly reconciliation of all counts, in Redis. Where it is lost, reconciling starts again."""

import json
from typing import Any, cast

from redis import Redis

_KEY = "countersign:reconcile-progress"
_LIFETIME_SECONDS = 6 * 3600


def reconcile_progress(redis: Redis) -> dict[str, Any] | None:
    """How far it has come; None where none is under way."""
    raw = cast("bytes | None", redis.get(_KEY))
    return None if raw is None else cast("dict[str, Any]", json.loads(raw))


def set_reconcile_progress(redis: Redis, progress: dict[str, Any] | None) -> None:
    """Store how far it has come, or None: it is over."""
    if progress is None:
        redis.delete(_KEY)
    else:
        redis.set(_KEY, json.dumps(progress), ex=_LIFETIME_SECONDS)
