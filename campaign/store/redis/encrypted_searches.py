"""Searches of somebody at the desk, in Redis for an hour: names and addresses that are looked for stand in no address bar.

Each is kept under a hash of its name, of the session that searches and of the campaign, so that nobody else's session finds it.
What is kept is sealed before it comes here: who reads Redis learns of nobody.
"""

import hashlib
from typing import cast

from redis import Redis

SEARCH_LIFETIME_SECONDS = 3600
_PREFIX = "countersign:search:"


def store_search(redis: Redis, session: str, campaign_id: int, name: str, encrypted: str) -> None:
    """Keep a search under a random name."""
    redis.set(_key(session, campaign_id, name), encrypted, ex=SEARCH_LIFETIME_SECONDS)


def get_search(redis: Redis, session: str, campaign_id: int, name: str) -> str | None:
    """A search, which is kept for another hour by being used; None where it is over."""
    found = cast("bytes | None", redis.getex(_key(session, campaign_id, name), ex=SEARCH_LIFETIME_SECONDS))
    return None if found is None else found.decode()


def _key(session: str, campaign_id: int, name: str) -> str:
    return _PREFIX + hashlib.sha256(f"{session}:{campaign_id}:{name}".encode()).hexdigest()
