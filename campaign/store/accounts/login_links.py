"""Login links to the desk: each works once, until it expires."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from campaign.store.tables import campaigners, login_links

_ADD = login_links.insert().returning(login_links.c.id)
_CAMPAIGNER_OF_LINK = (
    select(login_links.c.campaigner_id)
    .join(campaigners, campaigners.c.id == login_links.c.campaigner_id)
    .where(
        login_links.c.id == bindparam("of_id"),
        login_links.c.key == bindparam("of_key"),
        login_links.c.used_at.is_(None),
        login_links.c.expires_at > bindparam("now"),
        campaigners.c.disabled_at.is_(None),
    )
)
# The campaigner, before any of their links: two links pressed at once end each other, and must not wait for each other.
_LOCK = select(campaigners.c.id).where(campaigners.c.id == bindparam("id")).with_for_update(key_share=True)
# The link is read again, with the row locked.
_USE = (
    update(login_links)
    .where(
        login_links.c.id == bindparam("of_id"),
        login_links.c.key == bindparam("of_key"),
        login_links.c.used_at.is_(None),
        login_links.c.expires_at > bindparam("now"),
        login_links.c.campaigner_id.in_(select(campaigners.c.id).where(campaigners.c.disabled_at.is_(None))),
    )
    .values(used_at=bindparam("now"))
)
_REVOKE_ALL = (
    update(login_links)
    .where(
        login_links.c.campaigner_id == bindparam("of_campaigner"),
        login_links.c.used_at.is_(None),
        login_links.c.expires_at > bindparam("now"),
    )
    .values(expires_at=bindparam("now"))
)
_DELETE_EXPIRED = delete(login_links).where(login_links.c.expires_at < bindparam("before"))


def add_login_link(connection: Connection, key: str, campaigner_id: int, now: datetime, expires_at: datetime) -> int:
    """Id of a new link. `key` is random: 128 bits, in 22 characters."""
    given = {"key": key, "campaigner_id": campaigner_id, "created_at": now, "expires_at": expires_at}
    return int(connection.execute(_ADD, given).scalar_one())


def login_link_campaigner_id(connection: Connection, login_link_id: int, key: str, now: datetime) -> int | None:
    """Id of the campaigner a link signs in; None where it is used, expired, or its campaigner is disabled."""
    return connection.execute(_CAMPAIGNER_OF_LINK, {"of_id": login_link_id, "of_key": key, "now": now}).scalar_one_or_none()


def use_login_link(connection: Connection, login_link_id: int, key: str, now: datetime) -> int | None:
    """Use up a link and revoke every other one of its campaigner; the campaigner's id, None where the link is not valid."""
    campaigner_id = login_link_campaigner_id(connection, login_link_id, key, now)
    if campaigner_id is None:
        return None
    connection.execute(_LOCK, {"id": campaigner_id})
    if connection.execute(_USE, {"of_id": login_link_id, "of_key": key, "now": now}).rowcount != 1:
        return None
    revoke_login_links(connection, campaigner_id, now)
    return campaigner_id


def revoke_login_links(connection: Connection, campaigner_id: int, now: datetime) -> None:
    """Revoke all links of a campaigner."""
    connection.execute(_REVOKE_ALL, {"of_campaigner": campaigner_id, "now": now})


def delete_expired_login_links(connection: Connection, before: datetime) -> None:
    """Delete the links that expired before a time."""
    connection.execute(_DELETE_EXPIRED, {"before": before})
