"""All keys of ours in Redis: copies, flags, sessions, and the jobs of our queues."""

from redis import Redis

_PATTERNS = ("countersign:*", "rq:*")
_BATCH = 500


def delete_all(redis: Redis) -> int:
    """Delete all of them; how many there were. What others keep in the same Redis stays."""
    deleted = 0
    for pattern in _PATTERNS:
        batch: list[bytes] = []
        for key in redis.scan_iter(pattern, count=_BATCH):
            batch.append(key)
            if len(batch) >= _BATCH:
                deleted += redis.unlink(*batch)
                batch = []
        if batch:
            deleted += redis.unlink(*batch)
    return deleted
