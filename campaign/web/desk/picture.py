"""Picture of a campaign: uploaded, described in each of its languages, removed."""

from collections.abc import Mapping

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.page_texts import PAGE_TEXT_LENGTHS
from campaign.domain.common.field_reader import FieldReader
from campaign.services.campaigns import create_and_find, edit
from campaign.services.campaigns.edit import EditableCampaign, EditConflictError
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.campaign_form_fields import error_sentences, printable_values
from campaign.web.desk.picture_upload import ALT_MISSING, EDIT_CONFLICT_MESSAGE, MAX_FORM_BYTES, uploaded_copies
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.public.picture_views import picture_view

_ALT_FIELD_PREFIX = "picture_alt_"

blueprint = DeskBlueprint("picture")


def _picture_page(
    opened: EditableCampaign, values: Mapping[str, str], errors: Mapping[str, str], status: int
) -> ResponseReturnValue:
    campaign = opened.campaign
    return render_page(
        "picture.html",
        status,
        opened=opened,
        values=printable_values(values),
        errors=errors,
        languages=localised.language_names(),
        picture=picture_view(f"/desk/c/{campaign.slug}", campaign.appearance.picture, campaign.page_texts.picture_alt),
    )


@blueprint.get("/desk/c/<slug>/text/picture")
@requires(Permission.EDIT)
def show_picture(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for a campaign's picture."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    alts = {_ALT_FIELD_PREFIX + version.language: version.page_texts.picture_alt for version in opened.campaign.versions}
    return _picture_page(opened, alts, {}, 200)


@blueprint.post("/desk/c/<slug>/text/picture")
@requires(Permission.EDIT, max_bytes=MAX_FORM_BYTES)
def change_picture(context: DeskContext) -> ResponseReturnValue:
    """Form: upload a picture, or change its descriptions."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    errors: dict[str, str] = {}
    copies = uploaded_copies("picture", errors, "picture", required=opened.campaign.appearance.picture is None)
    alts = _read_alts(opened.campaign, errors)
    if not errors:
        try:
            edit.change_picture(runtime(), context.actor, opened.campaign.id, submitted_revision(), copies, alts)
        except EditConflictError as overtaken:
            return _picture_page(overtaken.editable, request.form, {"picture": EDIT_CONFLICT_MESSAGE}, 409)
        return redirect_with_message(f"/desk/c/{context.campaign.slug}/text/picture", "The picture is stored.")
    return _picture_page(opened, request.form, errors, 422)


@blueprint.post("/desk/c/<slug>/text/picture/remove")
@requires(Permission.EDIT)
def remove_picture(context: DeskContext) -> ResponseReturnValue:
    """Form: remove the picture."""
    path = f"/desk/c/{context.campaign.slug}/text/picture"
    try:
        edit.remove_picture(runtime(), context.actor, context.campaign.id, submitted_revision())
    except EditConflictError:
        return redirect_with_message(path, EDIT_CONFLICT_MESSAGE, "warn")
    return redirect_with_message(path, "The picture is taken away.")


@blueprint.get("/desk/c/<slug>/picture-<int:width>.webp")
@requires(Permission.VIEW)
def picture_copy(context: DeskContext, width: int) -> ResponseReturnValue:
    """Image: the picture in one width, also of a draft."""
    # A draft has no public page to have it from.
    return Response(create_and_find.get_picture(runtime(), context.campaign, width) or abort(404), mimetype="image/webp")


def _read_alts(campaign: Campaign, errors: dict[str, str]) -> dict[str, str]:
    """What the picture shows, by language."""
    fields, alts = FieldReader(request.form), {}
    for version in campaign.versions:
        name = _ALT_FIELD_PREFIX + version.language
        alts[version.language] = fields.text(name, PAGE_TEXT_LENGTHS["picture_alt"])
        if not alts[version.language]:
            fields.add_error(name, ALT_MISSING)
    # Each is called by the one name they share: which of them it is, its place in the form says.
    for name, words in fields.errors.items():
        errors[name] = error_sentences({"picture_alt": words})["picture_alt"]
    return alts
