"""Sessions of the desk: a browser signed in, found by its cookie, confirmed by a new proof, signed out."""

from campaign.domain.accounts.actor import Actor
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log, campaigners
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.redis import sessions
from campaign.store.redis.sessions import Session


def start_session(runtime: Runtime, campaigner_id: int, device: str, *, second_factor: bool) -> str:
    """Value of the cookie of a new session. Raises RedisUnavailableError.

    `device` is `domain.accounts.device.device_name` of the browser; `second_factor` whether more than a mailbox or a password
    was proved. The caller notes the sign-in in the audit trail, in the transaction it belongs to.
    """
    cookie, csrf, now = runtime.random_token(), runtime.random_token(), runtime.now()
    runtime.call_redis(
        lambda redis: sessions.start_session(
            redis, runtime.tokens, cookie, csrf, campaigner_id, device, now, second_factor=second_factor
        )
    )
    return cookie


def sign_in(
    runtime: Runtime, campaigner: Campaigner, method: str, device: str, network: str, *, second_factor: bool
) -> str:  # fmt: skip
    """Value of the cookie of a new session, after every proof that is asked for. Raises RedisUnavailableError.

    `method` is the first proof (link, password, passkey, invitation), for the audit trail.
    """
    with runtime.transaction() as connection:
        after = {"by": method, "device": device, "second factor": second_factor}
        audit_log.record(connection, campaigner_actor(campaigner, network), "sign in", runtime.now(), after=after)
        # Before the commit: no sign-in is noted that Redis could not keep.
        return start_session(runtime, campaigner.id, device, second_factor=second_factor)


def signed_in_campaigner(runtime: Runtime, cookie: str) -> tuple[Campaigner, Session] | None:
    """Campaigner and session of a cookie; None where the session is over, or the campaigner disabled.

    Raises RedisUnavailableError.
    """
    if not cookie:
        return None
    now = runtime.now()
    session = runtime.call_redis(lambda redis: sessions.get_session(redis, runtime.tokens, cookie, now))
    if session is None:
        return None
    with runtime.reading() as connection:
        campaigner = campaigners.get_by_id(connection, session.campaigner_id)
    return None if campaigner is None or campaigner.disabled_at is not None else (campaigner, session)


def confirm_session(runtime: Runtime, session: Session, *, second_factor: bool) -> None:
    """Note that the campaigner of a session has proved again who they are. Raises RedisUnavailableError."""
    now = runtime.now()
    runtime.call_redis(lambda redis: sessions.confirm_session(redis, runtime.tokens, session, now, second_factor=second_factor))


def discard_session(runtime: Runtime, session: Session) -> None:
    """End a session that another takes the place of in the same browser. Raises RedisUnavailableError."""
    runtime.call_redis(lambda redis: sessions.end_session(redis, session.campaigner_id, session.id))


def sign_out(runtime: Runtime, actor: Actor, session: Session) -> None:
    """End a session, and note it in the audit trail. Raises RedisUnavailableError."""
    discard_session(runtime, session)
    with runtime.transaction() as connection:
        audit_log.record(connection, actor, "sign out", runtime.now())


def campaigner_actor(campaigner: Campaigner, network: str) -> Actor:
    """Actor for the audit trail, of a campaigner who is not signed in yet."""
    return Actor(campaigner.name or "a campaigner", campaigner.id, network)
