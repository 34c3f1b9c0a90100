"""Searches at the desk, in Redis for an hour, so that names and addresses that are looked for are in no URL.

Each is kept under a hash of its name, of the session that searches and of the campaign, so that no other session finds it.
It is encrypted before it comes here: reading Redis shows no personal data.
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
    """A search, which is kept for another hour by being used; None where it has expired."""
    found = cast("bytes | None", redis.getex(_key(session, campaign_id, name), ex=SEARCH_LIFETIME_SECONDS))
    return None if found is None else found.decode()


def _key(session: str, campaign_id: int, name: str) -> str:
    return _PREFIX + hashlib.sha256(f"{session}:{campaign_id}:{name}".encode()).hexdigest()
