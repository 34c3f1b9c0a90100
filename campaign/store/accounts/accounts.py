"""What a campaigner's account holds beside what they prove themselves with: name, address, wishes, rights."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from campaign.store.accounts import campaigners
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.database.statements import statement

FIRST_CAMPAIGNER_EMAIL_KEY = "first"
"""What stands for the address of the first campaigner, until they have said what it is. No address looks like it."""
MAX_LISTED = 500
"""Campaigners on one page."""


class AddressTakenError(Exception):
    """Another campaigner has this address."""


_ANY_CAMPAIGNER = statement("SELECT 1 FROM campaigners LIMIT 1")
_IDS = statement("SELECT id FROM campaigners WHERE id > :after ORDER BY id LIMIT :most")
_RENAME = statement("UPDATE campaigners SET name = :name WHERE id = :id")
_SET_MAIL_PREFERENCES = statement("UPDATE campaigners SET told = :is_told, digest = :wants_digest WHERE id = :id")
_GRANT_OPERATOR = statement("UPDATE campaigners SET operator = true WHERE id = :id AND operator = false")
_SET_EMAIL = statement("UPDATE campaigners SET email = :email, email_key = :email_key WHERE id = :id")


def has_no_campaigners(connection: Connection) -> bool:
    """Whether nobody has ever been a campaigner here."""
    return connection.execute(_ANY_CAMPAIGNER).one_or_none() is None


def list_campaigners(connection: Connection, after: int = 0) -> list[Campaigner]:
    """Campaigners in the order they were made, from after a number on, at most MOST_LISTED."""
    ids = connection.execute(_IDS, {"after": after, "most": MAX_LISTED}).scalars().all()
    return [found for found in (campaigners.get_by_id(connection, number) for number in ids) if found is not None]


def rename(connection: Connection, campaigner_id: int, name: str) -> None:
    """Give somebody another name."""
    connection.execute(_RENAME, {"id": campaigner_id, "name": name})


def set_mail_preferences(connection: Connection, campaigner_id: int, *, wants_alerts: bool, wants_digest: bool) -> None:
    """Which mails somebody wants beside those that must be."""
    connection.execute(_SET_MAIL_PREFERENCES, {"id": campaigner_id, "is_told": wants_alerts, "wants_digest": wants_digest})


def grant_operator(connection: Connection, campaigner_id: int) -> bool:
    """Let somebody look after the whole site. False where they did."""
    return connection.execute(_GRANT_OPERATOR, {"id": campaigner_id}).rowcount == 1


def set_email(connection: Connection, campaigner_id: int, email: str, email_key: str) -> None:
    """Give somebody another address. Raises AddressTaken; then the transaction is over."""
    try:
        connection.execute(_SET_EMAIL, {"id": campaigner_id, "email": email, "email_key": email_key})
    except IntegrityError as error:
        raise AddressTakenError from error


def first_campaigner_id(connection: Connection, now: datetime) -> int | None:
    """The number of the campaigner who has not yet said who they are, made where there is no campaigner at all; else None."""
    if has_no_campaigners(connection):
        campaigners.add_campaigner(connection, "", FIRST_CAMPAIGNER_EMAIL_KEY, "", now, is_operator=True)
    found = campaigners.get_by_email_key(connection, FIRST_CAMPAIGNER_EMAIL_KEY)
    return None if found is None else found.id
