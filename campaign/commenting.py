"""What campaigners do with comments: read them, hide one with a reason, show it again."""

from dataclasses import dataclass

from campaign.domain.actor import Actor
from campaign.domain.refusal import Refused
from campaign.runtime import Runtime
from campaign.store import audit, comments, story
from campaign.store.bounded import at_most
from campaign.store.comments import Comment, Towards, Which

SIZE = 50
LONGEST_REASON = 200
"""Characters."""
PATIENCE = 3.0
"""Seconds a page may take."""
_AFTER_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Read:
    """A page of comments, newest first. `newer` and `older` are where the next pages begin; None where there is none."""

    comments: tuple[Comment, ...]
    newer: int | None
    older: int | None


def read(runtime: Runtime, campaign_id: int, which: Which, towards: Towards, signature_id: int | None) -> Read:
    """A page that begins after a signature, or the newest. Raises TooSlow."""
    start = _AFTER_ALL if signature_id is None else signature_id
    with runtime.snapshot() as connection, at_most(connection, PATIENCE):
        found = comments.page(connection, campaign_id, which, towards, start, SIZE + 1)
        if towards == "newer" and len(found) <= SIZE:
            # Fewer are left than fill a page: then it is the newest one.
            towards, signature_id = "older", None
            found = comments.page(connection, campaign_id, which, "older", _AFTER_ALL, SIZE + 1)
    more = len(found) > SIZE
    shown = found[:SIZE] if towards == "older" else found[-SIZE:]
    newer = None if signature_id is None else shown[0].id if shown else signature_id
    older = shown[-1].id if shown and (more or towards == "newer") else None
    return Read(tuple(shown), newer, older)


def hide(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int, reason: str) -> bool:
    """Hide a comment from the public. False where there is none, or it is hidden already. Raises Refused."""
    reason = " ".join(reason.split())
    if not reason or not reason.isprintable():
        raise Refused("Give the reason; it is kept with the comment.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason must be {LONGEST_REASON} characters or fewer.")
    with runtime.transaction() as connection:
        if not comments.hide(connection, campaign_id, signature_id, reason):
            return False
        audit.record(
            connection, actor, "hide comment", runtime.now(), campaign_id=campaign_id, subject=story.subject(signature_id),
            reason=reason,
        )  # fmt: skip
    return True


def show(runtime: Runtime, actor: Actor, campaign_id: int, signature_id: int) -> bool:
    """Let a comment be shown again. False where it was not hidden."""
    with runtime.transaction() as connection:
        if not comments.show(connection, campaign_id, signature_id):
            return False
        subject = story.subject(signature_id)
        audit.record(connection, actor, "show comment", runtime.now(), campaign_id=campaign_id, subject=subject)
    return True
