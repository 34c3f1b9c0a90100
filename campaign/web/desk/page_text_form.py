"""Form of a campaign's page texts in one language: as it is shown, as it is read, and what saving it would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import request

from campaign.domain.campaigns.announcement import read_public_reason
from campaign.domain.campaigns.campaign import RecipientKind
from campaign.domain.campaigns.diff import DiffPart, word_diff
from campaign.domain.campaigns.page_texts import SIGNED_TEXTS, read_page_texts
from campaign.domain.campaigns.settings import read_recipient_kind
from campaign.domain.common.field_reader import FieldReader, InvalidFieldsError, read_text
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.campaigns import edit
from campaign.services.campaigns.edit import EditableCampaign, EditConflictError
from campaign.web.desk.campaign_form_fields import FIELD_LABELS, error_sentences
from campaign.web.desk.request_values import submitted_revision
from campaign.web.translation import gettext

FIELD_ORDER = (
    "title", "recipient_kind", "recipient", "summary", "ask", "background", "picture_alt", "organiser_about", "statement",
    "goal_notes", "share_text", "thank_you", "next_step_text", "next_step_label", "note", "privacy",
)  # fmt: skip
"""The fields, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class PageTextForm:
    """The form in one language, as it is shown."""

    opened: EditableCampaign
    language: str
    base_revision: int
    """The revision that saving it would replace."""
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    hash_to_confirm: str = ""
    """Hash of the new text that is to be confirmed; empty where none is."""
    conflict: EditConflictError | None = None
    preview: bool = False

    @property
    def has_language(self) -> bool:
        """Whether the campaign speaks this language already."""
        return any(version.language == self.language for version in self.opened.campaign.versions)

    @property
    def is_main_language(self) -> bool:
        """Whether it is the campaign's main language."""
        return self.language == self.opened.campaign.language

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture to be described."""
        return self.opened.campaign.appearance.picture is not None

    @property
    def changes(self) -> list[tuple[str, tuple[DiffPart, ...]]]:
        """What saving would change of what is stored now: of what is signed where that is confirmed, else of all of it."""
        stored = stored_values(self.opened, self.language)
        names = SIGNED_TEXTS if self.hash_to_confirm else FIELD_ORDER
        return [
            (gettext(FIELD_LABELS[name]), word_diff(stored[name], self.values[name]))
            for name in names
            if name in stored and name in self.values and self.values[name] != stored[name]
        ]


def stored_form(opened: EditableCampaign, language: str) -> PageTextForm:
    """The form as it begins."""
    return PageTextForm(opened, language, opened.revision, stored_values(opened, language))


def submitted_form(opened: EditableCampaign, language: str) -> PageTextForm:
    """The form as it was sent. What is typed stays as it was typed, whatever is wrong with it."""
    typed = {
        name: request.form.get(name, "").replace("\r\n", "\n") for name in (*FIELD_ORDER, "reason") if name in request.form
    }
    return PageTextForm(opened, language, submitted_revision(), typed)


def validated_form(form: PageTextForm) -> tuple[PageTextForm, dict[str, str], RecipientKind | None]:
    """The form with what is wrong, the texts by name, and whom the campaign asks (in its main language alone)."""
    raw = dict(form.values)
    if not form.has_picture:
        # Nobody is asked what a picture shows that is not there; what was once said of one stays.
        raw["picture_alt"] = stored_values(form.opened, form.language).get("picture_alt", "")
    fields = FieldReader(raw)
    texts = read_page_texts(fields, has_picture=form.has_picture)
    kind = read_recipient_kind(fields) if form.is_main_language else None
    try:
        fields.raise_errors()
    except InvalidFieldsError as wrong:
        return replace(form, errors=error_sentences(wrong.errors, FIELD_ORDER)), texts, kind
    return replace(form, values={**form.values, **{name: texts[name] for name in texts if name in form.values}}), texts, kind


def read_confirmation(form: PageTextForm, texts: Mapping[str, str]) -> tuple[PageTextForm, str]:
    """Why what people have signed is changed. The form asks to `confirm` where the very change was not seen, or no reason is
    given for it; it does not where nothing that is signed changes, or nobody has signed."""
    after = edit.signed_text(form.opened.campaign, form.language, texts)
    if not form.opened.has_signatures or after == form.opened.campaign.in_language(form.language).text:
        return form, ""
    if request.form.get("confirmed") != after.hash:
        return replace(form, hash_to_confirm=after.hash), ""
    try:
        return form, read_public_reason(read_text(form.values.get("reason", ""), 10_000))
    except InvalidInputError as refused:
        return replace(form, hash_to_confirm=after.hash, errors=error_sentences({"reason": refused.sentence})), ""


def stored_values(opened: EditableCampaign, language: str) -> dict[str, str]:
    """What is stored, by the names of the fields; of a language the campaign does not speak only what all have in common."""
    version = opened.campaign.in_language(language)
    said = edit.page_texts(version) if version.language == language else {}
    return {**said, "recipient_kind": opened.campaign.recipient_kind}
