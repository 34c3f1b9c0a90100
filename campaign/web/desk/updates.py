"""Updates of a campaign at the desk: the list, writing one, testing, scheduling, publishing, and stopping its mailing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.field_reader import FieldReader, InvalidFieldsError
from campaign.domain.common.i18n import N_
from campaign.domain.common.local_time import format_local_time, read_local_time
from campaign.domain.updates.update import UpdateKind, UpdateState, UpdateText, read_update
from campaign.rendering.markdown_html import render_markdown
from campaign.services.mail.campaigner_tests import send_update_test
from campaign.services.updates import write
from campaign.services.updates.write import UpdateConflictError
from campaign.store.updates.updates import Update
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.cache import process_cache
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.desk.update_labels import KIND_LABELS, MAILING_LABELS, RESULT_LABELS, STATE_LABELS, update_errors
from campaign.web.public.picture_views import illustration_view
from campaign.web.public.update_view import CAMPAIGN_UPDATES

MAX_UPDATE_FORM_BYTES = 600_000
"""Octets a form with an update may have: the longest one, in any script, with what a browser puts around it."""
_FIELDS = ("title", "body", "happened_on", "recipient", "answer", "result")
_CHANGED_MEANWHILE = N_("Somebody else has changed or published it. Nothing was done. This is how it is now.")

blueprint = DeskBlueprint("updates")


@blueprint.get("/desk/c/<slug>/updates")
@requires(Permission.EDIT)
def list_updates(context: DeskContext) -> ResponseReturnValue:
    """Page with the updates of a campaign, and ways to begin one."""
    return render_page(
        "updates.html",
        updates=write.list_updates(runtime(), context.campaign),
        kinds=KIND_LABELS,
        states=STATE_LABELS,
        moment=lambda at: localised.moment(at, context.campaign.zone),
    )


@blueprint.get("/desk/c/<slug>/updates/new")
@requires(Permission.EDIT)
def new_update(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for a new update; `?kind=` says of what."""
    values = {"wants_mail": "", "recipient": context.campaign.text.recipient, "happened_on": _today(context).isoformat()}
    return _form_page(context, None, _kind(request.args.get("kind", "")), values)


@blueprint.post("/desk/c/<slug>/updates/new")
@requires(Permission.EDIT, max_bytes=MAX_UPDATE_FORM_BYTES)
def create_update(context: DeskContext) -> ResponseReturnValue:
    """Form: store a draft, or show how it would look."""
    kind, typed = _kind(request.form.get("kind", "")), _typed()
    if "preview" in request.form:
        return _form_page(context, None, kind, typed, preview=True)
    fields = FieldReader(typed)
    text = read_update(fields, kind, _today(context))
    if fields.errors:
        return _form_page(context, None, kind, typed, fields.errors)
    made = write.create_draft(runtime(), context.actor, context.campaign, text, wants_mail=bool(typed["wants_mail"]))
    return redirect_with_message(update_path(context, made), "The draft is stored. Nobody sees it until you publish it.")


