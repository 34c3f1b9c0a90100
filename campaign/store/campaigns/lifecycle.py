"""Lifecycle of a campaign: each transition is one statement that names the states it may start from.

Signing asks the same row in its own statement (`signatures.SIGN`), so a campaign is open or not by what is committed at that
moment; and the total is certified by a statement on this row too, so what is final is never moved.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from campaign.store.campaigns import former_slugs
from campaign.store.campaigns.campaigns import SlugTakenError
from campaign.store.tables import campaigns


def _update(*conditions: ColumnElement[bool], **values: Any) -> Update:
    """UPDATE of one campaign where the conditions are met. Its own parameters are named unlike columns."""
    return (
        update(campaigns)
        .where(campaigns.c.id == bindparam("of_id"), *conditions)
        .values(**values, revision=campaigns.c.revision + 1)
    )


_NOW, _OPENS_AT, _CLOSES_AT, _VERIFY_UNTIL = (
    bindparam(name, type_=campaigns.c.opens_at.type) for name in ("now", "new_opens_at", "new_closes_at", "new_verify_until")
)
_PUBLIC = and_(campaigns.c.published_at.is_not(None), campaigns.c.taken_down_at.is_(None), campaigns.c.finalised_at.is_(None))
_NOW_OPEN = and_(_PUBLIC, campaigns.c.opens_at <= _NOW, campaigns.c.closes_at > _NOW)

_LOCK = select(campaigns.c.id).where(campaigns.c.id == bindparam("of_id")).with_for_update(key_share=True)
_PUBLISH = _update(
    campaigns.c.published_at.is_(None), campaigns.c.closes_at > _OPENS_AT, campaigns.c.closes_at > _NOW, published_at=_NOW,
    opens_at=_OPENS_AT,
)  # fmt: skip
_SET_OPENING_TIME = _update(_PUBLIC, campaigns.c.opens_at > _NOW, campaigns.c.closes_at > _OPENS_AT, opens_at=_OPENS_AT)
_PAUSE = _update(_NOW_OPEN, ~campaigns.c.paused, paused=True, paused_message=bindparam("message"))
_RESUME = _update(_NOW_OPEN, campaigns.c.paused, paused=False, paused_message="")
_CLOSE = _update(_NOW_OPEN, closes_at=_NOW, verify_until=_VERIFY_UNTIL)
_EXTEND = _update(
    _PUBLIC, campaigns.c.closes_at < _CLOSES_AT, _NOW < _CLOSES_AT, closes_at=_CLOSES_AT, verify_until=_VERIFY_UNTIL
)
_CHANGE_SLUG = _update(campaigns.c.slug != bindparam("new_slug"), slug=bindparam("new_slug"))
_TAKE_DOWN = _update(campaigns.c.published_at.is_not(None), campaigns.c.taken_down_at.is_(None), taken_down_at=_NOW)
_DISCARD = _update(campaigns.c.published_at.is_(None), campaigns.c.taken_down_at.is_(None), taken_down_at=_NOW)
_RESTORE = _update(campaigns.c.taken_down_at.is_not(None), taken_down_at=None)


def lock_campaign(connection: Connection, campaign_id: int) -> None:
    """Lock a campaign against other transitions, updates and prints of sheets until the transaction ends. Signing and
    verifying do not wait for it."""
    connection.execute(_LOCK, {"of_id": campaign_id})


def publish_campaign(connection: Connection, campaign_id: int, opens_at: datetime, now: datetime) -> bool:
    """Publish a draft, to be signed from `opens_at`. False where it is no draft, or would open after it closes."""
    return _was_changed(connection, _PUBLISH, campaign_id, new_opens_at=opens_at, now=now)


def set_opening_time(connection: Connection, campaign_id: int, opens_at: datetime, now: datetime) -> bool:
    """Change the opening time. False where the campaign has opened, or would open after it closes."""
    return _was_changed(connection, _SET_OPENING_TIME, campaign_id, new_opens_at=opens_at, now=now)


def pause_campaign(connection: Connection, campaign_id: int, message: str, now: datetime) -> bool:
    """Pause signing. False where the campaign is not open."""
    return _was_changed(connection, _PAUSE, campaign_id, message=message, now=now)


def resume_campaign(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Resume signing. False where the campaign is not paused."""
    return _was_changed(connection, _RESUME, campaign_id, now=now)


def close_campaign(connection: Connection, campaign_id: int, verify_until: datetime, now: datetime) -> bool:
    """Bring the deadline forward to `now`. False where the campaign is not between its opening and its deadline."""
    return _was_changed(connection, _CLOSE, campaign_id, new_verify_until=verify_until, now=now)


def extend_deadline(
    connection: Connection, campaign_id: int, closes_at: datetime, verify_until: datetime, now: datetime
) -> bool:
    """Extend the deadline. False where the total is final, or the new deadline is not later than the old one and `now`."""
    return _was_changed(connection, _EXTEND, campaign_id, new_closes_at=closes_at, new_verify_until=verify_until, now=now)


def change_slug(connection: Connection, campaign_id: int, slug: str) -> bool:
    """Change the slug. False where the campaign has it. Raises SlugTakenError where it is or once was another's; then
    nothing else may be done in this transaction."""
    try:
        moved = _was_changed(connection, _CHANGE_SLUG, campaign_id, new_slug=slug)
    except IntegrityError as error:
        raise SlugTakenError(slug) from error
    if moved and former_slugs.belongs_to_another(connection, slug, campaign_id):
        raise SlugTakenError(slug)
    return moved


def take_down_campaign(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Take a campaign down. False where it is taken down, or a draft."""
    return _was_changed(connection, _TAKE_DOWN, campaign_id, now=now)


def discard_draft(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Discard a draft: it is taken down before anybody saw it. False where it was published, or discarded before."""
    return _was_changed(connection, _DISCARD, campaign_id, now=now)


def restore_campaign(connection: Connection, campaign_id: int) -> bool:
    """Restore a campaign that was taken down. False where it was not."""
    return _was_changed(connection, _RESTORE, campaign_id)


def _was_changed(connection: Connection, sql: Update, campaign_id: int, **given: Any) -> bool:
    return connection.execute(sql, {"of_id": campaign_id, **given}).rowcount == 1
