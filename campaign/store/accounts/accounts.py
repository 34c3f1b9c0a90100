"""Account settings of a campaigner: name, address, mail preferences; and the account of the first campaigner."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from campaign.store.accounts import campaigners
from campaign.store.tables import campaigners as table

FIRST_CAMPAIGNER_EMAIL_KEY = "first"
"""Placeholder for the canonical address of the first campaigner until they have entered theirs. No address looks like it."""


class AddressTakenError(Exception):
    """Another campaigner has this address."""


_ANY_CAMPAIGNER = select(table.c.id).limit(1)
_FIRST_CREATED_AT = select(func.min(table.c.created_at))
_OF_CAMPAIGNER = update(table).where(table.c.id == bindparam("of_id"))
_RENAME = _OF_CAMPAIGNER.values(name=bindparam("name"))
_SET_MAIL_PREFERENCES = _OF_CAMPAIGNER.values(wants_alerts=bindparam("wants_alerts"), wants_digest=bindparam("wants_digest"))
_SET_LANGUAGE = _OF_CAMPAIGNER.values(language=bindparam("language"))
_SET_EMAIL = _OF_CAMPAIGNER.values(email=bindparam("email"), email_key=bindparam("email_key"))


def has_no_campaigners(connection: Connection) -> bool:
    """Whether the site has never had a campaigner."""
    return connection.execute(_ANY_CAMPAIGNER).one_or_none() is None


def first_campaigner_created_at(connection: Connection) -> datetime:
    """When the site was started for the first time, which creates a campaigner. Raises LookupError where there is none."""
    found: datetime | None = connection.execute(_FIRST_CREATED_AT).scalar_one()
    if found is None:
        raise LookupError("the site has no campaigner")
    return found


def rename(connection: Connection, campaigner_id: int, name: str) -> None:
    """Change the name of a campaigner."""
    connection.execute(_RENAME, {"of_id": campaigner_id, "name": name})


def set_mail_preferences(connection: Connection, campaigner_id: int, *, wants_alerts: bool, wants_digest: bool) -> None:
    """Choose the mails a campaigner gets beside those that every campaigner gets."""
    given = {"of_id": campaigner_id, "wants_alerts": wants_alerts, "wants_digest": wants_digest}
    connection.execute(_SET_MAIL_PREFERENCES, given)


def set_language(connection: Connection, campaigner_id: int, language: str) -> None:
    """Choose the language of the desk and of mails; "" for that of the browser."""
    connection.execute(_SET_LANGUAGE, {"of_id": campaigner_id, "language": language})


def set_email(connection: Connection, campaigner_id: int, email: str, email_key: str) -> None:
    """Change the address of a campaigner. Raises AddressTakenError; then the transaction is over."""
    try:
        connection.execute(_SET_EMAIL, {"of_id": campaigner_id, "email": email, "email_key": email_key})
    except IntegrityError as error:
        raise AddressTakenError from error


def first_campaigner_id(connection: Connection, now: datetime) -> int | None:
    """The id of the campaigner who has not entered an address yet, created where the site has no campaigner; else None."""
    if has_no_campaigners(connection):
        campaigners.add_campaigner(connection, "", FIRST_CAMPAIGNER_EMAIL_KEY, "", now, is_operator=True)
    found = campaigners.get_by_email_key(connection, FIRST_CAMPAIGNER_EMAIL_KEY)
    return None if found is None else found.id
