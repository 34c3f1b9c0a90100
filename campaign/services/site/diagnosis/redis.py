"""Check of Redis: version, writing, keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.site.finding import Finding, fault, note
from campaign.runtime import RedisUnavailableError
from campaign.store.redis import server_info, write_probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaign.runtime import Runtime

_PROBE = "doctor"


def check_redis(runtime: Runtime) -> Iterator[Finding]:
    """A key can be written and comes back; nothing is evicted; what is there outlives a restart."""
    try:
        info = runtime.call_redis(server_info.read_server_info)
    except RedisUnavailableError as error:
        yield _unusable(error)
        return
    version = ".".join(map(str, info.version))
    if info.version < server_info.MIN_VERSION:
        yield fault("redis", f"is version {version}", "use Redis 6.2 or newer, or Valkey")
        return
    token = runtime.random_link_key()
    try:
        if runtime.call_redis(lambda redis: write_probe.write_key(redis, _PROBE, token)):
            yield Finding("redis", f"keeps a key, version {version}")
        else:
            yield fault("redis", "does not keep what is written", "see whether it is evicting, or a proxy lies between")
    except RedisUnavailableError as error:
        yield _unusable(error)
    if info.is_replica:
        yield fault("redis", "is a replica: it loses what we write", "point REDIS_URL at the primary, or `REPLICAOF NO ONE`")
    if info.evicts:
        yield fault(
            "redis", f"evicts keys when full ({info.policy})", "set `maxmemory-policy noeviction`: a queue must not lose jobs"
        )
    if not info.persists:
        yield note(
            "redis", "keeps nothing on disk; what is in it can be rebuilt, jobs wait for the clock", "set `appendonly yes`"
        )
    if info.last_save_failed:
        yield fault("redis", "could not write its file the last time", "free disk space where it keeps its file; see its log")
    if info.max_memory and info.used_memory > 0.9 * info.max_memory:
        yield note("redis", f"has used {info.used_memory * 100 // info.max_memory} % of `maxmemory`", "raise `maxmemory`")


def _unusable(error: RedisUnavailableError) -> Finding:
    return fault("redis", *write_probe.failure_words(error.__cause__ or error))
