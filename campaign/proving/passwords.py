"""A password, for those who want one: kept as argon2id, and compared with the same work whether or not there is one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from campaign.domain.address import read_address
from campaign.domain.password import LONGEST, normalised, read_password
from campaign.domain.refusal import Refused
from campaign.proving.changing import changed
from campaign.proving.limits import Limit, bounded
from campaign.store import credentials, people

if TYPE_CHECKING:
    from campaign.domain.actor import Actor
    from campaign.runtime import Runtime
    from campaign.store.people import Campaigner

_QUARTER, _HOUR = 900, 3600
AT_ONE_FROM_ONE_NETWORK = Limit(8, _QUARTER)
AT_ONE = Limit(60, _HOUR)
"""More than one network is allowed, so that nobody locks another out from their own desk."""
FROM_ONE_NETWORK = Limit(60, _QUARTER)
"""Offices sign in from one network."""
WRONG = "That address and password do not belong together."

# What OWASP and RFC 9106 name for a server with little memory: 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def put(runtime: Runtime, campaigner: Campaigner, actor: Actor, typed: str, *, keep: str) -> None:
    """Give somebody a password, or another one. `keep` is the session that stays. Raises Refused."""
    new = _hasher.hash(read_password(typed, campaigner.email, campaigner.name))
    with runtime.transaction() as connection:
        act = "change password" if credentials.password(connection, campaigner.id) else "set password"
        credentials.set_password(connection, campaigner.id, new)
        changed(runtime, connection, campaigner.id, actor, act, keep=keep)


def remove(runtime: Runtime, campaigner_id: int, actor: Actor, *, keep: str) -> bool:
    """Take somebody's password away. False where they have none."""
    with runtime.transaction() as connection:
        if not credentials.password(connection, campaigner_id):
            return False
        credentials.set_password(connection, campaigner_id, "")
        changed(runtime, connection, campaigner_id, actor, "remove password", keep=keep)
    return True


def check(runtime: Runtime, email: str, typed: str, network: str) -> Campaigner:
    """Whose address and password these are.

    Raises Refused with the same words, after the same work, for an address nobody has, somebody without a password, and a wrong
    one; TooMany for all of them alike.
    """
    key = _key(email)
    bounded(runtime, "password-network", f"network:{network}", FROM_ONE_NETWORK)
    bounded(runtime, "password-both", f"{key} {network}", AT_ONE_FROM_ONE_NETWORK)
    bounded(runtime, "password", key, AT_ONE)
    with runtime.reading() as connection:
        campaigner = people.by_email_key(connection, key)
        kept = credentials.password(connection, campaigner.id) if campaigner else ""
    right = _is_right(kept, typed)
    if campaigner is None or not right or campaigner.disabled_at is not None:
        raise Refused(WRONG)
    _better(runtime, campaigner.id, kept, typed)
    return campaigner


def confirm(runtime: Runtime, campaigner: Campaigner, typed: str, network: str) -> None:
    """Whether this is the password of somebody who is signed in. Raises Refused, TooMany."""
    check(runtime, campaigner.email, typed, network)


def _is_right(kept: str, typed: str) -> bool:
    password = normalised(typed[: LONGEST + 1])
    try:
        _hasher.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept) and len(typed) <= LONGEST


def _better(runtime: Runtime, campaigner_id: int, kept: str, typed: str) -> None:
    """Keep it as it would be kept today."""
    if _hasher.check_needs_rehash(kept):
        new = _hasher.hash(normalised(typed))
        with runtime.transaction() as connection:
            credentials.rehash(connection, campaigner_id, kept, new)


def _key(email: str) -> str:
    try:
        return read_address(email).key
    except Refused:
        return ""


@cache
def _nobodys() -> str:
    """The hash of a password that nobody knows, to compare with where there is none."""
    return _hasher.hash("nobody’s, and never right: its result is not asked for")


_nobodys()  # Made at start: the first unknown address must not take longer than a known one.
