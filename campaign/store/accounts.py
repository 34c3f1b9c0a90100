"""What a campaigner's account holds beside what they prove themselves with: name, address, wishes, rights."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from campaign.store import people
from campaign.store.people import Campaigner
from campaign.store.sql import statement

FIRST_KEY = "first"
"""What stands for the address of the first campaigner, until they have said what it is. No address looks like it."""
MOST_LISTED = 500
"""Campaigners on one page."""


class AddressTaken(Exception):  # noqa: N818 - it says what happened
    """Another campaigner has this address."""


_NONE_YET = statement("SELECT 1 FROM campaigners LIMIT 1")
_IDS = statement("SELECT id FROM campaigners WHERE id > :after ORDER BY id LIMIT :most")
_RENAME = statement("UPDATE campaigners SET name = :name WHERE id = :id")
_WANTS = statement("UPDATE campaigners SET told = :is_told, digest = :wants_digest WHERE id = :id")
_OPERATE = statement("UPDATE campaigners SET operator = true WHERE id = :id AND operator = false")
_ADDRESS = statement("UPDATE campaigners SET email = :email, email_key = :email_key WHERE id = :id")


def none_yet(connection: Connection) -> bool:
    """Whether nobody has ever been a campaigner here."""
    return connection.execute(_NONE_YET).one_or_none() is None


def page(connection: Connection, after: int = 0) -> list[Campaigner]:
    """Campaigners in the order they were made, from after a number on, at most MOST_LISTED."""
    ids = connection.execute(_IDS, {"after": after, "most": MOST_LISTED}).scalars().all()
    return [found for found in (people.by_id(connection, number) for number in ids) if found is not None]


def rename(connection: Connection, campaigner_id: int, name: str) -> None:
    """Give somebody another name."""
    connection.execute(_RENAME, {"id": campaigner_id, "name": name})


def wants(connection: Connection, campaigner_id: int, *, told: bool, digest: bool) -> None:
    """Which mails somebody wants beside those that must be."""
    connection.execute(_WANTS, {"id": campaigner_id, "is_told": told, "wants_digest": digest})


def make_operator(connection: Connection, campaigner_id: int) -> bool:
    """Let somebody look after the whole site. False where they did."""
    return connection.execute(_OPERATE, {"id": campaigner_id}).rowcount == 1


def set_address(connection: Connection, campaigner_id: int, email: str, email_key: str) -> None:
    """Give somebody another address. Raises AddressTaken; then the transaction is over."""
    try:
        connection.execute(_ADDRESS, {"id": campaigner_id, "email": email, "email_key": email_key})
    except IntegrityError as error:
        raise AddressTaken from error


def first(connection: Connection, now: datetime) -> int | None:
    """The number of the campaigner who has not yet said who they are, made where there is no campaigner at all; else None."""
    if none_yet(connection):
        people.add(connection, "", FIRST_KEY, "", now, operator=True)
    found = people.by_email_key(connection, FIRST_KEY)
    return None if found is None else found.id
