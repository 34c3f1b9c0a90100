"""A password, for those who want one: kept as argon2id, and compared with the same work whether or not there is one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from campaign.domain.accounts.password import MAX_PASSWORD_LENGTH, normalised_password, read_password
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts.auth.credential_changes import record_credential_change
from campaign.services.accounts.auth.rate_limits import RateLimit, count_attempt
from campaign.store.accounts import campaigners, credentials

if TYPE_CHECKING:
    from campaign.domain.accounts.actor import Actor
    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner

_QUARTER_HOUR_SECONDS, _HOUR_SECONDS = 900, 3600
LIMIT_PER_ACCOUNT_AND_NETWORK = RateLimit(8, _QUARTER_HOUR_SECONDS)
LIMIT_PER_ACCOUNT = RateLimit(60, _HOUR_SECONDS)
"""More than one network is allowed, so that nobody locks another out from their own desk."""
LIMIT_PER_NETWORK = RateLimit(60, _QUARTER_HOUR_SECONDS)
"""Offices sign in from one network."""
WRONG_PASSWORD = "That address and password do not belong together."  # noqa: S105 - what a person is told

# What OWASP and RFC 9106 name for a server with little memory: 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def set_password(runtime: Runtime, campaigner: Campaigner, actor: Actor, typed: str, *, keep_session: str) -> None:
    """Give somebody a password, or another one. `keep_session` is the session that stays. Raises InvalidInputError."""
    new = _hasher.hash(read_password(typed, campaigner.email, campaigner.name))
    with runtime.transaction() as connection:
        act = "change password" if credentials.get_password_hash(connection, campaigner.id) else "set password"
        credentials.set_password_hash(connection, campaigner.id, new)
        record_credential_change(runtime, connection, campaigner.id, actor, act, keep_session=keep_session)


def remove_password(runtime: Runtime, campaigner_id: int, actor: Actor, *, keep_session: str) -> bool:
    """Take somebody's password away. False where they have none."""
    with runtime.transaction() as connection:
        if not credentials.get_password_hash(connection, campaigner_id):
            return False
        credentials.set_password_hash(connection, campaigner_id, "")
        record_credential_change(runtime, connection, campaigner_id, actor, "remove password", keep_session=keep_session)
    return True


def verify_password(runtime: Runtime, email: str, typed: str, network: str, *, known_browser: str = "") -> Campaigner:
    """Whose address and password these are. `known_browser` is that of `login_links.request_login_link`.

    Raises InvalidInputError with the same words, after the same work, for an address nobody has, no password set, and a wrong
    one; TooManyAttemptsError for all of them alike.
    """
    key = _email_key(email)
    if network:
        # A crowd in one network does not lock out who has signed in before.
        crowd = f"browser:{known_browser}" if known_browser else f"network:{network}"
        count_attempt(runtime, "password-network", crowd, LIMIT_PER_NETWORK)
        count_attempt(runtime, "password-both", f"{key} {network}", LIMIT_PER_ACCOUNT_AND_NETWORK)
    count_attempt(runtime, "password", key, LIMIT_PER_ACCOUNT)
    with runtime.reading() as connection:
        campaigner = campaigners.get_by_email_key(connection, key)
        kept = credentials.get_password_hash(connection, campaigner.id) if campaigner else ""
    right = _matches(kept, typed)
    if campaigner is None or not right or campaigner.disabled_at is not None:
        raise InvalidInputError(WRONG_PASSWORD)
    _rehash_if_outdated(runtime, campaigner.id, kept, typed)
    return campaigner


def confirm_password(runtime: Runtime, campaigner: Campaigner, typed: str, network: str) -> None:
    """Whether this is the password of somebody who is signed in. Raises InvalidInputError, TooManyAttemptsError."""
    verify_password(runtime, campaigner.email, typed, network)


def _matches(stored_hash: str, typed: str) -> bool:
    password = normalised_password(typed[: MAX_PASSWORD_LENGTH + 1])
    try:
        _hasher.verify(stored_hash or _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored_hash) and len(typed) <= MAX_PASSWORD_LENGTH


def _rehash_if_outdated(runtime: Runtime, campaigner_id: int, stored_hash: str, typed: str) -> None:
    """Keep it as it would be kept today."""
    if _hasher.check_needs_rehash(stored_hash):
        new = _hasher.hash(normalised_password(typed))
        with runtime.transaction() as connection:
            credentials.replace_password_hash(connection, campaigner_id, stored_hash, new)


def _email_key(email: str) -> str:
    try:
        return read_email_address(email).key
    except InvalidInputError:
        return ""


@cache
def _dummy_hash() -> str:
    """The hash of a password that nobody knows, to compare with where there is none."""
    return _hasher.hash("nobody’s, and never right: its result is not asked for")


_dummy_hash()  # Made at start: the first unknown address must not take longer than a known one.
