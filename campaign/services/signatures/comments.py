"""Comments as campaigners treat them: they read them, publish one on the campaign's page, hide one with a reason, show it
again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.common.reason import read_reason
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.database.query_timeout import statement_timeout
from campaign.store.signatures import comments, timeline
from campaign.store.signatures.comments import CommentFilter
from campaign.store.signatures.signature_list import ListedSignature, PageDirection

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE_SIZE = 50
MAX_REASON_CHARACTERS = 200
"""Characters."""
PAGE_TIMEOUT_SECONDS = 3.0
"""Seconds a page may take."""
_NEWEST_ID = 2**62


@dataclass(frozen=True, slots=True)
class CommentPage:
    """A page of comments, newest first. `newer` and `older` are where the next pages begin; None where there is none."""

    comments: tuple[ListedSignature, ...]
    newer: int | None
    older: int | None


def list_comments(
    runtime: Runtime, campaign_id: int, which: CommentFilter, direction: PageDirection, signature_id: int | None
) -> CommentPage:
    """A page that begins after a signature, or the newest. Raises StatementTimeoutError."""
    start = _NEWEST_ID if signature_id is None else signature_id
    with runtime.snapshot() as connection, statement_timeout(connection, PAGE_TIMEOUT_SECONDS):
        found = comments.list_comments(connection, campaign_id, which, direction, start, PAGE_SIZE + 1)
        if direction == "newer" and len(found) <= PAGE_SIZE:
            # Fewer are left than fill a page: then it is the newest one.
            direction, signature_id = "older", None
            found = comments.list_comments(connection, campaign_id, which, "older", _NEWEST_ID, PAGE_SIZE + 1)
    more = len(found) > PAGE_SIZE
    shown = found[:PAGE_SIZE] if direction == "older" else found[-PAGE_SIZE:]
    newer = None if signature_id is None else shown[0].id if shown else signature_id
    older = shown[-1].id if shown and (more or direction == "newer") else None
    return CommentPage(tuple(shown), newer, older)


def publish_comment(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int, comment: str) -> bool:
    """Put a comment on the campaign's page. `comment` is what was read: words that were changed since are not published.

    False where they were, where it is there already, and where it may not be shown.
    """
    with runtime.transaction() as connection:
        published = comments.publish_comment(connection, campaign_id, signature_id, comment, runtime.now())
        if published:
            _record_for_comment(connection, runtime, actor, "publish comment", campaign_id, signature_id)
    return published


def unpublish_comment(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int) -> bool:
    """Take a comment off the campaign's page. False where it was not there."""
    with runtime.transaction() as connection:
        unpublished = comments.unpublish_comment(connection, campaign_id, signature_id)
        if unpublished:
            _record_for_comment(connection, runtime, actor, "unpublish comment", campaign_id, signature_id)
    return unpublished


def hide_comment(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Hide a comment from the public. False where there is none, or it is hidden already. Raises InvalidInputError."""
    reason = read_reason(reason, MAX_REASON_CHARACTERS, missing="Give the reason; it is kept with the comment.")
    with runtime.transaction() as connection:
        hidden = comments.hide_comment(connection, campaign_id, signature_id, reason)
        if hidden:
            _record_for_comment(connection, runtime, actor, "hide comment", campaign_id, signature_id, reason)
    return hidden


def unhide_comment(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int) -> bool:
    """Let a comment be shown again. False where it was not hidden."""
    with runtime.transaction() as connection:
        shown = comments.show_comment(connection, campaign_id, signature_id)
        if shown:
            _record_for_comment(connection, runtime, actor, "show comment", campaign_id, signature_id)
    return shown


def _record_for_comment(
    connection: "Connection", runtime: Runtime, actor: Actor, action: str, campaign_id: int, signature_id: int, reason: str = ""
) -> None:
    audit_log.record(
        connection, actor, action, runtime.now(), campaign_id=campaign_id, subject=timeline.audit_subject(signature_id),
        reason=reason,
    )  # fmt: skip
