"""Forms of the lifecycle steps, read and done.

Each step returns the campaign afterwards, or None where it is not possible any more. It raises InvalidFieldsError with what is
wrong, field by field.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import request

from campaign.domain.campaigns.announcement import read_public_reason
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import check_slug
from campaign.domain.campaigns.stages import LifecycleAction
from campaign.domain.common.field_reader import FieldReader, InvalidFieldsError
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.local_time import read_local_time
from campaign.services.campaigns import lifecycle
from campaign.services.campaigns.lifecycle import SlugTakenError
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskContext
from campaign.web.translation import refusal_message

StepHandler = Callable[[DeskContext], Campaign | None]


def publish(context: DeskContext) -> Campaign | None:
    """`when` ("now" or "later") and `opens_at`. Raises NotReadyError too."""
    opens_at = _opening_time(context.campaign)
    with _errors_of_field("opens_at"):
        return lifecycle.publish_campaign(runtime(), context.campaign, context.actor, opens_at)


def open_at(context: DeskContext) -> Campaign | None:
    """`when` ("now" or "later") and `opens_at`."""
    opens_at = _opening_time(context.campaign)
    with _errors_of_field("opens_at"):
        return lifecycle.reschedule_opening(runtime(), context.campaign, context.actor, opens_at)


def pause(context: DeskContext) -> Campaign | None:
    """`message`, which may be empty."""
    with _errors_of_field("message"):
        message = read_public_reason(request.form.get("message", ""), required=False)
    return lifecycle.pause_campaign(runtime(), context.campaign, context.actor, message)


def resume(context: DeskContext) -> Campaign | None:
    """Nothing is asked."""
    return lifecycle.resume_campaign(runtime(), context.campaign, context.actor)


def extend(context: DeskContext) -> Campaign | None:
    """`closes_at` and `reason`."""
    zone = context.campaign.zone
    fields = FieldReader(request.form)
    closes_at = fields.read("closes_at", lambda text: read_local_time(text, zone), "", None)
    reason = fields.read("reason", read_public_reason, "", "")
    fields.raise_errors()
    if closes_at is None:
        raise AssertionError("what cannot be read was refused")
    with _errors_of_field("closes_at"):
        return lifecycle.extend_deadline(runtime(), context.campaign, context.actor, closes_at, reason)


def close(context: DeskContext) -> Campaign | None:
    """`reason`."""
    with _errors_of_field("reason"):
        reason = read_public_reason(request.form.get("reason", ""))
    return lifecycle.close_campaign(runtime(), context.campaign, context.actor, reason)


def change_slug(context: DeskContext) -> Campaign | None:
    """`slug`."""
    with _errors_of_field("slug"):
        slug = check_slug(request.form.get("slug", "").strip().lower())
    if slug == context.campaign.slug:
        raise InvalidFieldsError({"slug": N_("This is the address it has.")})
    try:
        return lifecycle.change_slug(runtime(), context.campaign, context.actor, slug)
    except SlugTakenError:
        raise InvalidFieldsError({"slug": N_("Another campaign has this address, or once had it. Choose another.")}) from None


def take_down(context: DeskContext) -> Campaign | None:
    """`reason`, for the audit trail."""
    with _errors_of_field("reason"):
        reason = read_public_reason(request.form.get("reason", ""), required=False)
    return lifecycle.take_down_campaign(runtime(), context.campaign, context.actor, reason)


def put_back(context: DeskContext) -> Campaign | None:
    """Nothing is asked."""
    return lifecycle.put_back_campaign(runtime(), context.campaign, context.actor)


STEP_HANDLERS: dict[LifecycleAction, StepHandler] = {
    LifecycleAction.PUBLISH: publish,
    LifecycleAction.RESCHEDULE: open_at,
    LifecycleAction.PAUSE: pause,
    LifecycleAction.RESUME: resume,
    LifecycleAction.EXTEND: extend,
    LifecycleAction.CLOSE: close,
    LifecycleAction.CHANGE_SLUG: change_slug,
    LifecycleAction.TAKE_DOWN: take_down,
    LifecycleAction.RESTORE: put_back,
}


def _opening_time(campaign: Campaign) -> datetime | None:
    """When it is to open; None for now."""
    if request.form.get("when") != "later":
        return None
    with _errors_of_field("opens_at"):
        return read_local_time(request.form.get("opens_at", ""), campaign.zone)


@contextmanager
def _errors_of_field(field: str) -> Iterator[None]:
    """What is refused in here is about a field."""
    try:
        yield
    except InvalidInputError as refused:
        words = refusal_message(refused)
        raise InvalidFieldsError({field: words[:1].upper() + words[1:]}) from None
