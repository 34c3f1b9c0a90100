"""Comments of signatories as the desk reads them; publishing one on the campaign's page, and hiding one from everybody else."""

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, bindparam, select, text, update

from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.signatures.signature_list import HIDDEN_ADDRESS_COLUMNS, ListedSignature, PageDirection
from campaign.store.tables import signatures

CommentFilter = Literal["all", "to-read", "published", "hidden"]
COMMENT_FILTERS: tuple[CommentFilter, ...] = get_args(CommentFilter)

_COLUMNS = columns_of(ListedSignature, signatures, **HIDDEN_ADDRESS_COLUMNS)
_OF_CAMPAIGN = signatures.c.campaign_id == bindparam("of_campaign_id")
# In the words of their partial indexes, without which neither database takes them.
_HAS_COMMENT, _IS_HIDDEN = text("comment <> ''"), text("comment_hidden <> ''")
_IS_PUBLISHED = text("comment_published_at IS NOT NULL")
MAY_BE_SHOWN = (
    signatures.c.state == SignatureState.VERIFIED, signatures.c.public, signatures.c.comment_public,
    signatures.c.comment_hidden == "", signatures.c.held_flag_id.is_(None),
)  # fmt: skip
"""Comments that their owners let be shown, that nobody has hidden, and whose signatures no flag keeps from being counted."""
_FILTERS = {
    "all": (),
    "to-read": (*MAY_BE_SHOWN, signatures.c.comment_published_at.is_(None)),
    "published": (_IS_PUBLISHED, *MAY_BE_SHOWN),
    "hidden": (_IS_HIDDEN,),
}
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
_PUBLISH = _COMMENT.where(
    _HAS_COMMENT, *MAY_BE_SHOWN, signatures.c.comment == bindparam("read_comment"), signatures.c.comment_published_at.is_(None)
).values(comment_published_at=bindparam("now"))
_UNPUBLISH = _COMMENT.where(_IS_PUBLISHED).values(comment_published_at=None)
_HIDE = _COMMENT.where(_HAS_COMMENT, signatures.c.comment_hidden == "").values(
    comment_hidden=bindparam("reason"), comment_published_at=None
)
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


def publish_comment(connection: Connection, campaign_id: int, signature_id: int, comment: str, now: datetime) -> bool:
    """Put a comment on the campaign's page. False where it is there, may not be shown, or no longer has these words."""
    parameters = {"of_campaign_id": campaign_id, "signature_id": signature_id, "read_comment": comment, "now": now}
    return connection.execute(_PUBLISH, parameters).rowcount == 1


def unpublish_comment(connection: Connection, campaign_id: int, signature_id: int) -> bool:
    """Take a comment off the campaign's page. False where it was not there."""
    return connection.execute(_UNPUBLISH, {"of_campaign_id": campaign_id, "signature_id": signature_id}).rowcount == 1


def hide_comment(connection: Connection, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Hide a comment. False where there is none, or it is hidden."""
    parameters = {"of_campaign_id": campaign_id, "signature_id": signature_id, "reason": reason}
    return connection.execute(_HIDE, parameters).rowcount == 1


def show_comment(connection: Connection, campaign_id: int, signature_id: int) -> bool:
    """Show a comment again. False where it was not hidden."""
    return connection.execute(_SHOW, {"of_campaign_id": campaign_id, "signature_id": signature_id}).rowcount == 1
