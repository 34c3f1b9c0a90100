"""Images of a campaign at the desk: its own picture, its organiser's, and its gallery with videos."""

from collections.abc import Mapping

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.image import IMAGE_MIMETYPES, read_image_name
from campaign.domain.campaigns.web_address import read_web_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError, Sentence
from campaign.services.campaigns import edit, images
from campaign.services.campaigns.edit import EditableCampaign, EditConflictError
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.picture_upload import (
    EDIT_CONFLICT_MESSAGE,
    MAX_FORM_BYTES,
    PICTURE_ALT_PREFIX,
    read_alts,
    uploaded_copies,
)
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.public.picture_views import illustration_view, organiser_picture_view, picture_view

blueprint = DeskBlueprint("images")


@blueprint.get("/desk/c/<slug>/text/picture")
@requires(Permission.EDIT)
def show_picture(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for a campaign's picture."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    alts = {PICTURE_ALT_PREFIX + version.language: version.page_texts.picture_alt for version in opened.campaign.versions}
    return _picture_page(opened, alts, {}, 200)


@blueprint.post("/desk/c/<slug>/text/picture")
@requires(Permission.EDIT, max_bytes=MAX_FORM_BYTES)
def change_picture(context: DeskContext) -> ResponseReturnValue:
    """Form: upload a picture, or change its descriptions."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    errors: dict[str, str] = {}
    copies = uploaded_copies("picture", errors, "picture", required=opened.campaign.appearance.picture is None)
    alts = read_alts(_alt_fields(opened.campaign), errors)
    if errors:
        return _picture_page(opened, request.form, errors, 422)
    try:
        images.change_picture(runtime(), context.actor, opened.campaign.id, submitted_revision(), copies, alts)
    except EditConflictError as overtaken:
        return _picture_page(overtaken.editable, request.form, {"picture": EDIT_CONFLICT_MESSAGE}, 409)
    return redirect_with_message(_picture_path(context), "The picture is stored.")


@blueprint.post("/desk/c/<slug>/text/picture/remove")
@requires(Permission.EDIT)
def remove_picture(context: DeskContext) -> ResponseReturnValue:
    """Form: remove the picture."""
    try:
        images.remove_picture(runtime(), context.actor, context.campaign.id, submitted_revision())
    except EditConflictError:
        return redirect_with_message(_picture_path(context), EDIT_CONFLICT_MESSAGE, "warn")
    return redirect_with_message(_picture_path(context), "The picture is taken away.")


@blueprint.get("/desk/c/<slug>/text/pictures")
@requires(Permission.EDIT)
def show_images(context: DeskContext) -> ResponseReturnValue:
    """Page with the organiser's picture and the gallery."""
    return _images_page(context, {}, {}, 200)


@blueprint.post("/desk/c/<slug>/text/pictures/organiser")
@requires(Permission.EDIT, max_bytes=MAX_FORM_BYTES)
def change_organiser_picture(context: DeskContext) -> ResponseReturnValue:
    """Form: upload the organiser's picture or logo."""
    errors: dict[str, str] = {}
    copies = uploaded_copies("logo", errors, "organiser_picture", required=True)
    if errors:
        return _images_page(context, request.form, errors, 422)
    try:
        images.change_organiser_picture(runtime(), context.actor, context.campaign.id, submitted_revision(), copies)
    except EditConflictError:
        return _images_page(context, request.form, {"organiser_picture": EDIT_CONFLICT_MESSAGE}, 409)
    return redirect_with_message(_images_path(context), "The organiser’s picture is stored.")


@blueprint.post("/desk/c/<slug>/text/pictures/organiser/remove")
@requires(Permission.EDIT)
def remove_organiser_picture(context: DeskContext) -> ResponseReturnValue:
    """Form: remove the organiser's picture."""
    try:
        images.change_organiser_picture(runtime(), context.actor, context.campaign.id, submitted_revision(), ())
    except EditConflictError:
        return redirect_with_message(_images_path(context), EDIT_CONFLICT_MESSAGE, "warn")
    return redirect_with_message(_images_path(context), "The organiser’s picture is taken away.")


@blueprint.post("/desk/c/<slug>/text/pictures/gallery")
@requires(Permission.EDIT, max_bytes=MAX_FORM_BYTES)
def add_to_gallery(context: DeskContext) -> ResponseReturnValue:
    """Form: add a picture, or a video's picture and address, below the text."""
    errors: dict[str, str] = {}
    copies = uploaded_copies("illustration", errors, "picture", required=True)
    alts, url = _read_description(context.campaign, errors)
    status = 422
    if not errors:
        try:
            images.add_to_gallery(runtime(), context.actor, context.campaign.id, submitted_revision(), copies, alts, url)
            return redirect_with_message(_images_path(context), "The picture is on the page, below the text.")
        except InvalidInputError as refused:
            errors["picture"] = refused.sentence
        except EditConflictError:
            errors["picture"], status = EDIT_CONFLICT_MESSAGE, 409
    return _images_page(context, request.form, errors, status)


@blueprint.post("/desk/c/<slug>/text/pictures/gallery/<digest>/remove")
@requires(Permission.EDIT)
def remove_from_gallery(context: DeskContext, digest: str) -> ResponseReturnValue:
    """Form: take a picture below the text away."""
    try:
        images.remove_from_gallery(runtime(), context.actor, context.campaign.id, submitted_revision(), digest)
    except EditConflictError:
        return redirect_with_message(_images_path(context), EDIT_CONFLICT_MESSAGE, "warn")
    return redirect_with_message(_images_path(context), "The picture is taken away.")


@blueprint.post("/desk/c/<slug>/text/pictures/gallery/<digest>/up")
@requires(Permission.EDIT)
def move_up_in_gallery(context: DeskContext, digest: str) -> ResponseReturnValue:
    """Form: have a picture below the text stand before the one above it."""
    try:
        moved = images.move_up_in_gallery(runtime(), context.actor, context.campaign.id, submitted_revision(), digest)
    except EditConflictError:
        return redirect_with_message(_images_path(context), EDIT_CONFLICT_MESSAGE, "warn")
    said = (N_("The picture stands one place further up."), "good") if moved else (N_("It is the first already."), "warn")
    return redirect_with_message(_images_path(context), *said)


@blueprint.get("/desk/c/<slug>/image-<name>")
@requires(Permission.VIEW)
def image_copy(context: DeskContext, name: str) -> ResponseReturnValue:
    """Image: one copy, also of a draft."""
    digest, width, kind = read_image_name(name) or abort(404)
    body = images.get_image(runtime(), context.campaign.id, digest, width, kind, public=False)
    return Response(body or abort(404), mimetype=IMAGE_MIMETYPES[kind])


def _picture_page(
    opened: EditableCampaign, values: Mapping[str, str], errors: Mapping[str, str], status: int
) -> ResponseReturnValue:
    campaign = opened.campaign
    return render_page(
        "picture.html",
        status,
        opened=opened,
        values=values,
        errors=errors,
        languages=localised.language_names(),
        picture=picture_view(f"/desk/c/{campaign.slug}", campaign.appearance.picture, campaign.page_texts.picture_alt),
    )


def _images_page(
    context: DeskContext, values: Mapping[str, str], errors: Mapping[str, str], status: int
) -> ResponseReturnValue:
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    campaign, path = opened.campaign, f"/desk/c/{context.campaign.slug}"
    return render_page(
        "images.html",
        status,
        opened=opened,
        values=values,
        errors=errors,
        languages=localised.language_names(),
        organiser_picture=organiser_picture_view(path, campaign.appearance.organiser_picture),
        gallery=[(each.picture.hash, illustration_view(path, each, campaign.language)) for each in campaign.appearance.gallery],
        max_gallery=images.MAX_GALLERY,
    )


def _read_description(campaign: Campaign, errors: dict[str, str]) -> tuple[dict[str, str], str]:
    """What a picture shows, by language, and the page of the video it stands for."""
    alts = read_alts(_alt_fields(campaign), errors)
    try:
        url = read_web_address(request.form.get("video_url", ""))
    except InvalidInputError as refused:
        url, errors["video_url"] = "", Sentence(N_("Page of the video: %(problem)s."), {"problem": refused.sentence})
    return alts, url


def _alt_fields(campaign: Campaign) -> dict[str, str]:
    """Each language of a campaign, by the field that says in it what a picture shows."""
    return {PICTURE_ALT_PREFIX + version.language: version.language for version in campaign.versions}


def _picture_path(context: DeskContext) -> str:
    return f"/desk/c/{context.campaign.slug}/text/picture"


def _images_path(context: DeskContext) -> str:
    return f"/desk/c/{context.campaign.slug}/text/pictures"
