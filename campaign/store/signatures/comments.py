"""Comments of signatories as the desk reads them, and hiding them: a hidden one is shown to the public nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import statement

CommentFilter = Literal["all", "hidden"]
PageDirection = Literal["older", "newer"]


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
_FILTER_SQL: dict[CommentFilter, str] = {"all": "", "hidden": " AND comment_hidden <> ''"}
_PAGES = {
    (which, towards): statement(
        f"""SELECT {_COLUMNS} FROM signatures WHERE campaign_id = :campaign_id AND comment <> ''{also} AND id {than} :id
            ORDER BY id {direction} LIMIT :most"""
    )
    for which, also in _FILTER_SQL.items()
    for towards, than, direction in (("older", "<", "DESC"), ("newer", ">", "ASC"))
}
_HIDE = statement(
    """UPDATE signatures SET comment_hidden = :reason
       WHERE campaign_id = :campaign_id AND id = :id AND comment <> '' AND comment_hidden = ''"""
)
_SHOW = statement(
    """UPDATE signatures SET comment_hidden = '' WHERE campaign_id = :campaign_id AND id = :id AND comment_hidden <> ''"""
)


def list_comments(
    connection: Connection,
    campaign_id: int,
    comment_filter: CommentFilter,
    direction: PageDirection,
    signature_id: int,
    limit: int,
) -> list[Comment]:
    """Up to `most` comments of signatures older or newer than one, the newest first."""
    given = {"campaign_id": campaign_id, "id": signature_id, "most": limit}
    rows = connection.execute(_PAGES[comment_filter, direction], given).all()
    found = [Comment(**{**row._asdict(), "state": SignatureState(row.state)}) for row in rows]
    return found if direction == "older" else found[::-1]


def hide_comment(connection: Connection, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Hide a comment. False where there is none, or it is hidden."""
    given = {"campaign_id": campaign_id, "id": signature_id, "reason": reason}
    return connection.execute(_HIDE, given).rowcount == 1


def show_comment(connection: Connection, campaign_id: int, signature_id: int) -> bool:
    """Show a comment again. False where it was not hidden."""
    return connection.execute(_SHOW, {"campaign_id": campaign_id, "id": signature_id}).rowcount == 1
