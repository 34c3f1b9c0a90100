"""Sessions of the desk in Redis, each under the hash of its cookie, so that reading Redis is not enough to take one over.

Nothing in them is personal: the campaigner by number, and the family of their browser. Where Redis is lost, all campaigners
sign in again.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from redis import Redis

IDLE_TIMEOUT = timedelta(hours=12)
"""After which a session that is not used ends."""
MAX_LIFETIME = timedelta(days=7)
"""After which a session ends, however much it is used."""
REAUTHENTICATION_WINDOW = timedelta(minutes=10)
"""How long after a proof of identity none is asked for again."""
_TOUCH_INTERVAL = timedelta(minutes=1)
_PREFIX = "countersign:session:"
_SESSIONS_OF_PREFIX = "countersign:sessions:"


@dataclass(frozen=True, slots=True)
class Session:
    """One browser signed in to the desk."""

    id: str
    """The hash of its cookie: names the session, opens nothing."""
    campaigner_id: int
    made_at: datetime
    seen_at: datetime
    confirmed_at: datetime
    """When its campaigner last proved their identity."""
    second_factor: bool
    """Whether they proved it by more than their mailbox or a password."""
    csrf: str
    """What every form sent from it carries."""
    device: str
    """The family of the browser and its system, for the list of sessions."""

    def is_recently_confirmed(self, now: datetime) -> bool:
        """Whether its campaigner proved their identity a moment ago."""
        return now - self.confirmed_at <= REAUTHENTICATION_WINDOW


def session_id_from_cookie(cookie: str) -> str:
    """What a session is kept under."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def start_session(
    redis: Redis, cookie: str, csrf: str, campaigner_id: int, device: str, now: datetime, *, second_factor: bool
) -> None:
    """Sign a browser in. `cookie` and `csrf` are random values of 128 bits or more."""
    name, at = session_id_from_cookie(cookie), now.isoformat()
    fields = {
        "campaigner": str(campaigner_id), "made": at, "seen": at, "confirmed": at, "factor": str(int(second_factor)),
        "csrf": csrf, "device": device,
    }  # fmt: skip
    with redis.pipeline() as pipeline:
        pipeline.hset(_PREFIX + name, mapping=fields)  # type: ignore[arg-type]
        pipeline.expire(_PREFIX + name, IDLE_TIMEOUT)
        pipeline.sadd(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", name)
        pipeline.expire(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", MAX_LIFETIME)
        pipeline.execute()


def get_session(redis: Redis, cookie: str, now: datetime) -> Session | None:
    """The session of a cookie, which is kept alive by being used; None where it is over."""
    found = _read_session(redis, session_id_from_cookie(cookie))
    if found is None:
        return None
    if now - found.made_at > MAX_LIFETIME or now - found.seen_at > IDLE_TIMEOUT:
        end_session(redis, found.campaigner_id, found.id)
        return None
    if now - found.seen_at > _TOUCH_INTERVAL:
        # Only while it is there: a session that is ended at this moment must not come back.
        script = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'seen', ARGV[1]) "
        redis.eval(f"{script} redis.call('EXPIRE', KEYS[1], ARGV[2]) end", 1, _PREFIX + found.id, now.isoformat(),
                   str(int(IDLE_TIMEOUT.total_seconds())))  # fmt: skip
    return found


def confirm_session(redis: Redis, session: Session, now: datetime, *, second_factor: bool) -> None:
    """Note that its campaigner has just proved their identity."""
    script = (
        "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'confirmed', ARGV[1], 'factor', ARGV[2]) end"
    )
    redis.eval(script, 1, _PREFIX + session.id, now.isoformat(), str(int(second_factor or session.second_factor)))


def list_sessions(redis: Redis, campaigner_id: int, now: datetime) -> list[Session]:
    """The sessions of one campaigner, the one used last first."""
    names = [name.decode() for name in cast("set[bytes]", redis.smembers(f"{_SESSIONS_OF_PREFIX}{campaigner_id}"))]
    found = [(name, _read_session(redis, name)) for name in names]
    if gone := [name for name, session in found if session is None]:
        redis.srem(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", *gone)
    living = [session for _, session in found if session is not None and now - session.made_at <= MAX_LIFETIME]
    return sorted(living, key=lambda session: session.seen_at, reverse=True)


def end_session(redis: Redis, campaigner_id: int, session: str) -> None:
    """Sign one browser out. A session of another campaigner is left alone."""
    found = _read_session(redis, session)
    if found is None or found.campaigner_id == campaigner_id:
        redis.delete(_PREFIX + session)
        redis.srem(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", session)


def end_all_sessions(redis: Redis, campaigner_id: int, *, except_session: str = "") -> None:
    """Sign every browser of a campaigner out, but for one."""
    for name in cast("set[bytes]", redis.smembers(f"{_SESSIONS_OF_PREFIX}{campaigner_id}")):
        if name.decode() != except_session:
            end_session(redis, campaigner_id, name.decode())


def _read_session(redis: Redis, name: str) -> Session | None:
    raw = cast("dict[bytes, bytes]", redis.hgetall(_PREFIX + name))
    # One that is ended while it is touched or confirmed leaves no half of itself.
    if not raw:
        return None
    text = {key.decode(): value.decode() for key, value in raw.items()}
    made, seen, confirmed = (datetime.fromisoformat(text[key]).astimezone(UTC) for key in ("made", "seen", "confirmed"))
    return Session(
        name, int(text["campaigner"]), made, seen, confirmed, text["factor"] == "1", text["csrf"], text["device"]
    )  # fmt: skip
