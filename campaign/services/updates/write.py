"""Updates as campaigners write them: draft, test, schedule, publish, and a mailing stopped midway."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.field_reader import InvalidFieldsError
from campaign.domain.common.formatting import format_moment, format_utc
from campaign.domain.updates.update import MAILS_WINDOW, MailingState, UpdateState, UpdateText, mails_too_often, next_mailing_at
from campaign.jobs import PUBLISH_UPDATES
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.campaigns import images, lifecycle
from campaign.store.updates import mailing, updates
from campaign.store.updates.mailing import MailingCounts
from campaign.store.updates.updates import Update

if TYPE_CHECKING:
    from sqlalchemy import Connection

MAX_SCHEDULE_AHEAD = timedelta(days=366)


class UpdateConflictError(Exception):
    """The update was changed or published since the form was made. Nothing was stored."""


def list_updates(runtime: Runtime, campaign: Campaign) -> list[Update]:
    """The newest updates of a campaign, in every state."""
    with runtime.reading() as connection:
        return updates.list_updates(connection, campaign.id)


def get_update(runtime: Runtime, campaign: Campaign, update_id: int) -> Update | None:
    """An update of a campaign."""
    with runtime.reading() as connection:
        return updates.get(connection, campaign.id, update_id)


def count_mails(runtime: Runtime, update: Update) -> MailingCounts:
    """What became of an update's mails."""
    with runtime.reading() as connection:
        return mailing.mailing_counts(connection, update.id)


def count_recipients(runtime: Runtime, campaign: Campaign) -> int:
    """How many signatories would be mailed an update that is published now."""
    with runtime.reading() as connection:
        return mailing.count_recipients(connection, campaign.id, runtime.now())


def create_draft(runtime: Runtime, actor: Actor, campaign: Campaign, text: UpdateText, *, wants_mail: bool) -> Update:
    """A new draft."""
    now = runtime.now()
    with runtime.transaction() as connection:
        author_id = actor.campaigner_id
        update_id = updates.add_draft(connection, campaign.id, author_id, text, wants_mail=wants_mail, now=now)
        _record(connection, actor, "write update", campaign, update_id, now)
        return _existing(connection, campaign, update_id)


def save_update(
    runtime: Runtime, actor: Actor, campaign: Campaign, update: Update, seen: int, text: UpdateText, *, wants_mail: bool
) -> Update:
    """Store another text; a published one is changed on its page, and in mails not yet sent. `seen` is the revision the form
    was made from. Raises UpdateConflictError, and InvalidFieldsError where a scheduled one would be one mail too many."""
    now = runtime.now()
    with runtime.transaction() as connection:
        lifecycle.lock_campaign(connection, campaign.id)
        if update.state is UpdateState.PUBLISHED:
            wants_mail = update.wants_mail
        elif update.publish_at is not None and wants_mail:
            _check_mail_limit(runtime, connection, campaign, update, update.publish_at)
        if not updates.save(connection, campaign.id, update.id, seen, text, wants_mail=wants_mail, now=now):
            raise UpdateConflictError
        _record(connection, actor, "edit update", campaign, update.id, now)
        return _existing(connection, campaign, update.id)


def delete_draft(runtime: Runtime, actor: Actor, campaign: Campaign, update_id: int) -> bool:
    """Delete a draft for good. False where it is none (any more)."""
    with runtime.transaction() as connection:
        lifecycle.lock_campaign(connection, campaign.id)
        current = updates.get(connection, campaign.id, update_id)
        if current is not None and current.state is UpdateState.DRAFT:
            images.delete_images_of_update(connection, campaign.id, update_id)
        deleted = updates.delete_draft(connection, campaign.id, update_id)
        if deleted:
            _record(connection, actor, "delete update", campaign, update_id, runtime.now())
    return deleted


