"""What a campaigner proves themselves with beside their mailbox and passkeys: a password, an app's codes, recovery codes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement
from campaign.store.tables import recovery_codes

_PASSWORD = statement("SELECT password FROM campaigners WHERE id = :id")
_SET_PASSWORD = statement("UPDATE campaigners SET password = :password WHERE id = :id")
_REHASH = statement("UPDATE campaigners SET password = :password WHERE id = :id AND password = :old")
_TOTP_SECRET = statement("SELECT totp_secret FROM campaigners WHERE id = :id")
_ENABLE_TOTP = statement("UPDATE campaigners SET totp_secret = :sealed, totp_step = :step WHERE id = :id AND totp_secret = ''")
_DISABLE_TOTP = statement("UPDATE campaigners SET totp_secret = '', totp_step = 0 WHERE id = :id AND totp_secret <> ''")
_USE_TOTP_STEP = statement(
    """UPDATE campaigners SET totp_step = :step, totp_secret = :renewed
       WHERE id = :id AND totp_step < :step AND totp_secret = :sealed"""
)
_DELETE_CODES = statement("DELETE FROM recovery_codes WHERE campaigner_id = :id")
_USE_CODE = statement(
    "UPDATE recovery_codes SET used_at = :now WHERE campaigner_id = :id AND code_hash = :code_hash AND used_at IS NULL"
)
_UNUSED_CODES = statement("SELECT count(*) FROM recovery_codes WHERE campaigner_id = :id AND used_at IS NULL")


def get_password_hash(connection: Connection, campaigner_id: int) -> str:
    """The hash of somebody's password; "" where they have none."""
    return connection.execute(_PASSWORD, {"id": campaigner_id}).scalar_one_or_none() or ""


def set_password_hash(connection: Connection, campaigner_id: int, password_hash: str) -> None:
    """Give somebody a password; "" takes it away."""
    connection.execute(_SET_PASSWORD, {"id": campaigner_id, "password": password_hash})


def replace_password_hash(connection: Connection, campaigner_id: int, old_hash: str, password_hash: str) -> None:
    """Keep the same password under a better hash, unless it has been changed since."""
    connection.execute(_REHASH, {"id": campaigner_id, "old": old_hash, "password": password_hash})


def get_totp_secret(connection: Connection, campaigner_id: int) -> str:
    """The sealed secret of somebody's app; "" where they have none."""
    return connection.execute(_TOTP_SECRET, {"id": campaigner_id}).scalar_one_or_none() or ""


def enable_totp(connection: Connection, campaigner_id: int, encrypted_secret: str, step: int) -> bool:
    """Ask for an app's codes from the one after `step` on. False where an app is asked for already."""
    return connection.execute(_ENABLE_TOTP, {"id": campaigner_id, "sealed": encrypted_secret, "step": step}).rowcount == 1


def disable_totp(connection: Connection, campaigner_id: int) -> bool:
    """Ask for no app's codes any more. False where none was asked for."""
    return connection.execute(_DISABLE_TOTP, {"id": campaigner_id}).rowcount == 1


def use_totp_step(
    connection: Connection, campaigner_id: int, encrypted_secret: str, reencrypted_secret: str, step: int
) -> bool:
    """Take the code of a step. False where it, or a later one, was taken before, or the secret is another one by now.

    `renewed` is the same secret, sealed with the newest key.
    """
    given = {"id": campaigner_id, "sealed": encrypted_secret, "renewed": reencrypted_secret, "step": step}
    return connection.execute(_USE_TOTP_STEP, given).rowcount == 1


def set_recovery_codes(connection: Connection, campaigner_id: int, hashes: Iterable[str]) -> None:
    """Give somebody these recovery codes instead of those they had."""
    connection.execute(_DELETE_CODES, {"id": campaigner_id})
    if rows := [{"campaigner_id": campaigner_id, "code_hash": code_hash} for code_hash in hashes]:
        connection.execute(recovery_codes.insert(), rows)


def use_recovery_code(connection: Connection, campaigner_id: int, code_hash: str, now: datetime) -> bool:
    """Use one. False where it is none of theirs, or was used before."""
    return connection.execute(_USE_CODE, {"id": campaigner_id, "code_hash": code_hash, "now": now}).rowcount == 1


def count_unused_recovery_codes(connection: Connection, campaigner_id: int) -> int:
    """How many of them are still good."""
    return int(connection.execute(_UNUSED_CODES, {"id": campaigner_id}).scalar_one())
