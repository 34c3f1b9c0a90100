"""What moves a campaign through its life, each as one statement that says from where it may be moved.

Signing asks the same row in its own statement (`signatures.SIGN`), so a campaign is open or not by what is committed at that
moment; and the total is certified by a statement on this row too, so what is final is never moved.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import IntegrityError

from campaign.store.campaigns import former_slugs
from campaign.store.campaigns.campaigns import SlugTakenError
from campaign.store.database.statements import statement, supports_row_locks


def _update(changes: str, where: str) -> Executable:
    return statement(f"UPDATE campaigns SET {changes}, revision = revision + 1 WHERE id = :id AND {where}")


_PUBLIC = "published_at IS NOT NULL AND taken_down_at IS NULL AND finalised_at IS NULL"
_NOW_OPEN = f"{_PUBLIC} AND opens_at <= :now AND :now < closes_at"

_LOCK = statement("SELECT id FROM campaigns WHERE id = :id FOR NO KEY UPDATE")
_PUBLISH = _update(
    "published_at = :now, opens_at = :opens_at", "published_at IS NULL AND :opens_at < closes_at AND :now < closes_at"
)
_OPEN_AT = _update("opens_at = :opens_at", f"{_PUBLIC} AND :now < opens_at AND :opens_at < closes_at")
_PAUSE = _update("paused = TRUE, paused_message = :message", f"{_NOW_OPEN} AND NOT paused")
_RESUME = _update("paused = FALSE, paused_message = ''", f"{_NOW_OPEN} AND paused")
_CLOSE = _update("closes_at = :now, verify_until = :verify_until", _NOW_OPEN)
_EXTEND = _update(
    "closes_at = :closes_at, verify_until = :verify_until", f"{_PUBLIC} AND closes_at < :closes_at AND :now < :closes_at"
)
_CHANGE_SLUG = _update("slug = :slug", "slug <> :slug")
_TAKE_DOWN = _update("taken_down_at = :now", "published_at IS NOT NULL AND taken_down_at IS NULL")
_RESTORE = _update("taken_down_at = NULL", "taken_down_at IS NOT NULL")


def lock_campaign(connection: Connection, campaign_id: int) -> None:
    """Let nobody else move the campaign until the transaction ends. Nobody who signs or verifies waits for it."""
    if supports_row_locks(connection):
        connection.execute(_LOCK, {"id": campaign_id})


def publish_campaign(connection: Connection, campaign_id: int, opens_at: datetime, now: datetime) -> bool:
    """Show a draft to everybody, to be signed from `opens_at`. False where it is none, or would open after it closes."""
    return _was_changed(connection, _PUBLISH, campaign_id, opens_at=opens_at, now=now)


def set_opening_time(connection: Connection, campaign_id: int, opens_at: datetime, now: datetime) -> bool:
    """Open at another time. False where the campaign has opened, or would open after it closes."""
    return _was_changed(connection, _OPEN_AT, campaign_id, opens_at=opens_at, now=now)


def pause_campaign(connection: Connection, campaign_id: int, message: str, now: datetime) -> bool:
    """Take no signatures for now. False where the campaign is not open."""
    return _was_changed(connection, _PAUSE, campaign_id, message=message, now=now)


def resume_campaign(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Take signatures again. False where the campaign is not paused."""
    return _was_changed(connection, _RESUME, campaign_id, now=now)


def close_campaign(connection: Connection, campaign_id: int, verify_until: datetime, now: datetime) -> bool:
    """Bring the deadline forward to `now`. False where the campaign is not between its opening and its deadline."""
    return _was_changed(connection, _CLOSE, campaign_id, verify_until=verify_until, now=now)


def extend_deadline(
    connection: Connection, campaign_id: int, closes_at: datetime, verify_until: datetime, now: datetime
) -> bool:
    """Put the deadline off. False where the total is final, or the new deadline is not later than the old one and `now`."""
    return _was_changed(connection, _EXTEND, campaign_id, closes_at=closes_at, verify_until=verify_until, now=now)


def change_slug(connection: Connection, campaign_id: int, slug: str) -> bool:
    """Give the campaign another slug. False where it has this one. Raises SlugTaken where it is or once was another's; then
    nothing else may be done in this transaction."""
    try:
        moved = _was_changed(connection, _CHANGE_SLUG, campaign_id, slug=slug)
    except IntegrityError as error:
        raise SlugTakenError(slug) from error
    if moved and former_slugs.belongs_to_another(connection, slug, campaign_id):
        raise SlugTakenError(slug)
    return moved


def take_down_campaign(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Hide the campaign. False where it is hidden, or a draft that nobody sees."""
    return _was_changed(connection, _TAKE_DOWN, campaign_id, now=now)


def restore_campaign(connection: Connection, campaign_id: int) -> bool:
    """Show the campaign again. False where it was not hidden."""
    return _was_changed(connection, _RESTORE, campaign_id)


def _was_changed(connection: Connection, sql: Executable, campaign_id: int, **given: Any) -> bool:
    return connection.execute(sql, {"id": campaign_id, **given}).rowcount == 1
