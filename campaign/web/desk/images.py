"""Images of a campaign beside its own picture at the desk: its organiser's, its gallery with videos, and those of updates."""

from collections.abc import Mapping

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.image import IMAGE_MIMETYPES, read_image_name
from campaign.domain.campaigns.page_texts import PAGE_TEXT_LENGTHS
from campaign.domain.campaigns.web_address import read_web_address
from campaign.domain.common.field_reader import FieldReader
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.campaigns import edit, images
from campaign.services.campaigns.edit import EditConflictError
from campaign.services.updates import picture as update_picture
from campaign.services.updates import write
from campaign.services.updates.write import UpdateConflictError
from campaign.store.updates.updates import Update
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.cache import process_cache
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.campaign_form_fields import error_sentences, printable_values
from campaign.web.desk.picture_upload import ALT_MISSING, EDIT_CONFLICT_MESSAGE, MAX_FORM_BYTES, uploaded_copies
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.language import gettext, refusal_message
from campaign.web.public.picture_views import illustration_view, organiser_picture_view
from campaign.web.public.update_view import CAMPAIGN_UPDATES

_UPDATE_CHANGED_MESSAGE = N_("Somebody else has changed it. Nothing was done. This is how it is now.")

blueprint = DeskBlueprint("images")


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
    return redirect_with_message(_path(context), "The organiser’s picture is stored.")


@blueprint.post("/desk/c/<slug>/text/pictures/organiser/remove")
@requires(Permission.EDIT)
def remove_organiser_picture(context: DeskContext) -> ResponseReturnValue:
    """Form: remove the organiser's picture."""
    try:
        images.change_organiser_picture(runtime(), context.actor, context.campaign.id, submitted_revision(), ())
    except EditConflictError:
        return redirect_with_message(_path(context), EDIT_CONFLICT_MESSAGE, "warn")
    return redirect_with_message(_path(context), "The organiser’s picture is taken away.")


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
            return redirect_with_message(_path(context), "The picture is on the page, below the text.")
        except InvalidInputError as refused:
            errors["picture"] = refusal_message(refused)
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
        return redirect_with_message(_path(context), EDIT_CONFLICT_MESSAGE, "warn")
    return redirect_with_message(_path(context), "The picture is taken away.")


@blueprint.get("/desk/c/<slug>/image-<name>")
@requires(Permission.VIEW)
def image_copy(context: DeskContext, name: str) -> ResponseReturnValue:
    """Image: one copy, also of a draft."""
    digest, width, kind = read_image_name(name) or abort(404)
    body = images.get_image(runtime(), context.campaign.id, digest, width, kind, public=False)
    return Response(body or abort(404), mimetype=IMAGE_MIMETYPES[kind])


@blueprint.get("/desk/c/<slug>/updates/<int:number>/picture")
@requires(Permission.EDIT)
def show_update_picture(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page with the form for an update's picture."""
    update = _update_or_404(context, number)
    alt = update.picture.alts[0][1] if update.picture else ""
    return _update_picture_page(context, update, {"picture_alt": alt}, {}, 200)


@blueprint.post("/desk/c/<slug>/updates/<int:number>/picture")
@requires(Permission.EDIT, max_bytes=MAX_FORM_BYTES)
def change_update_picture(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: upload an update's picture, or change its description."""
    update = _update_or_404(context, number)
    errors: dict[str, str] = {}
    copies = uploaded_copies("illustration", errors, "picture", required=update.picture is None)
    alt = _read_alts({"picture_alt": context.campaign.language}, errors)[context.campaign.language]
    if errors:
        return _update_picture_page(context, update, request.form, errors, 422)
    try:
        update_picture.change_picture(runtime(), context.actor, context.campaign, update, submitted_revision(), copies, alt)
    except UpdateConflictError:
        return _update_picture_page(
            context, _update_or_404(context, number), request.form, {"picture": _UPDATE_CHANGED_MESSAGE}, 409
        )
    process_cache().expire(CAMPAIGN_UPDATES)
    return redirect_with_message(_update_path(context, update), "The picture is stored.")


@blueprint.post("/desk/c/<slug>/updates/<int:number>/picture/remove")
@requires(Permission.EDIT)
def remove_update_picture(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: remove an update's picture."""
    update = _update_or_404(context, number)
    try:
        update_picture.remove_picture(runtime(), context.actor, context.campaign, update, submitted_revision())
    except UpdateConflictError:
        return redirect_with_message(_update_path(context, update), _UPDATE_CHANGED_MESSAGE, "warn")
    process_cache().expire(CAMPAIGN_UPDATES)
    return redirect_with_message(_update_path(context, update), "The picture is taken away.")


def _images_page(
    context: DeskContext, values: Mapping[str, str], errors: Mapping[str, str], status: int
) -> ResponseReturnValue:
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    campaign, path = opened.campaign, f"/desk/c/{context.campaign.slug}"
    return render_page(
        "images.html",
        status,
        opened=opened,
        values=printable_values(values),
        errors=errors,
        languages=localised.language_names(),
        organiser_picture=organiser_picture_view(path, campaign.appearance.organiser_picture),
        gallery=[(each.picture.hash, illustration_view(path, each, campaign.language)) for each in campaign.appearance.gallery],
        max_gallery=images.MAX_GALLERY,
    )


def _update_picture_page(
    context: DeskContext, update: Update, values: Mapping[str, str], errors: Mapping[str, str], status: int
) -> ResponseReturnValue:
    path, language = f"/desk/c/{context.campaign.slug}", context.campaign.language
    return render_page(
        "update_picture.html",
        status,
        update=update,
        values=printable_values(values),
        errors=errors,
        text_language=language,
        shown=illustration_view(path, update.picture, language) if update.picture else None,
    )


def _read_description(campaign: Campaign, errors: dict[str, str]) -> tuple[dict[str, str], str]:
    """What a picture shows, by language, and the page of the video it stands for."""
    alts = _read_alts({f"picture_alt_{version.language}": version.language for version in campaign.versions}, errors)
    try:
        url = read_web_address(request.form.get("video_url", ""))
    except InvalidInputError as refused:
        url, errors["video_url"] = "", gettext("Page of the video: %(problem)s.", problem=refusal_message(refused))
    return alts, url


def _read_alts(languages: Mapping[str, str], errors: dict[str, str]) -> dict[str, str]:
    """What a picture shows, by language; `languages` are those by the names of their fields."""
    fields, alts = FieldReader(request.form), {}
    for name, language in languages.items():
        alts[language] = fields.text(name, PAGE_TEXT_LENGTHS["picture_alt"])
        if not alts[language]:
            fields.add_error(name, ALT_MISSING)
    # Each is called by the one name they share: which of them it is, its place in the form says.
    for name, words in fields.errors.items():
        errors[name] = error_sentences({"picture_alt": words})["picture_alt"]
    return alts


def _update_or_404(context: DeskContext, number: int) -> Update:
    return write.get_update(runtime(), context.campaign, number) or abort(404)


def _path(context: DeskContext) -> str:
    return f"/desk/c/{context.campaign.slug}/text/pictures"


def _update_path(context: DeskContext, update: Update) -> str:
    return f"/desk/c/{context.campaign.slug}/updates/{update.id}"
