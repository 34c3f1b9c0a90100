"""Credentials of a campaigner beside mailbox and passkeys: password hash, TOTP secret, recovery codes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from campaign.store.tables import campaigners, recovery_codes

_OF_CAMPAIGNER = update(campaigners).where(campaigners.c.id == bindparam("of_id"))
_PASSWORD = select(campaigners.c.password).where(campaigners.c.id == bindparam("id"))
_SET_PASSWORD = _OF_CAMPAIGNER.values(password=bindparam("new_hash"))
_REHASH = _SET_PASSWORD.where(campaigners.c.password == bindparam("old_hash"))
_TOTP_SECRET = select(campaigners.c.totp_secret).where(campaigners.c.id == bindparam("id"))
_ENABLE_TOTP = _OF_CAMPAIGNER.where(campaigners.c.totp_secret == "").values(
    totp_secret=bindparam("encrypted"), totp_step=bindparam("step")
)
_DISABLE_TOTP = _OF_CAMPAIGNER.where(campaigners.c.totp_secret != "").values(totp_secret="", totp_step=0)
_USE_TOTP_STEP = _OF_CAMPAIGNER.where(
    campaigners.c.totp_step < bindparam("step"), campaigners.c.totp_secret == bindparam("encrypted")
).values(totp_step=bindparam("step"), totp_secret=bindparam("reencrypted"))
_DELETE_CODES = delete(recovery_codes).where(recovery_codes.c.campaigner_id == bindparam("campaigner_id"))
_USE_CODE = (
    update(recovery_codes)
    .where(
        recovery_codes.c.campaigner_id == bindparam("of_campaigner"),
        recovery_codes.c.code_hash == bindparam("of_code"),
        recovery_codes.c.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
)
_UNUSED_CODES = select(func.count()).where(
    recovery_codes.c.campaigner_id == bindparam("campaigner_id"), recovery_codes.c.used_at.is_(None)
)


def get_password_hash(connection: Connection, campaigner_id: int) -> str:
    """Password hash of a campaigner; "" where they have no password."""
    return connection.execute(_PASSWORD, {"id": campaigner_id}).scalar_one_or_none() or ""


def set_password_hash(connection: Connection, campaigner_id: int, password_hash: str) -> None:
    """Set the password hash of a campaigner; "" removes the password."""
    connection.execute(_SET_PASSWORD, {"of_id": campaigner_id, "new_hash": password_hash})


def replace_password_hash(connection: Connection, campaigner_id: int, old_hash: str, password_hash: str) -> None:
    """Store the same password under a better hash, unless it has been changed since."""
    connection.execute(_REHASH, {"of_id": campaigner_id, "old_hash": old_hash, "new_hash": password_hash})


def get_totp_secret(connection: Connection, campaigner_id: int) -> str:
    """Encrypted TOTP secret of a campaigner; "" where they have none."""
    return connection.execute(_TOTP_SECRET, {"id": campaigner_id}).scalar_one_or_none() or ""


def enable_totp(connection: Connection, campaigner_id: int, encrypted_secret: str, step: int) -> bool:
    """Set a TOTP secret, with codes from the one after `step` on. False where one is set already."""
    return connection.execute(_ENABLE_TOTP, {"of_id": campaigner_id, "encrypted": encrypted_secret, "step": step}).rowcount == 1


def disable_totp(connection: Connection, campaigner_id: int) -> bool:
    """Remove the TOTP secret. False where none is set."""
    return connection.execute(_DISABLE_TOTP, {"of_id": campaigner_id}).rowcount == 1


def use_totp_step(
    connection: Connection, campaigner_id: int, encrypted_secret: str, reencrypted_secret: str, step: int
) -> bool:
    """Use up the code of a time step. False where it, or a later one, was used before, or the secret has been changed.

    `reencrypted_secret` is the same secret, encrypted with the newest key.
    """
    given = {"of_id": campaigner_id, "encrypted": encrypted_secret, "reencrypted": reencrypted_secret, "step": step}
    return connection.execute(_USE_TOTP_STEP, given).rowcount == 1


def set_recovery_codes(connection: Connection, campaigner_id: int, hashes: Iterable[str]) -> None:
    """Replace the recovery codes of a campaigner, by their hashes."""
    connection.execute(_DELETE_CODES, {"campaigner_id": campaigner_id})
    if rows := [{"campaigner_id": campaigner_id, "code_hash": code_hash} for code_hash in hashes]:
        connection.execute(recovery_codes.insert(), rows)


def use_recovery_code(connection: Connection, campaigner_id: int, code_hash: str, now: datetime) -> bool:
    """Use up a recovery code. False where the campaigner has no such code, or has used it before."""
    given = {"of_campaigner": campaigner_id, "of_code": code_hash, "now": now}
    return connection.execute(_USE_CODE, given).rowcount == 1


def count_unused_recovery_codes(connection: Connection, campaigner_id: int) -> int:
    """Number of recovery codes that were not used yet."""
    return connection.execute(_UNUSED_CODES, {"campaigner_id": campaigner_id}).scalar_one()
