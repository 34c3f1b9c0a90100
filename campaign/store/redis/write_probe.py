"""Write probe: proves that Redis can store something now, by storing and reading it; and what keeps it from doing so."""

from typing import cast

from redis import Redis
from redis.exceptions import AuthenticationError, BusyLoadingError, OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError

_PREFIX = "countersign:write-probe:"
_LIFETIME_SECONDS = 60
_BY_WORDS = (
    ("OOM", ("is full: takes no writes", "raise `maxmemory`, or remove what else is in it")),
    ("READONLY", ("is a replica: takes no writes", "point REDIS_URL at its primary, or `REPLICAOF NO ONE`")),
    ("WRONGPASS", ("wants another password", "put it into REDIS_URL: redis://:password@host:6379/0")),
    ("LOADING", ("is still reading its file", "wait, then try again")),
    ("MISCONF", ("cannot save to its disk and takes no writes", "free disk space where it keeps its file")),
    ("MASTERDOWN", ("is a replica that has lost its primary", "point REDIS_URL at the primary")),
    ("DB index", ("has no database of that number", "correct REDIS_URL: the number at its end")),
    ("NOPERM", ("does not let our user do that", "give the user of REDIS_URL all commands and keys")),
)  # fmt: skip
"""By what Redis begins its errors with."""
_BY_KIND = (
    (OutOfMemoryError, _BY_WORDS[0][1]),
    (ReadOnlyError, _BY_WORDS[1][1]),
    (AuthenticationError, _BY_WORDS[2][1]),
    (BusyLoadingError, _BY_WORDS[3][1]),
    (RedisTimeoutError, ("does not answer within the time", "see whether it is overloaded or behind a firewall")),
)  # fmt: skip
"""By what the client makes of them."""


def write_key(redis: Redis, name: str, value: str) -> bool:
    """Store a value under the name of a probe and read it back; whether it came back."""
    redis.set(_PREFIX + name, value, ex=_LIFETIME_SECONDS)
    return cast("bytes | None", redis.get(_PREFIX + name)) == value.encode()


def failure_words(error: BaseException) -> tuple[str, str]:
    """Why Redis could not be used, and what to do, from the error of a command."""
    words = str(error)
    for beginning, found in _BY_WORDS:
        if beginning in words:
            return found
    for kind, found in _BY_KIND:
        if isinstance(error, kind):
            return found
    return (
        "does not answer; signing and counting go on, mail waits",
        "start it, or correct REDIS_URL (`countersign up` runs its own)",
    )