def schedule_update(runtime: Runtime, actor: Actor, campaign: Campaign, update: Update, at: datetime) -> None:
    """Have an update published at a time. Raises InvalidFieldsError, UpdateConflictError."""
    now = runtime.now()
    if at <= now:
        raise InvalidFieldsError({"publish_at": "That time is over. Publish it now, or choose a later one."})
    if at > now + MAX_SCHEDULE_AHEAD:
        raise InvalidFieldsError({"publish_at": "Choose a time within a year."})
    with runtime.transaction() as connection:
        lifecycle.lock_campaign(connection, campaign.id)
        if update.wants_mail:
            _check_mail_limit(runtime, connection, campaign, update, at)
        if not updates.schedule(connection, campaign.id, update.id, update.revision, at):
            raise UpdateConflictError
        _record(connection, actor, "schedule update", campaign, update.id, now, {"at": format_utc(at)})


def unschedule_update(runtime: Runtime, actor: Actor, campaign: Campaign, update_id: int) -> bool:
    """Make a scheduled update a draft again. False where it is not scheduled (any more)."""
    with runtime.transaction() as connection:
        changed = updates.unschedule(connection, campaign.id, update_id)
        if changed:
            _record(connection, actor, "unschedule update", campaign, update_id, runtime.now())
    return changed


def publish_update(runtime: Runtime, actor: Actor, campaign: Campaign, update: Update) -> None:
    """Publish an update as it was seen, and begin its mailing. Raises InvalidFieldsError, UpdateConflictError."""
    if not campaign.published or campaign.taken_down:
        raise InvalidFieldsError({"publish": "Nobody can see this campaign. Publish it first."})
    now = runtime.now()
    with runtime.transaction() as connection:
        lifecycle.lock_campaign(connection, campaign.id)
        current = updates.get(connection, campaign.id, update.id)
        if current is None or current.revision != update.revision or current.state is UpdateState.PUBLISHED:
            raise UpdateConflictError
        if current.wants_mail:
            _check_mail_limit(runtime, connection, campaign, current, now)
        publish_locked(connection, actor, current, now)
    runtime.enqueue_once(PUBLISH_UPDATES)


def publish_locked(connection: "Connection", actor: Actor, update: Update, now: datetime) -> None:
    """Publish an update of a campaign that this transaction has locked, and begin its mailing."""
    if updates.publish(connection, update.campaign_id, update.id, now, with_mail=update.wants_mail):
        audit_log.record(
            connection, actor, "publish update", now, campaign_id=update.campaign_id, subject=f"update {update.id}",
            after={"mailed": update.wants_mail},
        )  # fmt: skip


def stop_mailing(runtime: Runtime, actor: Actor, campaign: Campaign, update_id: int) -> bool:
    """Send no more mails of an update; those that have left have left. False where none is on its way."""
    with runtime.transaction() as connection:
        stopped = updates.get(connection, campaign.id, update_id) is not None and mailing.set_mailing(
            connection, update_id, MailingState.STOPPING, MailingState.RUNNING, MailingState.ENQUEUED
        )
        if stopped:
            _record(connection, actor, "stop mailing", campaign, update_id, runtime.now())
    if stopped:
        runtime.enqueue_once(PUBLISH_UPDATES)
    return stopped


def _check_mail_limit(runtime: Runtime, connection: "Connection", campaign: Campaign, update: Update, at: datetime) -> None:
    """Raises InvalidFieldsError where the operator's limit allows no further mailing at a time."""
    limit, now = runtime.settings.update_mails_per_week, runtime.now()
    if limit == 0:
        raise InvalidFieldsError({"wants_mail": "This site mails no updates. Publish it without a mail."})
    times = updates.mailing_times(connection, campaign.id, min(at, now) - MAILS_WINDOW, except_id=update.id)
    if mails_too_often(times, at, limit):
        first = next_mailing_at(times, max(at, now), limit)
        when = f" The next can go on {format_moment(first, campaign.zone)}." if first else ""
        many = "One update" if limit == 1 else f"{limit} updates"
        raise InvalidFieldsError({"wants_mail": f"{many} a week can be mailed, and no more.{when}"})


def _existing(connection: "Connection", campaign: Campaign, update_id: int) -> Update:
    found = updates.get(connection, campaign.id, update_id)
    if found is None:
        raise LookupError(update_id)
    return found


def _record(
    connection: "Connection", actor: Actor, action: str, campaign: Campaign, update_id: int, now: datetime,
    after: dict[str, object] | None = None,
) -> None:  # fmt: skip
    audit_log.record(connection, actor, action, now, campaign_id=campaign.id, subject=f"update {update_id}", after=after or {})
