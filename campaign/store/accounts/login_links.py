"""Links to sign in to the desk with: each is good once, for a while."""

from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement, supports_row_locks

_ADD = statement(
    """INSERT INTO entrances (key, campaigner_id, created_at, expires_at) VALUES (:key, :campaigner_id, :now, :expires_at)
       RETURNING id"""
)
_VALID_LINK = """
    SELECT e.campaigner_id FROM entrances e JOIN campaigners p ON p.id = e.campaigner_id
    WHERE e.id = :id AND e.key = :key AND e.used_at IS NULL AND e.expires_at > :now AND p.disabled_at IS NULL
"""
_CAMPAIGNER_OF_LINK = statement(_VALID_LINK)
# The campaigner, before any of their links: two links pressed at once end each other, and must not wait for each other.
_LOCK = statement("SELECT id FROM campaigners WHERE id = :campaigner_id FOR NO KEY UPDATE")
_USE = statement(f"UPDATE entrances SET used_at = :now WHERE id = :id AND campaigner_id IN ({_VALID_LINK})")
_REVOKE_ALL = statement(
    "UPDATE entrances SET expires_at = :now WHERE campaigner_id = :campaigner_id AND used_at IS NULL AND expires_at > :now"
)
_DELETE_EXPIRED = statement("DELETE FROM entrances WHERE expires_at < :before")


def add_login_link(connection: Connection, key: str, campaigner_id: int, now: datetime, expires_at: datetime) -> int:
    """A new link's number. `key` is random: 128 bits, in 22 characters."""
    given = {"key": key, "campaigner_id": campaigner_id, "now": now, "expires_at": expires_at}
    return int(connection.execute(_ADD, given).scalar_one())


def login_link_campaigner_id(connection: Connection, login_link_id: int, key: str, now: datetime) -> int | None:
    """The campaigner a link would sign in now; None where it is used, over, or its campaigner may no longer come in."""
    return connection.execute(_CAMPAIGNER_OF_LINK, {"id": login_link_id, "key": key, "now": now}).scalar_one_or_none()


def use_login_link(connection: Connection, login_link_id: int, key: str, now: datetime) -> int | None:
    """Use a link up, and with it every other one its campaigner has: their number; None where it is good no more."""
    campaigner_id = login_link_campaigner_id(connection, login_link_id, key, now)
    if campaigner_id is None:
        return None
    if supports_row_locks(connection):
        connection.execute(_LOCK, {"campaigner_id": campaigner_id})
    if connection.execute(_USE, {"id": login_link_id, "key": key, "now": now}).rowcount != 1:
        return None
    revoke_login_links(connection, campaigner_id, now)
    return campaigner_id


def revoke_login_links(connection: Connection, campaigner_id: int, now: datetime) -> None:
    """None of a campaigner's links is good any more."""
    connection.execute(_REVOKE_ALL, {"campaigner_id": campaigner_id, "now": now})


def delete_expired_login_links(connection: Connection, before: datetime) -> None:
    """Remove the links that were over at a time."""
    connection.execute(_DELETE_EXPIRED, {"before": before})
