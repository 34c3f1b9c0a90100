"""Pending logins: a first proof was given, the second factor is still asked for."""

from dataclasses import dataclass

from campaign.runtime import Runtime
from campaign.services.accounts import sessions
from campaign.services.accounts.auth import totp
from campaign.store.accounts import campaigners
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.redis import pending_logins
from campaign.store.redis.pending_logins import PENDING_LOGIN_LIFETIME_SECONDS, PendingLogin

__all__ = ["PENDING_LOGIN_LIFETIME_SECONDS", "CompletedLogin", "begin_pending_login", "complete_login", "pending_campaigner"]


@dataclass(frozen=True, slots=True)
class CompletedLogin:
    """Login that is complete: the new session, and the page that was wanted."""

    cookie: str
    next_path: str


def begin_pending_login(runtime: Runtime, campaigner_id: int, next_path: str, method: str) -> str:
    """Value of the cookie of a pending login, after the first proof (`method`). Raises RedisUnavailableError."""
    cookie, pending = runtime.random_token(), PendingLogin(campaigner_id, next_path, method)
    runtime.call_redis(lambda redis: pending_logins.store_pending_login(redis, runtime.tokens, cookie, pending))
    return cookie


def pending_campaigner(runtime: Runtime, cookie: str) -> Campaigner | None:
    """Campaigner whose login waits for the second factor; None where the cookie is of none. Raises RedisUnavailableError."""
    pending = (
        runtime.call_redis(lambda redis: pending_logins.get_pending_login(redis, runtime.tokens, cookie)) if cookie else None
    )
    if pending is None:
        return None
    with runtime.reading() as connection:
        return campaigners.get_by_id(connection, pending.campaigner_id)


def complete_login(runtime: Runtime, cookie: str, code: str, device: str, network: str) -> CompletedLogin | None:
    """Sign in with a code; None where the pending login is over, was tried too often, or its campaigner is disabled.

    Raises InvalidInputError with a sentence about the code, RedisUnavailableError.
    """
    pending = runtime.call_redis(lambda redis: pending_logins.count_attempt(redis, runtime.tokens, cookie)) if cookie else None
    if pending is None:
        return None
    with runtime.reading() as connection:
        campaigner = campaigners.get_by_id(connection, pending.campaigner_id)
    if campaigner is None or campaigner.disabled_at is not None:
        return None
    totp.verify_code(runtime, campaigner.id, sessions.campaigner_actor(campaigner, network), code)
    # Only one browser goes on: the one that ends it.
    if not runtime.call_redis(lambda redis: pending_logins.end_pending_login(redis, cookie)):
        return None
    new = sessions.sign_in(runtime, campaigner, pending.method, device, network, second_factor=True)
    return CompletedLogin(new, pending.next_path)