@blueprint.get("/desk/c/<slug>/updates/<int:number>")
@requires(Permission.EDIT)
def show_update(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page of one update: how it looks, what became of its mails, and what can be done with it."""
    return _update_page(context, update_or_404(context, number))


@blueprint.get("/desk/c/<slug>/updates/<int:number>/edit")
@requires(Permission.EDIT)
def edit_update(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page with the form of an update."""
    update = update_or_404(context, number)
    return _form_page(context, update, update.kind, _stored_values(update))


@blueprint.post("/desk/c/<slug>/updates/<int:number>/edit")
@requires(Permission.EDIT, max_bytes=MAX_UPDATE_FORM_BYTES)
def save_update(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: store another text; 409 where it was changed elsewhere, 422 where something is wrong."""
    update, typed = update_or_404(context, number), _typed()
    if "preview" in request.form:
        return _form_page(context, update, update.kind, typed, preview=True, revision=submitted_revision())
    fields = FieldReader(typed)
    text = read_update(fields, update.kind, _today(context))
    errors: Mapping[str, str] = fields.errors
    if not errors:
        try:
            write.save_update(
                runtime(), context.actor, context.campaign, update, submitted_revision(), text,
                wants_mail=bool(typed["wants_mail"]),
            )  # fmt: skip
        except InvalidFieldsError as wrong:
            errors = wrong.errors
        except UpdateConflictError:
            return _form_page(context, update_or_404(context, number), update.kind, typed, conflict=True)
    if errors:
        return _form_page(context, update, update.kind, typed, errors, revision=submitted_revision())
    process_cache().expire(CAMPAIGN_UPDATES)
    return redirect_with_message(update_path(context, update), "The update is stored.")


@blueprint.post("/desk/c/<slug>/updates/<int:number>/delete")
@requires(Permission.EDIT)
def delete_update(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: delete a draft."""
    if write.delete_draft(runtime(), context.actor, context.campaign, number):
        return redirect_with_message(f"/desk/c/{context.campaign.slug}/updates", "The draft is deleted.")
    return redirect_with_message(update_path(context, update_or_404(context, number)), _CHANGED_MEANWHILE, "warn")


@blueprint.post("/desk/c/<slug>/updates/<int:number>/test")
@requires(Permission.EDIT)
def send_test(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: mail an update to oneself."""
    update = update_or_404(context, number)
    if send_update_test(runtime(), context.actor, context.campaign, update.id):
        return redirect_with_message(update_path(context, update), "A test is on its way to your own address.")
    return redirect_with_message(update_path(context, update), "That was enough tests for now. Try again in an hour.", "warn")


@blueprint.post("/desk/c/<slug>/updates/<int:number>/publish")
@requires(Permission.EDIT)
def publish_update(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: publish now, or (`when` is `later`) at `publish_at`."""
    update = update_or_404(context, number)
    if update.revision != submitted_revision():
        return redirect_with_message(update_path(context, update), _CHANGED_MEANWHILE, "warn")
    try:
        if request.form.get("when") == "later":
            fields = FieldReader(request.form)
            at = fields.read("publish_at", lambda value: read_local_time(value, context.campaign.zone), "", None)
            fields.raise_errors()
            if at is None:
                raise AssertionError("what cannot be read was refused")
            write.schedule_update(runtime(), context.actor, context.campaign, update, at)
            message = N_("The update is scheduled.")
        else:
            write.publish_update(runtime(), context.actor, context.campaign, update)
            message = N_("The update is published.")
            process_cache().expire(CAMPAIGN_UPDATES)
    except InvalidFieldsError as wrong:
        return _update_page(context, update, wrong.errors, request.form)
    except UpdateConflictError:
        return redirect_with_message(update_path(context, update), _CHANGED_MEANWHILE, "warn")
    return redirect_with_message(update_path(context, update), message)


@blueprint.post("/desk/c/<slug>/updates/<int:number>/unschedule")
@requires(Permission.EDIT)
def unschedule_update(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: make a scheduled update a draft again."""
    done = write.unschedule_update(runtime(), context.actor, context.campaign, number)
    said = (N_("It is a draft again."), "good") if done else (_CHANGED_MEANWHILE, "warn")
    return redirect_with_message(update_path(context, update_or_404(context, number)), *said)


@blueprint.post("/desk/c/<slug>/updates/<int:number>/stop")
@requires(Permission.EDIT)
def stop_mailing(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: send no more mails of an update."""
    stopped = write.stop_mailing(runtime(), context.actor, context.campaign, number)
    said = (N_("No more emails of it are sent."), "good") if stopped else (N_("There was nothing to stop."), "warn")
    return redirect_with_message(update_path(context, update_or_404(context, number)), *said)


def _update_page(
    context: DeskContext, update: Update, errors: Mapping[str, str] | None = None, values: Mapping[str, str] | None = None
) -> Response:
    campaign, settings = context.campaign, runtime().settings
    later = format_local_time(runtime().now(), campaign.zone)
    return render_page(
        "update.html",
        422 if errors else 200,
        update=update,
        text=update.text,
        shown_picture=illustration_view(f"/desk/c/{campaign.slug}", update.picture, campaign.language).picture
        if update.picture
        else None,
        errors=dict(errors or {}),
        values={"when": "now", "publish_at": later, **(values or {})},
        counts=write.count_mails(runtime(), update) if update.state is UpdateState.PUBLISHED and update.wants_mail else None,
        recipients=write.count_recipients(runtime(), campaign) if update.state is not UpdateState.PUBLISHED else 0,
        per_week=settings.update_mails_per_week,
        moment=lambda at: localised.moment(at, campaign.zone),
        **_labels(),
    )


def _form_page(
    context: DeskContext, update: Update | None, kind: UpdateKind, values: Mapping[str, str],
    errors: Mapping[str, str] | None = None, *, preview: bool = False, conflict: bool = False, revision: int | None = None,
) -> Response:  # fmt: skip
    return render_page(
        "update_form.html",
        409 if conflict else 422 if errors else 200,
        update=update,
        kind=kind.value,
        values=values,
        errors=update_errors(errors or {}),
        preview=_preview_text(kind, values) if preview else None,
        conflict=conflict,
        revision=revision if revision is not None else update.revision if update else 0,
        is_published=update is not None and update.state is UpdateState.PUBLISHED,
        text_language=context.campaign.language,
        **_labels(),
    )


def _labels() -> dict[str, Any]:
    return {
        "kinds": KIND_LABELS, "states": STATE_LABELS, "mailings": MAILING_LABELS,
        "results": RESULT_LABELS,
        "calendar_day": localised.calendar_day, "markdown": render_markdown,
    }  # fmt: skip


def _preview_text(kind: UpdateKind, values: Mapping[str, str]) -> UpdateText:
    """What was typed, whatever is wrong with it."""
    return read_update(FieldReader(values), kind, date.max)


def _typed() -> dict[str, str]:
    typed = {name: request.form.get(name, "").replace("\r\n", "\n") for name in _FIELDS}
    return typed | {"wants_mail": request.form.get("wants_mail", "")}


def _stored_values(update: Update) -> dict[str, str]:
    return {
        "title": update.title, "body": update.body, "recipient": update.recipient, "answer": update.answer,
        "happened_on": update.happened_on.isoformat() if update.happened_on else "", "result": update.result.value,
        "wants_mail": "1" if update.wants_mail else "",
    }  # fmt: skip


def _kind(name: str) -> UpdateKind:
    return UpdateKind(name) if name in set(UpdateKind) else UpdateKind.NEWS


def _today(context: DeskContext) -> date:
    return runtime().now().astimezone(context.campaign.zone).date()


def update_or_404(context: DeskContext, number: int) -> Update:
    """The update of a number in the address."""
    return write.get_update(runtime(), context.campaign, number) or abort(404)


def update_path(context: DeskContext, update: Update) -> str:
    """Path of an update's page at the desk."""
    return f"/desk/c/{context.campaign.slug}/updates/{update.id}"
