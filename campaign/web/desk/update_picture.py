"""Picture of an update at the desk: uploaded, described, taken away."""

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.services.updates import picture
from campaign.services.updates.write import UpdateConflictError
from campaign.store.updates.updates import Update
from campaign.web.app_context import runtime
from campaign.web.cache import process_cache
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.picture_upload import MAX_FORM_BYTES, read_alts, uploaded_copies
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.desk.updates import update_or_404, update_path
from campaign.web.public.picture_views import illustration_view
from campaign.web.public.update_view import CAMPAIGN_UPDATES

_UPDATE_CHANGED_MESSAGE = N_("Somebody else has changed it. Nothing was done. This is how it is now.")

blueprint = DeskBlueprint("update_picture")


@blueprint.get("/desk/c/<slug>/updates/<int:number>/picture")
@requires(Permission.EDIT)
def show_update_picture(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page with the form for an update's picture."""
    update = update_or_404(context, number)
    alt = update.picture.alts[0][1] if update.picture else ""
    return _update_picture_page(context, update, {"picture_alt": alt}, {}, 200)


@blueprint.post("/desk/c/<slug>/updates/<int:number>/picture")
@requires(Permission.EDIT, max_bytes=MAX_FORM_BYTES)
def change_update_picture(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: upload an update's picture, or change its description."""
    update = update_or_404(context, number)
    errors: dict[str, str] = {}
    copies = uploaded_copies("illustration", errors, "picture", required=update.picture is None)
    alt = read_alts({"picture_alt": context.campaign.language}, errors)[context.campaign.language]
    if errors:
        return _update_picture_page(context, update, request.form, errors, 422)
    try:
        picture.change_picture(runtime(), context.actor, context.campaign, update, submitted_revision(), copies, alt)
    except UpdateConflictError:
        return _update_picture_page(
            context, update_or_404(context, number), request.form, {"picture": _UPDATE_CHANGED_MESSAGE}, 409
        )
    process_cache().expire(CAMPAIGN_UPDATES)
    return redirect_with_message(update_path(context, update), "The picture is stored.")


@blueprint.post("/desk/c/<slug>/updates/<int:number>/picture/remove")
@requires(Permission.EDIT)
def remove_update_picture(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: remove an update's picture."""
    update = update_or_404(context, number)
    try:
        picture.remove_picture(runtime(), context.actor, context.campaign, update, submitted_revision())
    except UpdateConflictError:
        return redirect_with_message(update_path(context, update), _UPDATE_CHANGED_MESSAGE, "warn")
    process_cache().expire(CAMPAIGN_UPDATES)
    return redirect_with_message(update_path(context, update), "The picture is taken away.")


def _update_picture_page(
    context: DeskContext, update: Update, values: Mapping[str, str], errors: Mapping[str, str], status: int
) -> ResponseReturnValue:
    path, language = f"/desk/c/{context.campaign.slug}", context.campaign.language
    return render_page(
        "update_picture.html",
        status,
        update=update,
        values=values,
        errors=errors,
        text_language=language,
        shown=illustration_view(path, update.picture, language) if update.picture else None,
    )
