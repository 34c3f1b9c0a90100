"""Sessions of the desk in Redis, each under the hash of its cookie, so that reading Redis is not enough to take one over.

Each carries a MAC by the secret key over all that says who it is and what they have proved: what anybody else has written there
is no session. One that is broken in any way is over. Nothing in them is personal: the campaigner by number, and the family of
their browser. Where Redis is lost, all campaigners sign in again.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from redis import Redis
from redis.exceptions import ResponseError

from campaign.security.tokens import SignedTokens

log = structlog.get_logger(__name__)

IDLE_TIMEOUT = timedelta(hours=12)
"""After which a session that is not used ends."""
MAX_LIFETIME = timedelta(days=7)
"""After which a session ends, however much it is used."""
REAUTHENTICATION_WINDOW = timedelta(minutes=10)
"""How long after a proof of identity none is asked for again."""
_TOUCH_INTERVAL = timedelta(minutes=1)
_PREFIX = "countersign:session:"
_SESSIONS_OF_PREFIX = "countersign:sessions:"
_MAC_PURPOSE = "session"
_SIGNED_FIELDS = ("campaigner", "made", "confirmed", "factor", "csrf", "device")
"""What the MAC is over, with the session's name. Not the moment of its last use, which two requests may note at once."""


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
    redis: Redis,
    tokens: SignedTokens,
    cookie: str,
    csrf: str,
    campaigner_id: int,
    device: str,
    now: datetime,
    *,
    second_factor: bool,
) -> None:
    """Sign a browser in. `cookie` and `csrf` are random values of 128 bits or more."""
    name, at = session_id_from_cookie(cookie), now.isoformat()
    fields = {
        "campaigner": str(campaigner_id), "made": at, "seen": at, "confirmed": at, "factor": str(int(second_factor)),
        "csrf": csrf, "device": device,
    }  # fmt: skip
    fields["mac"] = tokens.record_mac(_MAC_PURPOSE, name, *(fields[field] for field in _SIGNED_FIELDS))
    with redis.pipeline() as pipeline:
        pipeline.hset(_PREFIX + name, mapping=fields)  # type: ignore[arg-type]
        pipeline.expire(_PREFIX + name, IDLE_TIMEOUT)
        pipeline.sadd(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", name)
        pipeline.expire(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", MAX_LIFETIME)
        pipeline.execute()


def get_session(redis: Redis, tokens: SignedTokens, cookie: str, now: datetime) -> Session | None:
    """The session of a cookie, which is kept alive by being used; None where it is over, or not written by this site."""
    found = _read_session(redis, tokens, session_id_from_cookie(cookie))
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


def confirm_session(redis: Redis, tokens: SignedTokens, session: Session, now: datetime, *, second_factor: bool) -> None:
    """Note that its campaigner has just proved their identity."""
    script = """
    if redis.call('EXISTS', KEYS[1]) == 1 then
        redis.call('HSET', KEYS[1], 'confirmed', ARGV[1], 'factor', ARGV[2], 'mac', ARGV[3])
    end
    """
    confirmed, factor = now.isoformat(), str(int(second_factor or session.second_factor))
    mac = tokens.record_mac(
        _MAC_PURPOSE, session.id, str(session.campaigner_id), session.made_at.isoformat(), confirmed, factor, session.csrf,
        session.device,
    )  # fmt: skip
    redis.eval(script, 1, _PREFIX + session.id, confirmed, factor, mac)


def list_sessions(redis: Redis, tokens: SignedTokens, campaigner_id: int, now: datetime) -> list[Session]:
    """The sessions of one campaigner, the one used last first."""
    found = [(name, _read_session(redis, tokens, name)) for name in _session_names(redis, campaigner_id)]
    if gone := [name for name, session in found if session is None]:
        redis.srem(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", *gone)
    mine = [session for _, session in found if session is not None and session.campaigner_id == campaigner_id]
    living = [session for session in mine if now - session.made_at <= MAX_LIFETIME]
    return sorted(living, key=lambda session: session.seen_at, reverse=True)


def end_session(redis: Redis, campaigner_id: int, session: str) -> None:
    """Sign one browser out. A session of another campaigner is left alone."""
    if _owner(redis, session) in (None, str(campaigner_id).encode()):
        redis.delete(_PREFIX + session)
        redis.srem(f"{_SESSIONS_OF_PREFIX}{campaigner_id}", session)


def end_all_sessions(redis: Redis, campaigner_id: int, *, except_session: str = "") -> None:
    """Sign every browser of a campaigner out, but for one."""
    for name in _session_names(redis, campaigner_id):
        if name != except_session:
            end_session(redis, campaigner_id, name)


def _session_names(redis: Redis, campaigner_id: int) -> list[str]:
    names = cast("set[bytes]", redis.smembers(f"{_SESSIONS_OF_PREFIX}{campaigner_id}"))
    return [name.decode(errors="replace") for name in names]


def _owner(redis: Redis, name: str) -> bytes | None:
    """Campaigner a session says it is of; None where there is none, or nothing that could be one."""
    try:
        return cast("bytes | None", redis.hget(_PREFIX + name, "campaigner"))
    except ResponseError as error:
        _require_wrong_type(error)
        return None


def _read_session(redis: Redis, tokens: SignedTokens, name: str) -> Session | None:
    try:
        raw = cast("dict[bytes, bytes]", redis.hgetall(_PREFIX + name))
    except ResponseError as error:
        _require_wrong_type(error)
        return None
    # One that is ended while it is touched or confirmed leaves no half of itself.
    if not raw:
        return None
    try:
        text = {key.decode(): value.decode() for key, value in raw.items()}
        if not tokens.is_record_mac(text["mac"], _MAC_PURPOSE, name, *(text[field] for field in _SIGNED_FIELDS)):
            _log_refusal()
            return None
        made, seen, confirmed = (datetime.fromisoformat(text[key]).astimezone(UTC) for key in ("made", "seen", "confirmed"))
    except (KeyError, ValueError, OverflowError):
        _log_refusal()
        return None
    return Session(
        name, int(text["campaigner"]), made, seen, confirmed, text["factor"] == "1", text["csrf"], text["device"]
    )  # fmt: skip


def _require_wrong_type(error: ResponseError) -> None:
    """Take it that a key holds something else than a hash. Raises every other error again: then Redis is unavailable."""
    if "WRONGTYPE" not in str(error):
        raise error
    _log_refusal()


def _log_refusal() -> None:
    log.warning("A session in Redis was refused: it was not written by this site, or is broken")
