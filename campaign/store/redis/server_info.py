"""Server info: what Redis says of its version, its memory, its file and its role."""

from dataclasses import dataclass

from redis import Redis

MIN_VERSION = (6, 2)
"""The oldest Redis that has every command we use."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """Answer of INFO. Managed Redis often forbids CONFIG, which would say more."""

    version: tuple[int, int]
    is_replica: bool
    persists: bool
    last_save_failed: bool
    policy: str
    """What it does when memory is full."""
    used_memory: int
    max_memory: int
    """Octets; 0 for no limit."""

    @property
    def evicts(self) -> bool:
        """Whether it throws keys away when memory is full."""
        return self.policy != "noeviction" and self.max_memory > 0


def read_server_info(redis: Redis) -> ServerInfo:
    """What Redis says of itself."""
    info = redis.info()
    major, minor = str(info["redis_version"]).split(".")[:2]
    return ServerInfo(
        version=(int(major), int(minor)),
        is_replica=info.get("role") == "slave",
        persists=bool(info.get("aof_enabled")) or bool(info.get("rdb_last_save_time") and info.get("rdb_saves")),
        last_save_failed="err" in (info.get("aof_last_write_status"), info.get("rdb_last_bgsave_status")),
        policy=str(info.get("maxmemory_policy", "noeviction")),
        used_memory=int(info.get("used_memory", 0)),
        max_memory=int(info.get("maxmemory", 0)),
    )
