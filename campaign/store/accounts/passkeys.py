"""Passkeys: credential ids, public keys and signature counters of WebAuthn."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from campaign.store.database.statements import columns_of, rows_as
from campaign.store.database.upsert import insert
from campaign.store.tables import passkeys


@dataclass(frozen=True, slots=True)
class Passkey:
    """Passkey of a campaigner."""

    id: int
    campaigner_id: int
    credential_id: str
    """base64url, as browsers write it."""
    public_key: bytes
    name: str
    created_at: datetime
    used_at: datetime | None


_PASSKEYS = select(*columns_of(Passkey, passkeys))
_ADD = insert(passkeys).on_conflict_do_nothing(index_elements=[passkeys.c.credential_id]).returning(passkeys.c.id)
_LIST = _PASSKEYS.where(passkeys.c.campaigner_id == bindparam("campaigner_id")).order_by(passkeys.c.id)
_BY_CREDENTIAL = _PASSKEYS.where(passkeys.c.credential_id == bindparam("credential_id"))
# A counter must have grown since the last use; an authenticator without one reports 0 for ever.
_NEW_COUNT = bindparam("new_count", type_=passkeys.c.sign_count.type)
_RECORD_USE = (
    update(passkeys)
    .where(
        passkeys.c.id == bindparam("of_id"),
        or_(passkeys.c.sign_count < _NEW_COUNT, and_(passkeys.c.sign_count == 0, _NEW_COUNT == 0)),
    )
    .values(sign_count=_NEW_COUNT, used_at=bindparam("now"))
)
_RENAME = (
    update(passkeys)
    .where(passkeys.c.id == bindparam("of_id"), passkeys.c.campaigner_id == bindparam("of_campaigner"))
    .values(name=bindparam("name"))
)
_REMOVE_ALL = delete(passkeys).where(passkeys.c.campaigner_id == bindparam("campaigner_id"))
_REMOVE = _REMOVE_ALL.where(passkeys.c.id == bindparam("id"))


def add_passkey(
    connection: Connection, campaigner_id: int, credential_id: str, public_key: bytes, use_count: int, name: str, now: datetime
) -> int | None:
    """Id of a new passkey; None where the credential is registered already, by any campaigner."""
    given = {
        "campaigner_id": campaigner_id, "credential_id": credential_id, "public_key": public_key, "sign_count": use_count,
        "name": name, "created_at": now,
    }  # fmt: skip
    return connection.execute(_ADD, given).scalar_one_or_none()


def list_passkeys(connection: Connection, campaigner_id: int) -> list[Passkey]:
    """Passkeys of a campaigner, the oldest first."""
    return rows_as(Passkey, connection.execute(_LIST, {"campaigner_id": campaigner_id}))


def get_by_credential(connection: Connection, credential_id: str) -> Passkey | None:
    """The passkey with this credential id, of any campaigner."""
    row = connection.execute(_BY_CREDENTIAL, {"credential_id": credential_id}).one_or_none()
    return None if row is None else Passkey(**row._asdict())


def record_use(connection: Connection, passkey_id: int, sign_count: int, now: datetime) -> bool:
    """Record a use. False where the counter has not grown since the last one (the key was copied), or the passkey is gone."""
    return connection.execute(_RECORD_USE, {"of_id": passkey_id, "new_count": sign_count, "now": now}).rowcount == 1


def rename_passkey(connection: Connection, campaigner_id: int, passkey_id: int, name: str) -> bool:
    """Rename a passkey. False where the campaigner has no such passkey."""
    given = {"of_id": passkey_id, "of_campaigner": campaigner_id, "name": name}
    return connection.execute(_RENAME, given).rowcount == 1


def remove_passkey(connection: Connection, campaigner_id: int, passkey_id: int) -> bool:
    """Remove a passkey. False where the campaigner has no such passkey."""
    return connection.execute(_REMOVE, {"id": passkey_id, "campaigner_id": campaigner_id}).rowcount == 1


def remove_all_passkeys(connection: Connection, campaigner_id: int) -> int:
    """Remove all passkeys of a campaigner; returns how many."""
    return connection.execute(_REMOVE_ALL, {"campaigner_id": campaigner_id}).rowcount
