"""Comments of signatories as the desk reads them, and hiding them: a hidden one is shown to the public nowhere."""

from typing import Literal

from sqlalchemy import Connection, bindparam, select, text, update

from campaign.store.database.statements import columns_of, rows_as
from campaign.store.signatures.signature_list import HIDDEN_ADDRESS_COLUMNS, ListedSignature, PageDirection
from campaign.store.tables import signatures

CommentFilter = Literal["all", "hidden"]

_COLUMNS = columns_of(ListedSignature, signatures, **HIDDEN_ADDRESS_COLUMNS)
_OF_CAMPAIGN = signatures.c.campaign_id == bindparam("of_campaign_id")
# In the words of their partial indexes, without which neither database takes them.
_HAS_COMMENT, _IS_HIDDEN = text("comment <> ''"), text("comment_hidden <> ''")
_FILTERS = {"all": (), "hidden": (_IS_HIDDEN,)}
_PAGES = {
    (comment_filter, direction): select(*_COLUMNS)
    .where(_OF_CAMPAIGN, _HAS_COMMENT, *conditions, beyond)
    .order_by(order)
    .limit(bindparam("limit"))
    for comment_filter, conditions in _FILTERS.items()
    for direction, beyond, order in (
        ("older", signatures.c.id < bindparam("signature_id"), signatures.c.id.desc()),
        ("newer", signatures.c.id > bindparam("signature_id"), signatures.c.id.asc()),
    )
}
_COMMENT = update(signatures).where(_OF_CAMPAIGN, signatures.c.id == bindparam("signature_id"))
_HIDE = _COMMENT.where(_HAS_COMMENT, signatures.c.comment_hidden == "").values(comment_hidden=bindparam("reason"))
_SHOW = _COMMENT.where(_IS_HIDDEN).values(comment_hidden="")


def list_comments(
    connection: Connection,
    campaign_id: int,
    comment_filter: CommentFilter,
    direction: PageDirection,
    signature_id: int,
    limit: int,
) -> list[ListedSignature]:
    """Up to `limit` signatures with comments, older or newer than one, the newest first; without their addresses."""
    parameters = {"of_campaign_id": campaign_id, "signature_id": signature_id, "limit": limit}
    found = rows_as(ListedSignature, connection.execute(_PAGES[comment_filter, direction], parameters))
    return found if direction == "older" else found[::-1]


def hide_comment(connection: Connection, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Hide a comment. False where there is none, or it is hidden."""
    parameters = {"of_campaign_id": campaign_id, "signature_id": signature_id, "reason": reason}
    return connection.execute(_HIDE, parameters).rowcount == 1


def show_comment(connection: Connection, campaign_id: int, signature_id: int) -> bool:
    """Show a comment again. False where it was not hidden."""
    return connection.execute(_SHOW, {"of_campaign_id": campaign_id, "signature_id": signature_id}).rowcount == 1
