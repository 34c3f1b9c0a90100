"""Comments of signatories as the desk reads them, and hiding them: a hidden one is shown to the public nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from campaign.domain.signature import SignatureState
from campaign.store.sql import statement

Which = Literal["all", "hidden"]
Towards = Literal["older", "newer"]


@dataclass(frozen=True, slots=True)
class Comment:
    """One of them."""

    id: int
    """Of its signature."""
    state: SignatureState
    name: str
    comment: str
    comment_hidden: str
    """Why it is hidden; empty where it is not."""
    public: bool
    """Whether its signatory lets their name be shown."""
    country: str
    area: str
    signed_at: datetime


_COLUMNS = "id, state, name, comment, comment_hidden, public, country, area, signed_at"
_ALSO: dict[Which, str] = {"all": "", "hidden": " AND comment_hidden <> ''"}
_PAGES = {
    (which, towards): statement(
        f"""SELECT {_COLUMNS} FROM signatures WHERE campaign_id = :campaign_id AND comment <> ''{also} AND id {than} :id
            ORDER BY id {direction} LIMIT :most"""
    )
    for which, also in _ALSO.items()
    for towards, than, direction in (("older", "<", "DESC"), ("newer", ">", "ASC"))
}
_HIDE = statement(
    """UPDATE signatures SET comment_hidden = :reason
       WHERE campaign_id = :campaign_id AND id = :id AND comment <> '' AND comment_hidden = ''"""
)
_SHOW = statement(
    """UPDATE signatures SET comment_hidden = '' WHERE campaign_id = :campaign_id AND id = :id AND comment_hidden <> ''"""
)


def page(
    connection: Connection, campaign_id: int, which: Which, towards: Towards, signature_id: int, most: int
) -> list[Comment]:
    """Up to `most` comments of signatures older or newer than one, the newest first."""
    given = {"campaign_id": campaign_id, "id": signature_id, "most": most}
    rows = connection.execute(_PAGES[which, towards], given).all()
    found = [Comment(**{**row._asdict(), "state": SignatureState(row.state)}) for row in rows]
    return found if towards == "older" else found[::-1]


def hide(connection: Connection, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Hide a comment. False where there is none, or it is hidden."""
    given = {"campaign_id": campaign_id, "id": signature_id, "reason": reason}
    return connection.execute(_HIDE, given).rowcount == 1


def show(connection: Connection, campaign_id: int, signature_id: int) -> bool:
    """Show a comment again. False where it was not hidden."""
    return connection.execute(_SHOW, {"campaign_id": campaign_id, "id": signature_id}).rowcount == 1
