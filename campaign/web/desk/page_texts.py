"""Page texts of a campaign, language by language: edited, previewed, and, once people have signed, changed with a reason."""

from dataclasses import replace

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.definition import check_language
from campaign.domain.campaigns.diff import DiffPart, word_diff
from campaign.domain.campaigns.page_texts import PAGE_TEXT_LENGTHS, SIGNED_TEXTS
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.markdown_html import render_markdown
from campaign.services.campaigns import edit
from campaign.services.campaigns.edit import EditableCampaign, EditConflictError, ReasonRequiredError
from campaign.services.campaigns.translations import ChangedOriginal, find_changed_original
from campaign.services.mail.campaigner_tests import send_thank_you_test
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.campaign_form_fields import FIELD_LABELS, RECIPIENT_KIND_LABELS
from campaign.web.desk.page_text_form import (
    PageTextForm,
    read_confirmation,
    stored_form,
    submitted_form,
    validated_form,
)
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.language import site_languages
from campaign.web.translation import gettext

MAX_TEXT_FORM_BYTES = 2_000_000
"""Octets a form with a campaign's text may have: the longest one, in any script, with what a browser puts around it."""
_SAVED_MESSAGE = N_("The text is stored. The public page follows in a few seconds.")
_LANGUAGE_ADDED_MESSAGE = N_("The campaign speaks another language now.")
_CHANGED_MEANWHILE_MESSAGE = N_("The campaign changed in this very moment. Nothing was stored; try again.")

blueprint = DeskBlueprint("page_texts")


def _text_page(form: PageTextForm, status: int = 200) -> ResponseReturnValue:
    campaign = form.opened.campaign
    original = {} if form.is_main_language else edit.page_texts(campaign.in_language(campaign.language))
    return render_page(
        "page_texts.html",
        status,
        form=form,
        kinds=RECIPIENT_KIND_LABELS,
        limits=PAGE_TEXT_LENGTHS,
        languages=localised.language_names(),
        bundled=site_languages().codes,
        markdown=render_markdown,
        moment=localised.moment,
        original=original,
        changed_original=find_changed_original(runtime(), campaign, form.language) if original else None,
        original_changes=_original_changes,
    )


def _original_changes(changed: ChangedOriginal) -> list[tuple[str, tuple[DiffPart, ...]]]:
    """What has changed in the original, field by field; nothing where it is not known how it was."""
    if changed.before is None:
        return []
    return [
        (gettext(FIELD_LABELS[name]), word_diff(getattr(changed.before, name), getattr(changed.after, name)))
        for name in SIGNED_TEXTS
        if getattr(changed.before, name) != getattr(changed.after, name)
    ]


@blueprint.get("/desk/c/<slug>/text")
@requires(Permission.EDIT)
def show_text(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for a campaign's texts in one language."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    return _text_page(stored_form(opened, _language_from_query(opened)))


@blueprint.post("/desk/c/<slug>/text")
@requires(Permission.EDIT, max_bytes=MAX_TEXT_FORM_BYTES)
def save_text(context: DeskContext) -> ResponseReturnValue:
    """Form: save the texts; 409 where they were changed elsewhere, 422 where one is wrong."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    form = submitted_form(opened, _language_from_query(opened))
    if "preview" in request.form:
        return _text_page(replace(form, preview=True))
    try:
        return _store_text(context, form)
    except EditConflictError as overtaken:
        now = overtaken.editable
        return _text_page(replace(validated_form(form)[0], opened=now, base_revision=now.revision, conflict=overtaken), 409)
    except (LookupError, ReasonRequiredError):
        # The language was taken away, or the first signature came, since the campaign was looked at a moment ago.
        return redirect_with_message(_text_path(form), _CHANGED_MEANWHILE_MESSAGE, "warn")


def _store_text(context: DeskContext, form: PageTextForm) -> ResponseReturnValue:
    form, texts, kind = validated_form(form)
    if form.errors:
        return _text_page(form, 422)
    campaign_id, seen = form.opened.campaign.id, form.base_revision
    if not form.has_language:
        edit.add_language(runtime(), context.actor, campaign_id, seen, form.language, texts)
        return redirect_with_message(_text_path(form), _LANGUAGE_ADDED_MESSAGE)
    form, reason = read_confirmation(form, texts)
    # Who was overtaken is told of that first.
    if form.hash_to_confirm and form.opened.revision == seen:
        return _text_page(form, 422 if form.errors else 200)
    edit.change_texts(runtime(), context.actor, campaign_id, seen, form.language, texts, kind=kind, reason=reason)
    return redirect_with_message(_text_path(form), _SAVED_MESSAGE)


@blueprint.post("/desk/c/<slug>/text/preview")
@requires(Permission.EDIT, max_bytes=MAX_TEXT_FORM_BYTES)
def text_preview(context: DeskContext) -> ResponseReturnValue:
    """Page of the campaign as the submitted texts would show it; nothing is stored."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    return render_page(
        "parts/text_preview.html",
        form=submitted_form(opened, _language_from_query(opened)),
        limits=PAGE_TEXT_LENGTHS,
        markdown=render_markdown,
    )


@blueprint.post("/desk/c/<slug>/text/thank-you-test")
@requires(Permission.EDIT)
def send_test(context: DeskContext) -> ResponseReturnValue:
    """Form: mail oneself the thanks of a campaign in a language, as it is stored."""
    language = context.campaign.in_language(request.form.get("language", "")).language
    path = f"/desk/c/{context.campaign.slug}/text?language={language}"
    if send_thank_you_test(runtime(), context.actor, context.campaign, language):
        return redirect_with_message(path, "A test is on its way to your own address.")
    return redirect_with_message(path, "That was enough tests for now. Try again in an hour.", "warn")


@blueprint.post("/desk/c/<slug>/text/end-language")
@requires(Permission.EDIT)
def remove_language(context: DeskContext) -> ResponseReturnValue:
    """Form: remove a language."""
    path, language = f"/desk/c/{context.campaign.slug}/text", request.form.get("language", "")
    try:
        edit.remove_language(runtime(), context.actor, context.campaign.id, submitted_revision(), language)
    except EditConflictError:
        return redirect_with_message(
            path, "Somebody else has just changed the campaign. Look at it, and do it again if it still is right.", "warn"
        )
    except LookupError:
        abort(404)
    return redirect_with_message(path, "The campaign no longer speaks that language. What was signed in it stays.")


def _language_from_query(opened: EditableCampaign) -> str:
    """The language the address names: one the campaign speaks, or another that there is."""
    try:
        return check_language(request.args.get("language", opened.campaign.language))
    except InvalidInputError:
        abort(404)


def _text_path(form: PageTextForm) -> str:
    path = f"/desk/c/{form.opened.campaign.slug}/text"
    return path if form.is_main_language else f"{path}?language={form.language}"
