"""Passkeys: the public halves, and how often each has signed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement


@dataclass(frozen=True, slots=True)
class Passkey:
    """One of them."""

    id: int
    campaigner_id: int
    credential_id: str
    """base64url, as browsers write it."""
    public_key: bytes
    name: str
    created_at: datetime
    used_at: datetime | None


_COLUMNS = "id, campaigner_id, credential_id, public_key, name, created_at, used_at"
_ADD = statement(
    """INSERT INTO passkeys (campaigner_id, credential_id, public_key, sign_count, name, created_at)
       VALUES (:campaigner_id, :credential_id, :public_key, :signs, :name, :now)
       ON CONFLICT (credential_id) DO NOTHING RETURNING id"""
)
_LIST = statement(f"SELECT {_COLUMNS} FROM passkeys WHERE campaigner_id = :campaigner_id ORDER BY id")
_BY_CREDENTIAL = statement(f"SELECT {_COLUMNS} FROM passkeys WHERE credential_id = :credential_id")
# One that counts must have counted on since; one that does not count says 0 for ever.
_RECORD_USE = statement(
    """UPDATE passkeys SET sign_count = :signs, used_at = :now
       WHERE id = :id AND (sign_count < :signs OR (sign_count = 0 AND CAST(:signs AS BIGINT) = 0))"""
)
_RENAME = statement("UPDATE passkeys SET name = :name WHERE id = :id AND campaigner_id = :campaigner_id")
_REMOVE = statement("DELETE FROM passkeys WHERE id = :id AND campaigner_id = :campaigner_id")
_REMOVE_ALL = statement("DELETE FROM passkeys WHERE campaigner_id = :campaigner_id")


def add_passkey(
    connection: Connection, campaigner_id: int, credential_id: str, public_key: bytes, use_count: int, name: str, now: datetime
) -> int | None:
    """A new one's number; None where the credential is registered already, to whomever."""
    given = {
        "campaigner_id": campaigner_id, "credential_id": credential_id, "public_key": public_key, "signs": use_count,
        "name": name, "now": now,
    }  # fmt: skip
    return connection.execute(_ADD, given).scalar_one_or_none()


def list_passkeys(connection: Connection, campaigner_id: int) -> list[Passkey]:
    """The passkeys of one campaigner, the oldest first."""
    return [Passkey(**row._asdict()) for row in connection.execute(_LIST, {"campaigner_id": campaigner_id})]


def get_by_credential(connection: Connection, credential_id: str) -> Passkey | None:
    """The passkey with this credential, whosever it is."""
    row = connection.execute(_BY_CREDENTIAL, {"credential_id": credential_id}).one_or_none()
    return None if row is None else Passkey(**row._asdict())


def record_use(connection: Connection, passkey_id: int, sign_count: int, now: datetime) -> bool:
    """Note that it has signed. False where it has not counted on since it signed last: there are two of it, or it is gone."""
    return connection.execute(_RECORD_USE, {"id": passkey_id, "signs": sign_count, "now": now}).rowcount == 1


def rename_passkey(connection: Connection, campaigner_id: int, passkey_id: int, name: str) -> bool:
    """False where they have no such passkey."""
    given = {"id": passkey_id, "campaigner_id": campaigner_id, "name": name}
    return connection.execute(_RENAME, given).rowcount == 1


def remove_passkey(connection: Connection, campaigner_id: int, passkey_id: int) -> bool:
    """False where they have no such passkey."""
    return connection.execute(_REMOVE, {"id": passkey_id, "campaigner_id": campaigner_id}).rowcount == 1


def remove_all_passkeys(connection: Connection, campaigner_id: int) -> int:
    """Remove all of somebody's; how many there were."""
    return connection.execute(_REMOVE_ALL, {"campaigner_id": campaigner_id}).rowcount
